"""What the case service asks of other systems."""
