"""Verifying a subject's history offline: "these are all grants and all uses of this face, and nothing is missing".

Duties, in order:

(1) the checkpoint is signed by the key the verifier brought, or by one that the log's own entries lead to from it
(2) the index-committed entry stands in that log, and is one
(3) under the root it commits to, the map gives the subject this list, or says that it has none
(4) the list's items ascend and lie below the size the commitment covers
(5) every leaf is the one its item names, and is one canonical envelope

What it shows holds for the entries below :attr:`History.covers`; later ones are not covered. That the log's index is
the one its entries give is what :class:`IndexAudit` checks, for whoever reads the whole ledger: a log that committed to
a wrong index has signed the evidence against itself. No network, no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consent_service.client.keys import open_followed
from consent_service.contract import events as kinds
from consent_service.contract.subject_index import (
    INDEX_COMMITTED,
    Concerns,
    SubjectProof,
    list_item,
    list_value,
    map_key,
)
from infra.eventlog.log import Event
from infra.kernel.crypto import verify_value
from infra.kernel.errors import AssentError, Invalid
from infra.tlog.checkpoint import SignedTree
from infra.tlog.keyset import KeyHistory
from infra.tlog.leaf import read_leaf
from infra.tlog.merkle import CompactRange, hash_leaf, verify_inclusion
from infra.tlog.note import VerifierKey
from infra.tlog.proof import parse_tlog_proof
from infra.tlog.smt import MapLeaf, MapNode, MapProof, put, root_of_map, verify_map

STARTED, ENDED = kinds.SYNTHESIS_STARTED, (kinds.SYNTHESIS_COMPLETED, kinds.SYNTHESIS_ABORTED, kinds.OUTPUT_RELEASED)
_BLOCKING = {
    "consent.grant-suspended.v1": "suspended", "consent.grant-withdrawn.v1": "withdrawn",
    "consent.grant-expired.v1": "expired", "consent.grant-invalidated.v1": "invalidated",
    "consent.subject-erased.v1": "erased",
}  # fmt: skip
_ERASED, _REGISTERED = "consent.subject-erased.v1", kinds.PARTY_REGISTERED


@dataclass(frozen=True)
class Use:
    """One running use: the entry that started it and the one that ended it (None while it ran), as ledger indices."""

    lease: str
    started: int
    ended: int | None


@dataclass(frozen=True)
class History:
    """Every entry below ``covers`` that concerns ``subject``, verified. ``tree`` is what the log signed."""

    subject: str
    covers: int
    tree: SignedTree
    entries: tuple[Event, ...]

    def of_type(self, *types: str) -> tuple[Event, ...]:
        """The entries of these types, in order."""
        return tuple(event for event in self.entries if event.type in types)

    def grants(self) -> tuple[str, ...]:
        """Every grant recorded, in order."""
        return tuple(str(event.data["grant"]) for event in self.of_type(kinds.GRANT_RECORDED))

    def uses(self) -> tuple[Use, ...]:
        """Every use of the subject's likeness, in order of start."""
        found: dict[str, Use] = {}
        for event in self.entries:
            lease, at = str(event.data.get("lease")), _index(event)
            if event.type == STARTED:
                found[lease] = Use(lease, at, None)
            elif event.type in ENDED and lease in found:
                found[lease] = Use(lease, found[lease].started, at)
        return tuple(found.values())


def open_history(proof: SubjectProof, leaves: Sequence[str], keys: VerifierKey | KeyHistory) -> History:
    """The history that ``proof`` and ``leaves`` (all of the list, in order) show; raises Invalid otherwise. ``keys`` is
    the verifier's key of the log, or what it leads to (:mod:`consent_service.client.keys`).
    """
    entry, tree = _commitment(proof, KeyHistory(keys) if isinstance(keys, VerifierKey) else keys)
    covers, root = int(entry.data["size"]), bytes.fromhex(entry.data["root"])
    _verify_list(proof, root, covers)
    if len(leaves) != len(proof.items):
        raise _refuse(f"the list has {len(proof.items)} entries, {len(leaves)} were given")
    events = []
    for item, leaf in zip(proof.items, leaves, strict=True):
        if hash_leaf(leaf.encode()).hex() != item.leaf_hash:
            raise _refuse(f"entry {item.index} is not the one in the list")
        events.append(read_leaf(leaf.encode(), item.index))
    return History(proof.subject, covers, tree, tuple(events))


def verify_no_use(history: History, start: int, end: int) -> None:
    """Return None when no use of the subject was running between ledger entries ``start`` and ``end`` (exclusive).

    Raises Invalid: ``consent.not_covered`` when the history does not reach that far, ``consent.was_used`` otherwise.
    """
    _verify_covers(history, end)
    if not 0 <= start <= end:
        raise Invalid("consent.bad_range", "a range of entries begins before it ends", start=start, end=end)
    for use in history.uses():
        if use.started < end and (use.ended is None or use.ended >= start):
            raise Invalid("consent.was_used", f"a use was started by entry {use.started}", index=use.started)


def verify_standing(history: History, grant: str, size: int) -> None:
    """Return None when ``grant`` was recorded, signed by the subject's registered key, and was neither withdrawn nor
    suspended, invalidated or erased as of ledger size ``size``. Whether its dates had passed is in its terms.

    Raises Invalid: ``consent.not_covered``, ``consent.not_recorded``, ``consent.grant_unsigned``,
    ``consent.not_standing`` with the entry that says so.
    """
    _verify_covers(history, size)
    entries = [event for event in history.entries if _index(event) < size]
    about = [event for event in entries if event.type == _ERASED or event.data.get("grant") == grant]
    recorded = [event for event in about if event.type == kinds.GRANT_RECORDED]
    if not recorded:
        raise Invalid("consent.not_recorded", "no such grant of this subject was recorded by then", grant=grant)
    before = [event for event in entries if _index(event) < _index(recorded[0])]
    _verify_signed(recorded[0], {str(event.data.get("public_key")) for event in before if event.type == _REGISTERED})
    ended: tuple[str, int] | None = None
    for event in about:
        if event.type in _BLOCKING:
            ended = (_BLOCKING[event.type], _index(event))
        elif event.type == kinds.GRANT_RESUMED and ended and ended[0] == "suspended":
            ended = None
    if ended:
        raise Invalid("consent.not_standing", f"the grant was {ended[0]} by entry {ended[1]}", index=ended[1])


@dataclass
class IndexAudit:
    """Checks every committed index root against the whole ledger: feed it all entries, in order, from index 0."""

    concerns: Concerns = field(default_factory=Concerns)
    _lists: dict[str, CompactRange] = field(default_factory=dict)
    _nodes: dict[str, MapNode] = field(default_factory=dict)
    _waiting: list[tuple[int, tuple[str, ...], bytes]] = field(default_factory=list)
    _size: int = 0

    def see(self, event: Event, leaf_hash: bytes) -> None:
        """Take the next entry; raises Invalid (``consent.index_differs``) for a root that is not the entries'."""
        at = self._size
        if subjects := self.concerns.see(event.type, event.data):
            self._waiting.append((at, subjects, leaf_hash))
        self._size += 1
        if event.type == INDEX_COMMITTED:
            self._verify(event.data, at)

    def root(self) -> bytes:
        """The map's root as of the last commitment."""
        return root_of_map(self._nodes)

    def _verify(self, data: dict[str, Any], at: int) -> None:
        covers = data.get("size")
        if isinstance(covers, int) and covers <= at:
            self._settle(covers)
        if not isinstance(covers, int) or covers > at or root_of_map(self._nodes).hex() != data.get("root"):
            raise Invalid(
                "consent.index_differs", f"entry {at} commits to an index that the entries do not give", index=at
            )

    def _settle(self, covers: int) -> None:
        ready = [item for item in self._waiting if item[0] < covers]
        self._waiting = self._waiting[len(ready) :]
        grown = set[str]()
        for index, subjects, leaf_hash in ready:
            for subject in subjects:
                self._lists.setdefault(subject, CompactRange()).append(list_item(index, leaf_hash))
                grown.add(subject)
        for subject in grown:
            put(self._nodes, map_key(subject), list_value(self._lists[subject]))


def _commitment(proof: SubjectProof, keys: KeyHistory) -> tuple[Event, SignedTree]:
    """Duties 1 and 2."""
    leaf, placed = proof.commitment.encode(), parse_tlog_proof(proof.tlog_proof)
    tree, index = open_followed(placed.checkpoint, keys), placed.index
    verify_inclusion(index, tree.size, hash_leaf(leaf), placed.hashes, tree.root)
    entry = read_leaf(leaf, index)
    size, root = entry.data.get("size"), entry.data.get("root")
    if entry.type != INDEX_COMMITTED or not isinstance(size, int) or not isinstance(root, str) or size > index:
        raise _refuse("the entry does not commit to an index of the entries before it")
    return entry, tree


def _verify_list(proof: SubjectProof, root: bytes, covers: int) -> None:
    """Duties 3 and 4."""
    leaf = None
    if proof.leaf_key is not None and proof.leaf_value is not None:
        leaf = MapLeaf(bytes.fromhex(proof.leaf_key), bytes.fromhex(proof.leaf_value))
    shown = MapProof(tuple(bytes.fromhex(item) for item in proof.siblings), leaf)
    value = verify_map(root, map_key(proof.subject), shown)
    tree = CompactRange()
    last = -1
    for item in proof.items:
        if not last < item.index < covers:
            raise _refuse("the list does not ascend, or goes beyond what the commitment covers")
        last = item.index
        tree.append(list_item(item.index, bytes.fromhex(item.leaf_hash)))
    if value != (list_value(tree) if tree.size else None):
        raise _refuse("the list is not the one the index commits to")


def _verify_signed(event: Event, keys: set[str]) -> None:
    for signature in event.signatures:
        if signature.get("key") in keys and signature.get("context") == "assent/grant/v1":
            try:
                verify_value(
                    signature["key"], signature["context"], event.data["terms"], signature.get("signature", "")
                )
            except AssentError:
                continue
            return
    raise Invalid("consent.grant_unsigned", "the grant is not signed with a key the subject registered")


def _verify_covers(history: History, size: int) -> None:
    if size > history.covers:
        raise Invalid(
            "consent.not_covered", f"the history covers the first {history.covers} entries",
            fix="ask for a newer proof", covers=history.covers, asked=size,
        )  # fmt: skip


def _index(event: Event) -> int:
    return -1 if event.position is None else event.position


def _refuse(detail: str) -> Invalid:
    return Invalid("consent.proof_invalid", detail)
