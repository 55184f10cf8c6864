"""What routing can be told to do: one use case, one file."""
