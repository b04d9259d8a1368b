"""Fictional people, drawn from numbers."""
