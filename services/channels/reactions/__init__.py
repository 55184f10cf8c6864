"""What channels does because something happened: a payload was kept, a reply was asked for."""
