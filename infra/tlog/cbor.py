"""Deterministic CBOR (RFC 8949 §4.2.1), written and read: the one form of a value, and no other. Pure.

It knows what COSE needs: integers, texts, bytes, arrays, maps, tags, true, false and null, to a depth of eight. Errors:
:class:`Invalid` (``consent.cbor_malformed``).
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

import cbor2

from infra.kernel.errors import Invalid

Tagged = cbor2.CBORTag
_MAX_DEPTH = 8
_UNREADABLE = (cbor2.CBORDecodeError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError)


def deterministic(value: Any) -> bytes:
    """The value's one encoding."""
    return cbor2.dumps(_ordered(value, 0))


def decoded(data: bytes, *, limit: int) -> Any:
    """The one item that ``data`` (at most ``limit`` bytes) is in its one encoding.

    A key twice, bytes after the item, a longer form than needed: none survives being encoded again.
    """
    if len(data) > limit:
        raise _malformed(f"there are more than {limit} bytes")
    try:
        value = cbor2.loads(data)
        same = deterministic(value) == data
    except _UNREADABLE as error:
        raise _malformed("not CBOR") from error
    if not same:
        raise _malformed("not in deterministic encoding")
    return value


def is_number(value: Any) -> TypeGuard[int]:
    """Whether it is an integer: True and False are to Python, and are not to CBOR."""
    return type(value) is int


def is_bytes(value: Any, length: int | None = None) -> TypeGuard[bytes]:
    """Whether it is a byte string (of this length)."""
    return isinstance(value, bytes) and (length is None or len(value) == length)


def is_list(value: Any, length: int) -> TypeGuard[list[Any]]:
    """Whether it is an array of this length."""
    return isinstance(value, list) and len(value) == length


def is_label(value: Any) -> TypeGuard[int | str]:
    """Whether it can name a header (RFC 9052 §1.4): an integer or a text."""
    return type(value) in (int, str)


def _ordered(value: Any, depth: int) -> Any:
    """The value with its maps in bytewise order of their encoded keys. What refers to itself is too deep."""
    if depth > _MAX_DEPTH:
        raise _malformed("nested too deeply")
    if isinstance(value, Tagged):
        return Tagged(value.tag, _ordered(value.value, depth + 1))
    if isinstance(value, Mapping):
        keyed = sorted((cbor2.dumps(key), key) for key in value)
        return {key: _ordered(value[key], depth + 1) for _, key in keyed}
    if isinstance(value, list):
        return [_ordered(item, depth + 1) for item in value]
    if value is None or type(value) in (int, str, bytes, bool):
        return value
    raise _malformed("other than numbers, texts, bytes, arrays and maps")


def _malformed(detail: str) -> Invalid:
    return Invalid("consent.cbor_malformed", detail)
