"""What a case and a customer are, and what may happen to them: facts, decisions, pure rules. No I/O."""
