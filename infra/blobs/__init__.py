"""Encrypted objects, addressed by the SHA-256 of their plaintext."""
