"""The command line `eender`: one file per command. Starts services as processes; nobody imports it."""
