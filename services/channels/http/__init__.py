"""The webhook side: who may post, how much, and the answer once the payload is on disk."""
