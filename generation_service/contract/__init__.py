"""The public face of the generation service: shots, productions, and the methods that carry them."""
