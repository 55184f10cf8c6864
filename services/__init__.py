"""The three services and the command line that runs them. They know each other by messages only."""
