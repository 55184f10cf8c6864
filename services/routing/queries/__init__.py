"""What routing asks its own tables at decision time."""
