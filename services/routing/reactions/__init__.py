"""What routing does when another service tells something: `<effect>_on_<cause>.py`."""
