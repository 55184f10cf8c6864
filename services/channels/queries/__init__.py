"""What is looked up beside the streams: parked items, windows, work that is due."""
