"""Speech, voices and sound beds."""
