"""What the record does when channels or routing tell something: one effect of one cause, one file."""
