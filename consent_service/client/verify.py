"""Verifying an evidence pack offline: with the pack, keys of your own, and nothing that either of them claims.

Duties, in order:

(0) keys come from the caller; the ones in the pack are compared, never used
(1) the checkpoint is signed by the log's key, or by one that the entries lead to from it
(2) the files are the ones the manifest names, byte for byte; of a complete range no index is missing
(3) every entry is exactly one canonical envelope, and every stream's versions count up from 1
(4) every inclusion proof places its entry at its index under the signed root; as many entries match as is said
(5) where all entries are there, they have the signed root; older checkpoints in the pack are continued by it
(6) the manifest says the same
(7) what the entries say holds together: see :mod:`consent_service.client.audit`
(8) the tree continues the checkpoint that the caller kept
(9) so many of the caller's witnesses cosigned the checkpoint as the caller's policy asks

It collects every fault it finds, each with the index of its entry where there is one. No network, no database.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from heapq import merge
from pathlib import Path
from typing import Any

from consent_service.client import pack
from consent_service.client.audit import Audit, Fault, Film
from consent_service.client.digests import ENTRIES, PROOFS, Digests, name_of, numbered, read_manifest
from consent_service.client.export import manifest
from consent_service.client.keys import open_followed, take
from consent_service.client.scope import matches
from consent_service.client.subject_proof import IndexAudit
from infra.eventlog.log import Event
from infra.kernel.errors import AssentError, Invalid
from infra.kernel.rpc import Message
from infra.tlog.checkpoint import SignedTree, parse_checkpoint, without_cosignatures
from infra.tlog.cosignature import WitnessKey
from infra.tlog.keyset import KeyHistory
from infra.tlog.leaf import LEAF_LIMIT, read_leaf
from infra.tlog.merkle import hash_leaf, root_of, verify_consistency, verify_inclusion
from infra.tlog.note import VerifierKey, b64, parse_vkey, split_note, unb64
from infra.tlog.policy import Group, Policy, WitnessLine
from infra.tlog.proof import parse_tlog_proof

WITNESSED, UNWITNESSED, MINORITY, UNANCHORED, DIVERGED, INVALID = 0, 10, 11, 20, 30, 40
VERDICTS = {
    WITNESSED: "witnessed", UNWITNESSED: "consistent, no witness", MINORITY: "fewer witnesses than the quorum",
    UNANCHORED: "unanchored: no key given", DIVERGED: "diverged from the checkpoint you kept", INVALID: "invalid",
}  # fmt: skip
_PROOF_LIMIT = 300_000
_QUORUM = "the quorum"
"""No witness can have this name: it holds a space."""
_SCOPE = {"start": int, "end": int, "query": dict, "matched": int, "complete": bool}
_MANIFEST = {"v": int, "origin": str, "size": int, "root": str, "checkpoint": str, "scope": dict}
Progress = Callable[[int, int], None]
"""Told now and then how many entries were read, of how many."""


class Report(Message):
    """What was found. ``verdict`` is the exit code of the command. ``entries`` is how many were read; ``matched`` of
    those from ``start`` to ``end`` (exclusive) answer the question, and where ``complete`` is True no index between is
    missing. ``films`` are all published ones with the grants they stand on, ``witnesses`` those of the caller's that
    cosigned, ``remarks`` what a reader should know though nothing is broken.
    """

    verdict: int
    origin: str = ""
    size: int = 0
    root: str = ""
    entries: int = 0
    complete: bool = False
    start: int = 0
    end: int = 0
    matched: int = 0
    films: tuple[Film, ...] = ()
    faults: tuple[Fault, ...] = ()
    witnesses: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.faults

    def first_bad_entry(self) -> int | None:
        """The lowest index that a fault names."""
        return min((fault.index for fault in self.faults if fault.index is not None), default=None)


@dataclass(frozen=True)
class Anchors:
    """What the caller brings: the log's key, whom they trust to have seen it, a checkpoint they kept."""

    key: VerifierKey | None
    policy: Policy | None = None
    kept: str | None = None


def witness_policy(keys: tuple[WitnessKey, ...], quorum: int | None = None) -> Policy | None:
    """``quorum`` of these witnesses, more than half of them unless said otherwise; None for none. One with several keys
    counts once.
    """
    lines = {f"{key.name}+{key.key_id.hex()}": WitnessLine(key.name, key) for key in keys}
    if not lines:
        return None
    names = dict.fromkeys(key.name for key in keys)
    groups = {name: Group(1, tuple(line for line, one in lines.items() if one.name == name)) for name in names}
    groups[_QUORUM] = Group(quorum or len(names) // 2 + 1, tuple(names))
    return Policy([], lines, groups, _QUORUM)


def verify_export(
    path: Path, vkey: str | None, *, policy: Policy | None = None, kept: str | None = None,
    progress: Progress = lambda done, of: None,
) -> Report:  # fmt: skip
    """Check the pack at ``path`` (folder or ZIP) against the verifier key text ``vkey``; without one nobody answers
    for the root, and the verdict is at best 20.

    Raises :class:`Invalid` (``consent.bad_vkey``) for a key that is none; all else is in the report.
    """
    anchors = Anchors(parse_vkey(vkey) if vkey is not None else None, policy, kept)
    try:
        with pack.open_pack(path) as reader:
            return _Verification(reader, anchors, progress).report()
    except AssentError as error:
        return Report(verdict=INVALID, faults=(_fault(error),))


class _Verification:
    """One run over one pack. Entries are read once, in order, and none is kept: of each stay 32 bytes, its leaf hash,
    and the digests that the manifest names.
    """

    def __init__(self, reader: pack.PackReader, anchors: Anchors, progress: Progress) -> None:
        self._reader, self._anchors, self._progress = reader, anchors, progress
        self._keys = KeyHistory(anchors.key) if anchors.key else None
        self._notes: tuple[str, str] = ("", "")
        self._claimed, self._read_others = Digests(), set[str]()
        self._faults: list[Fault] = []
        self._audit, self._index = Audit(), IndexAudit()
        self._prefix, self._entries, self._matched, self._differing = bytearray(), 0, 0, 0

    def report(self) -> Report:
        """Raises :class:`AssentError` when there is no manifest or no checkpoint to verify against."""
        claimed = self._manifest()
        scope, note = claimed["scope"], self._text(pack.checkpoint_path(claimed["size"]))
        tree = parse_checkpoint(split_note(note)[0])
        if self._anchors.key and self._anchors.key.name != tree.origin:
            self._open(note)  # another log's: refused before all is read
        self._notes = (note, without_cosignatures(note))
        self._follow(scope, tree)
        self._open(note)  # duty 1, by the keys that the entries lead to
        self._verify_scope(scope, tree)
        self._verify_older(tree)
        self._verify_claimed_key()
        self._verify_manifest(claimed, tree)
        seen = self._attempt(lambda: self._anchors.policy.signed_by(note) if self._anchors.policy else ()) or ()
        return Report(
            verdict=self._verdict(tree, seen), origin=tree.origin, size=tree.size, root=b64(tree.root),
            entries=self._entries, complete=scope["complete"], start=scope["start"], end=scope["end"],
            matched=self._matched, films=tuple(self._audit.films), faults=tuple(self._faults), witnesses=seen,
            remarks=tuple(self._remarks(self._audit, scope)),
        )  # fmt: skip

    def _verdict(self, tree: SignedTree, seen: tuple[str, ...]) -> int:
        """Duties 8 and 9, and the ladder."""
        if self._faults:
            return INVALID
        if self._anchors.kept is not None and not self._continues(tree, self._anchors.kept):
            return DIVERGED
        if self._anchors.key is None:
            return UNANCHORED
        if not seen:
            return UNWITNESSED
        return WITNESSED if self._anchors.policy and self._anchors.policy.is_met(seen) else MINORITY

    def _continues(self, tree: SignedTree, note: str) -> bool:
        try:
            self._verify_continues(tree, self._open(note))
        except AssentError as error:
            self._note("consent.diverged", f"not shown to continue the checkpoint you kept: {error.detail}")
            return False
        return True

    def _manifest(self) -> dict[str, Any]:
        """The manifest's claims, of the right shape; whether they are true is looked at later."""
        value, self._claimed = read_manifest(self._reader.chunks(pack.MANIFEST))
        if not _is_shaped(value, _MANIFEST) or not _is_shaped(value["scope"], _SCOPE):
            raise _malformed()
        if not all(isinstance(text, str) for text in value["scope"]["query"].values()):
            raise _malformed()
        if not 0 <= value["size"] < 2**63:
            raise _malformed()
        return dict(value)

    def _open(self, note: str) -> SignedTree:
        """Duty 1. Without a key the checkpoint is only read."""
        if self._keys is None:
            return parse_checkpoint(split_note(note)[0])
        return open_followed(note, self._keys)

    def _verify_claimed_key(self) -> None:
        """Duty 0."""
        claimed = self._attempt(lambda: self._read(pack.VKEY, 10_000))
        known = [f"{key}\n".encode() for key in self._keys.latest.active] if self._keys else [claimed]
        if claimed is not None and claimed not in known:
            self._note("consent.other_key", "the pack names another key than the one you pinned", file=pack.VKEY)

    def _follow(self, scope: dict[str, Any], tree: SignedTree) -> None:
        """Duties 2 to 4 and 7 for each entry, in order."""
        versions = dict[str, int]()
        for count, index in enumerate(self._indices(scope, tree)):
            if count % 1000 == 0:
                self._progress(self._entries, len(self._claimed.indices(ENTRIES)))
            leaf: bytes | None = self._attempt(
                lambda index=index: self._read(pack.entry_path(index), LEAF_LIMIT), index
            )
            if leaf is None:
                if len(self._faults) > 100:
                    return  # a pack without entries is not worth a fault for each of them
                continue
            self._take(index, leaf, scope, tree)
            event = self._attempt(lambda leaf=leaf, index=index: read_leaf(leaf, index), index)
            if event is None:
                continue
            if event.version != versions.get(event.stream, 0) + 1:
                self._note("consent.stream_gap", "a stream's versions do not count up from 1", index=index)
            versions[event.stream] = event.version
            self._judge(event, index)

    def _indices(self, scope: dict[str, Any], tree: SignedTree) -> Iterable[int]:
        """What the manifest names, and what a complete range has to hold."""
        named = self._claimed.indices(ENTRIES)
        if not scope["complete"]:
            return named
        start, end = max(scope["start"], 0), min(scope["end"], tree.size)
        inside = named[bisect_left(named, start) : bisect_left(named, end)]
        if len(inside) == max(end - start, 0):
            return named
        return merged(named, range(start, end))

    def _take(self, index: int, leaf: bytes, scope: dict[str, Any], tree: SignedTree) -> None:
        """Duty 4 for the entry's place, and what is kept of it."""
        hashed = hash_leaf(leaf)
        if len(self._prefix) == index * 32:
            self._prefix += hashed
        self._matched += scope["start"] <= index < scope["end"] and matches(leaf, scope["query"])
        if self._keys is not None:
            take(self._keys, index, leaf)
        try:
            proof = parse_tlog_proof(self._text(pack.proof_path(index), _PROOF_LIMIT))
            if proof.index != index or proof.checkpoint not in self._notes:
                self._note("consent.proof_invalid", "the proof is of another entry or checkpoint", index=index)
                return
            verify_inclusion(index, tree.size, hashed, proof.hashes, tree.root)
        except AssentError as error:
            self._faults.append(_fault(error, index))

    def _judge(self, event: Event, index: int) -> None:
        """Duty 7. Every committed root of the index per subject is the one its entries give, as far as the pack holds
        the ledger from its first entry without a gap.
        """
        self._faults.extend(self._audit.see(event))
        if self._entries == index:
            self._attempt(lambda: self._index.see(event, bytes(self._prefix[index * 32 : index * 32 + 32])), index)
        self._entries += 1

    def _verify_scope(self, scope: dict[str, Any], tree: SignedTree) -> None:
        """The rest of duties 2 and 4; a range that reaches beyond the tree is none."""
        if not 0 <= scope["start"] <= scope["end"] <= tree.size or self._matched != scope["matched"]:
            self._note("consent.scope_differs", "the entries are not what the scope says", file=pack.MANIFEST)

    def _verify_older(self, tree: SignedTree) -> None:
        """Duty 5."""
        count = len(self._prefix) // 32
        if count >= tree.size:
            self._attempt(lambda: self._verify_continues(tree, tree))
        for name in sorted(self._reader.others()):
            if name.startswith("checkpoints/") and name != pack.checkpoint_path(tree.size):
                self._attempt(lambda name=name: self._verify_continues(tree, self._open(self._text(name))))

    def _verify_continues(self, tree: SignedTree, old: SignedTree) -> None:
        """Return None when ``tree`` continues ``old``, by its entries where all are there, else by a proof."""
        if old.origin != tree.origin or not 1 <= old.size <= tree.size:
            raise Invalid("consent.checkpoint_origin", "a checkpoint of another log, or a newer one than the pack's")
        if len(self._prefix) >= old.size * 32:
            if root_of(bytes(self._prefix[at * 32 : at * 32 + 32]) for at in range(old.size)) != old.root:
                raise Invalid("consent.root_differs", "the entries do not have the signed root")
            return
        proof = []
        if old.size < tree.size:
            proof = [unb64(line) for line in self._text(pack.consistency_path(old.size, tree.size)).splitlines()]
        verify_consistency(old.size, tree.size, old.root, tree.root, proof)

    def _verify_manifest(self, claimed: dict[str, Any], tree: SignedTree) -> None:
        """Duties 2 and 6: every file is read and is the one named, and the manifest says what the pack is."""
        surplus = [name for name in self._reader.others() if name not in self._claimed.others]
        for kind in (ENTRIES, PROOFS):
            surplus += [name_of(kind, at) for at in self._reader.indices(kind) if not self._claimed.has(kind, at)][:101]
        for name in sorted(set(surplus) - {pack.MANIFEST})[:100]:
            self._note("consent.unexpected_file", "a file that the manifest does not name", file=name[:200])
        for name in sorted(self._claimed.others.keys() - self._read_others):
            self._attempt(lambda name=name: self._read(name))
        for at in self._claimed.indices(PROOFS):
            if not self._claimed.has(ENTRIES, at):
                self._attempt(lambda at=at: self._read(pack.proof_path(at)))
        if claimed != manifest(tree, claimed["scope"]):
            self._note("consent.manifest_differs", "the manifest is not what the pack is", file=pack.MANIFEST)

    def _read(self, name: str, limit: int = 64_000_000) -> bytes:
        """A file's bytes; that it is another one than the manifest names is a fault, and it is read all the same."""
        data = self._reader.read(name, limit)
        if numbered(name) is None:
            self._read_others.add(name)
        if sha256(data).digest() != self._claimed.get(name) and self._differing < 100:
            self._differing += 1
            self._note("consent.manifest_differs", "the manifest says something else about this file", file=name)
        return data

    def _text(self, name: str, limit: int = 1_000_000) -> str:
        return self._read(name, limit).decode(errors="replace")

    def _attempt(self, work: Any, index: int | None = None) -> Any:
        """What ``work`` returns, or None and a fault."""
        try:
            return work()
        except AssentError as error:
            self._faults.append(_fault(error, index))
            return None

    def _remarks(self, audit: Audit, scope: dict[str, Any]) -> Iterator[str]:
        if audit.clock_back is not None:
            back, index = audit.clock_back
            seconds = f"{back.total_seconds():.0f} s"
            yield f"a writer's clock went back by {seconds} at entry {index}: the order holds, times near it may not"
        if not scope["complete"]:
            yield "the pack holds what was found, not its whole range: others may match too"
        if self._keys is not None and self._anchors.key not in self._keys.latest.active:
            yield f"the key you pinned is retired; the log signs with {self._keys.latest.newest} now: pin that one"

    def _note(self, code: str, detail: str, *, index: int | None = None, file: str | None = None) -> None:
        self._faults.append(Fault(code=code, detail=detail, index=index, file=file))


def merged(one: Iterable[int], two: Iterable[int]) -> Iterator[int]:
    """Two ascending rows of numbers as one, without repeats."""
    last = -1
    for number in merge(one, two):
        if number != last:
            yield number
        last = number


def _is_shaped(value: Any, shape: dict[str, type]) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == shape.keys()
        and all(type(value[name]) is kind for name, kind in shape.items())
    )


def _malformed() -> Invalid:
    return Invalid("consent.pack_malformed", "the manifest is not one", file=pack.MANIFEST)


def _fault(error: AssentError, index: int | None = None) -> Fault:
    return Fault(code=error.code, detail=error.detail, index=index, file=error.info.get("file"))
