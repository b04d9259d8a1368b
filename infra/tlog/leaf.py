"""The ledger's leaf: the canonical envelope of an event, and the limits a leaf keeps. Pure.

The bytes are made and read by :mod:`infra.eventlog.envelope` alone, for writing and for verifying alike.
"""

from typing import Any

from infra.eventlog.envelope import parse, unpack
from infra.eventlog.log import Event
from infra.kernel.errors import TooLarge

LEAF_LIMIT = 65_535
"""Bytes. An entry bundle's length prefix is 16 bits (C2SP tlog-tiles); larger evidence goes in by its SHA-256."""


def verify_leaf_size(leaf: bytes) -> None:
    """Raises :class:`TooLarge` (``consent.leaf_too_large``) for a leaf above :data:`LEAF_LIMIT`."""
    if len(leaf) > LEAF_LIMIT:
        raise TooLarge(
            "consent.leaf_too_large", "a ledger entry is larger than 65,535 bytes",
            fix="enter large evidence by its SHA-256", size=len(leaf), limit=LEAF_LIMIT,
        )  # fmt: skip


def read_leaf(leaf: bytes, index: int) -> Event:
    """The event at ``index`` of the ledger; raises when ``leaf`` is not exactly one canonical envelope."""
    verify_leaf_size(leaf)
    return unpack(leaf, index)


def leaf_fields(leaf: bytes) -> dict[str, Any]:
    """The envelope's fields, for who needs a few of them; refuses what :func:`read_leaf` refuses."""
    verify_leaf_size(leaf)
    return parse(leaf)
