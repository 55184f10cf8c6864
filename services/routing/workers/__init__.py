"""What routing does without being told anything: waiting cases are decided again, and time has its effects."""
