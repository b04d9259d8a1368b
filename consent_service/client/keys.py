"""Following a log's keys from the one that a reader pinned, by the entries that change them. Pure.

An entry counts by its signatures alone (:mod:`infra.tlog.keyset`): a reader who holds one key of the log needs nobody's
word for the next one. What is not signed by the log's keys as they stood at a checkpoint's size is refused.
"""

from collections.abc import Iterable

from infra.kernel.errors import AssentError
from infra.tlog.checkpoint import SignedTree, open_checkpoint, parse_checkpoint
from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, KeyHistory
from infra.tlog.leaf import read_leaf
from infra.tlog.note import VerifierKey, split_note

_MARKS = tuple(f'"type":"{kind}"'.encode() for kind in (KEY_ADDED, KEY_RETIRED))


def is_key_change(leaf: bytes) -> bool:
    """Whether a leaf may be about the log's keys; cheap, for walking a whole ledger."""
    return any(mark in leaf for mark in _MARKS)


def follow(pinned: VerifierKey, leaves: Iterable[tuple[int, bytes]]) -> KeyHistory:
    """The log's keys by size; ``leaves`` are ``(index, leaf)`` in order, of which only changes of keys matter."""
    history = KeyHistory(pinned)
    for index, leaf in leaves:
        take(history, index, leaf)
    return history


def take(history: KeyHistory, index: int, leaf: bytes) -> None:
    """The leaf at ``index``; one that cannot be read changes nothing."""
    if is_key_change(leaf):
        try:
            event = read_leaf(leaf, index)
        except AssentError:
            return
        history.take(index, event.type, event.data, event.signatures)


def open_followed(note: str, history: KeyHistory) -> SignedTree:
    """The tree of a checkpoint, signed by a key that was the log's at its size; raises :class:`Invalid`."""
    size = parse_checkpoint(split_note(note)[0]).size
    return open_checkpoint(note, *history.accepted(size, size))
