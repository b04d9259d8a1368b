"""What other services run inside their own process: the intake check of an uploaded reference photo."""
