"""Painted places: from the words of a heading to a plate, its light and its weather."""
