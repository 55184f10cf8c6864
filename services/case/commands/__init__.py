"""What can be done to the record: one use case, one file."""
