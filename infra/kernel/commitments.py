"""Commitments to values that a public record must not hold: ``HMAC-SHA256(salt, pad(JCS(value)) || entry id)``.

One random salt per field, kept where it can be erased; without it nobody can test a guess. The padding hides the
length: zero bytes (which canonical JSON never holds) up to the next power of two, at least 64.
"""

import hashlib
import hmac
from typing import Any

from infra.kernel.canonical import canonical

SALT_BYTES = 32
_SMALLEST = 64


def padded(data: bytes) -> bytes:
    """``data`` with zero bytes up to its bucket's size."""
    size = max(_SMALLEST, 1 << (len(data) - 1).bit_length()) if data else _SMALLEST
    return data.ljust(size, b"\0")


def commitment(salt: bytes, value: Any, entry: str) -> str:
    """Lower-case hex commitment to a JSON value, bound to the entry with the id ``entry``."""
    return hmac.new(salt, padded(canonical(value)) + entry.encode(), hashlib.sha256).hexdigest()
