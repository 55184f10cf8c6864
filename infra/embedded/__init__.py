"""Postgres and NATS from wheels, as children of the process that wants them: for one machine, and for tests."""
