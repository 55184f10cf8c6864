"""The record: customers and their cases, what was asked, promised, answered and given, and the API on it."""
