"""Canonical JSON bytes (RFC 8785, JCS): the one function that makes bytes to sign, hash or compare.

Signing and verifying both go through :func:`canonical`; a verifier rebuilds the whole object and compares the bytes,
so a document that merely *looks* the same never passes. This module never reads or writes anything.
"""

import hashlib
import json
from typing import Any

import rfc8785

from infra.kernel.errors import Invalid

_SAFE = 2**53 - 1
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes of a JSON value (dict, list, str, int within ±2^53, finite float, bool, None).

    Raises :class:`Invalid` (``kernel.not_canonical``) for anything JSON cannot hold exactly.
    """
    if _is_simple(value):
        try:
            return _ENCODER.encode(value).encode()
        except UnicodeEncodeError:
            pass  # a lone surrogate: the general way has the words for it
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as error:
        raise Invalid("kernel.not_canonical", f"value has no canonical JSON form: {error}") from error


def _is_simple(value: Any) -> bool:
    """Whether the standard library's encoder writes exactly RFC 8785's bytes, ten times as fast: exact JSON types, no
    floats (§3.2.2.3 writes them differently), safe integers, and ASCII keys (for which §3.2.3 sorts like Python).
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_SAFE <= value <= _SAFE)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not (type(item) is str or _is_simple(item)):
                return False
        return True
    return kind in (list, tuple) and all(map(_is_simple, value))


def parse_canonical(data: bytes) -> Any:
    """The JSON value of ``data``; raises :class:`Invalid` unless ``data`` is exactly its canonical form."""
    if data.isascii():
        try:
            value = _DECODER.decode(data.decode())
            if _ENCODER.encode(value).encode() == data:
                return value
        except ValueError:
            pass  # not JSON, or not simple: the general way decides and has the words for it
    try:
        value = json.loads(data)
    except ValueError as error:
        raise Invalid("kernel.not_json", "bytes are not JSON") from error
    if canonical(value) != data:
        raise Invalid("kernel.not_canonical", "bytes are JSON but not in canonical form (RFC 8785)")
    return value


def _safe_int(text: str) -> int:
    value = int(text)
    if not -_SAFE <= value <= _SAFE:
        raise ValueError("not a safe integer")
    return value


def _no_float(text: str) -> float:
    raise ValueError("a float is written differently by the standard library")


_DECODER = json.JSONDecoder(parse_int=_safe_int, parse_float=_no_float)


def digest(value: Any) -> str:
    """Lower-case hex SHA-256 of the canonical bytes of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()
