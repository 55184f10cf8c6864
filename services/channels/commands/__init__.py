"""What channels can be asked to do, one file each."""
