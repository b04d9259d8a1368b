"""From screenplay to film: productions, shots, takes."""
