"""The verifiable index per subject: which entries concern whom, and the formats of the map that proves it. Pure.

An entry concerns every subject it names, and every subject whom the grant or lease it names is about; a grant or lease
is about those whom the first entry that names it concerned. Anybody who reads the ledger in order comes to the same
lists, so anybody can check a committed root against the whole ledger.

The map (:mod:`infra.tlog.smt`) has the key ``SHA-256(handle)`` and the value ``SHA-256(u64be count || list root)``;
the list root is the RFC 6962 tree over items ``u64be index || leaf hash``, in ledger order. The map's root enters the
ledger as ``consent.index-committed.v1`` ``{"size", "root", "subjects"}``: it covers the entries below ``size``.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from consent_service.contract.events import PARTY_REGISTERED
from consent_service.contract.terms import Sha256
from infra.kernel.rpc import Message
from infra.tlog.merkle import CompactRange, hash_leaf

INDEX_COMMITTED = "consent.index-committed.v1"
INDEX_STREAM = "subject-index"
MAX_HISTORY = 50_000
"""Entries of one subject that one answer may list."""


class ProveSubject(Message):
    """Ask for the complete list of a subject's entries. ``at_least`` waits for a root that covers so many entries."""

    subject: str = Field(min_length=1, max_length=200)
    at_least: int = Field(default=0, ge=0)


class SubjectItem(Message):
    """One entry of the list: its ledger index and leaf hash."""

    index: int
    leaf_hash: Sha256


class SubjectProof(Message):
    """``commitment`` is the leaf of the index-committed entry, ``tlog_proof`` its place under a signed checkpoint.
    ``siblings`` lead from the map's root down to what the subject's path ends in: ``leaf_key`` and ``leaf_value``, or
    nothing. ``items`` is the subject's whole list below the committed size. See
    :mod:`consent_service.client.subject_proof` for what verifies it.
    """

    subject: str
    commitment: str
    tlog_proof: str
    siblings: tuple[Sha256, ...]
    leaf_key: Sha256 | None
    leaf_value: Sha256 | None
    items: tuple[SubjectItem, ...]


class SubjectEntries(Message):
    """Ask for leaves of a subject's list, ``limit`` of them from place ``start`` on."""

    subject: str = Field(min_length=1, max_length=200)
    start: int = Field(default=0, ge=0)
    limit: int = Field(default=256, ge=1, le=1024)


def map_key(handle: str) -> bytes:
    """The subject's key in the map."""
    return hashlib.sha256(handle.encode()).digest()


def list_item(index: int, leaf_hash: bytes) -> bytes:
    """The hash of one item of a subject's list."""
    return hash_leaf(index.to_bytes(8, "big") + leaf_hash)


def list_value(tree: CompactRange) -> bytes:
    """The value of a subject in the map, from the tree over its items."""
    return hashlib.sha256(tree.size.to_bytes(8, "big") + tree.root()).digest()


def named_subjects(event_type: str, data: Mapping[str, Any]) -> set[str]:
    """The subjects an entry names itself."""
    found = [data.get("subject"), *_list(data.get("subjects"))]
    if event_type == PARTY_REGISTERED and data.get("kind") == "subject":
        found.append(data.get("handle"))
    for terms in (data.get("terms"), _dict(data.get("change")).get("terms")):
        found.append(_dict(_dict(terms).get("subject")).get("handle"))
    found += [_dict(part).get("subject") for name in ("details", "reasons") for part in _list(data.get(name))]
    found += [str(key).rpartition("/")[0] for key in _dict(data.get("grants"))]
    return {handle for handle in found if isinstance(handle, str) and 0 < len(handle) <= 200}


def references(data: Mapping[str, Any]) -> set[str]:
    """The grants and leases an entry names."""
    grants = data.get("grants")
    found = [data.get("grant"), data.get("lease"), _dict(data.get("change")).get("grant")]
    found += list(grants.values()) if isinstance(grants, dict) else _list(grants)
    found += [_dict(part).get("grant") for name in ("details", "reasons") for part in _list(data.get(name))]
    return {ref for ref in found if isinstance(ref, str) and 0 < len(ref) <= 200}


class Concerns:
    """The rule, applied in ledger order. ``about`` maps each grant and lease seen to its subjects."""

    def __init__(self, about: Mapping[str, Sequence[str]] | None = None) -> None:
        self.about: dict[str, tuple[str, ...]] = {ref: tuple(who) for ref, who in (about or {}).items()}
        self.learned: dict[str, tuple[str, ...]] = {}

    def see(self, event_type: str, data: Mapping[str, Any]) -> tuple[str, ...]:
        """The subjects that an entry concerns, sorted."""
        refs = references(data)
        known = {handle for ref in refs for handle in self.about.get(ref, ())}
        concerned = tuple(sorted(named_subjects(event_type, data) | known))
        for ref in refs - self.about.keys() if concerned else ():
            self.about[ref] = self.learned[ref] = concerned
        return concerned


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else []
