"""Documents compiled to SQL: one statement each, whose text is the answer. What it cannot do, Strawberry does."""
