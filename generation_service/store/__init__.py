"""Tables of the generation service beside its event log."""
