"""Identifiers. Ids that sort by time are UUIDv7 (RFC 9562 §5.7); subject handles are random and tell nothing."""

import re
import secrets

import uuid_utils

_ID = re.compile(r"[a-z]{3}_[0-9a-f]{32}")


def uuid7() -> str:
    """A time-ordered UUIDv7 in canonical text form."""
    return str(uuid_utils.uuid7())


def new_id(prefix: str) -> str:
    """A prefixed, time-ordered id: ``grt_0190…`` (three letters, underscore, 32 hex digits)."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def random_handle(prefix: str) -> str:
    """A prefixed id of 128 random bits, for people: never a hash of identity, and no creation time inside."""
    return f"{prefix}_{secrets.token_hex(16)}"


def is_id(value: str, prefix: str) -> bool:
    """Whether ``value`` has the form of an id with this prefix."""
    return _ID.fullmatch(value) is not None and value.startswith(prefix + "_")
