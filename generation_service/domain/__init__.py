"""Pure decisions of the generation service: screenplays, shots, and the life of a production."""
