"""What comes in and goes out, decided and folded without any I/O."""
