"""Encrypted objects, addressed by the SHA-256 of their plaintext."""

from infra.blobs.store import AREAS, BlobStore

__all__ = ["AREAS", "BlobStore"]
