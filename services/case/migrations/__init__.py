"""The read tables of the case service, beside its streams."""
