"""The tables of channels beside its streams."""
