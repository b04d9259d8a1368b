"""What other services run inside their own process: the look at a reference picture before it is accepted."""
