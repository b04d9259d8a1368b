"""Transparency-log formats, to the letter: leaves, RFC 6962 trees, C2SP notes, checkpoints, tiles and proofs. Pure."""
