"""Canonical JSON bytes (RFC 8785, JCS): the one function that makes bytes to sign, hash or compare.

Signing and verifying both go through :func:`canonical`; a verifier rebuilds the whole object and compares the bytes,
so a document that merely *looks* the same never passes. This module never reads or writes anything.
"""

import hashlib
import json
from typing import Any

import rfc8785

from infra.kernel.errors import Invalid


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value (dict, list, str, int within ±2^53, finite float, bool, None).

    Raises :class:`Invalid` (``kernel.not_canonical``) for anything JSON cannot hold exactly.
    """
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise Invalid("kernel.not_canonical", f"value has no canonical JSON form: {error}") from error


def parse_canonical(data: bytes) -> Any:
    """The JSON value of ``data``; raises :class:`Invalid` unless ``data`` is exactly its canonical form."""
    try:
        value = json.loads(data)
    except ValueError as error:
        raise Invalid("kernel.not_json", "bytes are not JSON") from error
    if canonical(value) != data:
        raise Invalid("kernel.not_canonical", "bytes are JSON but not in canonical form (RFC 8785)")
    return value


def digest(value: Any) -> str:
    """Lower-case hex SHA-256 of the canonical bytes of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()
