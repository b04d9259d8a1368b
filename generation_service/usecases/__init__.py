"""The steps of each operation of the generation service, against ports."""
