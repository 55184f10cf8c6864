"""What the event log does against what its database can do and what others do, in one run."""
