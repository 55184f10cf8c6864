"""What the desk does: inputs to commands, outcomes to payloads, refusals to data."""
