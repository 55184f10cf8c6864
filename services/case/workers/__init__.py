"""What the case service does by itself, without being asked each time: approved erasures are carried out."""
