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

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent_service.client import pack
from consent_service.client.audit import Audit, Fault, Film
from consent_service.client.export import manifest
from consent_service.client.keys import open_followed, take
from consent_service.client.scope import matches
from consent_service.client.subject_proof import IndexAudit
from infra.eventlog.log import Event
from infra.kernel.canonical import canonical, sha256_hex
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
_ENTRY = re.compile(r"entries/([0-9]{9,18})\.json")
_SCOPE = {"start": int, "end": int, "query": dict, "matched": int, "complete": bool}
_MANIFEST = {"v": int, "origin": str, "size": int, "root": str, "checkpoint": str, "scope": dict, "files": dict}


class Report(Message):
    """What was found. ``verdict`` is the exit code of the command. ``entries`` is how many were read, ``films`` every
    published film with the grants it stands on, ``witnesses`` those of the caller's that cosigned, ``remarks`` what a
    reader should know though nothing is broken.
    """

    verdict: int
    origin: str = ""
    size: int = 0
    root: str = ""
    entries: int = 0
    complete: bool = False
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


def verify_export(path: Path, vkey: str | None, *, policy: Policy | None = None, kept: str | None = None) -> Report:
    """Check the pack at ``path`` (folder or ZIP) against the verifier key text ``vkey``; without one nobody answers
    for the root, and the verdict is at best 20.

    Raises :class:`Invalid` (``consent.bad_vkey``) for a key that is none; all else is in the report.
    """
    anchors = Anchors(parse_vkey(vkey) if vkey is not None else None, policy, kept)
    try:
        with pack.open_pack(path) as reader:
            return _Verification(reader, anchors).report()
    except AssentError as error:
        return Report(verdict=INVALID, faults=(_fault(error),))


class _Verification:
    """One run over one pack."""

    def __init__(self, reader: pack.PackReader, anchors: Anchors) -> None:
        self._reader, self._anchors = reader, anchors
        self._keys = KeyHistory(anchors.key) if anchors.key else None
        self._notes: tuple[str, str] = ("", "")
        self._digests: dict[str, str] = {}
        self._faults: list[Fault] = []
        self._leaves: dict[int, bytes] = {}

    def report(self) -> Report:
        """Raises :class:`AssentError` when there is no manifest or no checkpoint to verify against."""
        claimed = self._manifest()
        note = self._text(pack.checkpoint_path(claimed["size"]))
        self._follow_keys(claimed["files"])
        tree = self._open(note)  # duty 1
        self._notes = (note, without_cosignatures(note))
        events = list(self._entries(claimed, tree))
        self._verify_scope(claimed["scope"], tree)
        self._verify_older(tree)
        self._verify_claimed_key()
        self._verify_manifest(claimed, tree)
        audit = Audit()
        for event in events:
            self._faults.extend(audit.see(event))
        self._verify_index(events)
        seen = self._attempt(lambda: self._anchors.policy.signed_by(note) if self._anchors.policy else ()) or ()
        return Report(
            verdict=self._verdict(tree, seen), origin=tree.origin, size=tree.size, root=b64(tree.root),
            entries=len(events), complete=claimed["scope"]["complete"], films=tuple(audit.films),
            faults=tuple(self._faults), witnesses=seen, remarks=tuple(self._remarks(audit, claimed["scope"])),
        )  # fmt: skip

    def _verify_index(self, events: Sequence[Event]) -> None:
        """Every committed root of the index per subject is the one its entries give, as far as the pack holds the
        ledger from its first entry without a gap.
        """
        index = IndexAudit()
        for place, event in enumerate(events):
            if event.position != place:
                return
            self._attempt(lambda event=event: index.see(event, hash_leaf(self._leaves[event.position])), place)

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
        try:
            value = json.loads(self._reader.read(pack.MANIFEST))
        except (ValueError, RecursionError) as error:
            raise _malformed() from error
        if not _is_shaped(value, _MANIFEST) or not _is_shaped(value["scope"], _SCOPE):
            raise _malformed()
        texts = [*value["files"].values(), *value["scope"]["query"].values()]
        if not all(isinstance(text, str) for text in texts) or not 0 <= value["size"] < 2**63:
            raise _malformed()
        return dict(value)

    def _open(self, note: str) -> SignedTree:
        """Duty 1. Without a key the checkpoint is only read."""
        if self._keys is None:
            return parse_checkpoint(split_note(note)[0])
        return open_followed(note, self._keys)

    def _follow_keys(self, names: Iterable[str]) -> None:
        """The log's keys from the pinned one on. The entries are verified later, with all others."""
        if self._keys is not None:
            for name in sorted(name for name in names if _ENTRY.fullmatch(name)):
                with suppress(AssentError):
                    take(self._keys, int(name[8:-5]), self._reader.read(name, LEAF_LIMIT))

    def _verify_claimed_key(self) -> None:
        """Duty 0."""
        claimed = self._attempt(lambda: self._read(pack.VKEY, 10_000))
        known = [f"{key}\n".encode() for key in self._keys.latest.active] if self._keys else [claimed]
        if claimed is not None and claimed not in known:
            self._note("consent.other_key", "the pack names another key than the one you pinned", file=pack.VKEY)

    def _entries(self, claimed: dict[str, Any], tree: SignedTree) -> Iterator[Event]:
        """Duties 2 to 4; yields the events that could be read."""
        scope, versions = claimed["scope"], dict[str, int]()
        indices = {int(found[1]) for name in claimed["files"] if (found := _ENTRY.fullmatch(name))}
        if scope["complete"]:
            indices |= set(range(max(scope["start"], 0), min(scope["end"], tree.size)))
        for index in sorted(indices):
            leaf = self._leaf(index)
            if leaf is None:
                if len(self._faults) > 100:
                    return  # a pack without entries is not worth a fault for each of them
                continue
            self._verify_proof(index, leaf, tree)
            event = self._attempt(lambda leaf=leaf, index=index: read_leaf(leaf, index), index)
            if event is None:
                continue
            if event.version != versions.get(event.stream, 0) + 1:
                self._note("consent.stream_gap", "a stream's versions do not count up from 1", index=index)
            versions[event.stream] = event.version
            yield event

    def _leaf(self, index: int) -> bytes | None:
        leaf: bytes | None = self._attempt(lambda: self._read(pack.entry_path(index), LEAF_LIMIT), index)
        if leaf is not None:
            self._leaves[index] = leaf
        return leaf

    def _verify_proof(self, index: int, leaf: bytes, tree: SignedTree) -> None:
        """Duty 4."""
        try:
            proof = parse_tlog_proof(self._text(pack.proof_path(index), _PROOF_LIMIT))
            if proof.index != index or proof.checkpoint not in self._notes:
                self._note("consent.proof_invalid", "the proof is of another entry or checkpoint", index=index)
                return
            verify_inclusion(index, tree.size, hash_leaf(leaf), proof.hashes, tree.root)
        except AssentError as error:
            self._faults.append(_fault(error, index))

    def _verify_scope(self, scope: dict[str, Any], tree: SignedTree) -> None:
        """The rest of duties 2 and 4; a range that reaches beyond the tree is none."""
        inside = [leaf for index, leaf in self._leaves.items() if scope["start"] <= index < scope["end"]]
        matched = sum(matches(leaf, scope["query"]) for leaf in inside)
        if not 0 <= scope["start"] <= scope["end"] <= tree.size or matched != scope["matched"]:
            self._note("consent.scope_differs", "the entries are not what the scope says", file=pack.MANIFEST)

    def _verify_older(self, tree: SignedTree) -> None:
        """Duty 5."""
        if self._leaves.keys() >= set(range(min(tree.size, len(self._leaves) + 1))):
            self._attempt(lambda: self._verify_continues(tree, tree))
        for name in sorted(self._reader.names()):
            if name.startswith("checkpoints/") and name != pack.checkpoint_path(tree.size):
                self._attempt(lambda name=name: self._verify_continues(tree, self._open(self._text(name))))

    def _verify_continues(self, tree: SignedTree, old: SignedTree) -> None:
        """Return None when ``tree`` continues ``old``, by its entries where all are there, else by a proof."""
        if old.origin != tree.origin or not 1 <= old.size <= tree.size:
            raise Invalid("consent.checkpoint_origin", "a checkpoint of another log, or a newer one than the pack's")
        if self._leaves.keys() >= set(range(old.size)):
            if root_of(hash_leaf(self._leaves[index]) for index in range(old.size)) != old.root:
                raise Invalid("consent.root_differs", "the entries do not have the signed root")
            return
        proof = []
        if old.size < tree.size:
            proof = [unb64(line) for line in self._text(pack.consistency_path(old.size, tree.size)).splitlines()]
        verify_consistency(old.size, tree.size, old.root, tree.root, proof)

    def _verify_manifest(self, claimed: dict[str, Any], tree: SignedTree) -> None:
        """Duties 2 and 6: every file is read, and the manifest is built anew and compared."""
        names = self._reader.names()
        for name in sorted(names - claimed["files"].keys() - {pack.MANIFEST})[:100]:
            self._note("consent.unexpected_file", "a file that the manifest does not name", file=name[:200])
        for name in sorted(claimed["files"].keys() - self._digests.keys()):
            self._attempt(lambda name=name: self._read(name))
        found = self._reader.read(pack.MANIFEST)
        if found == canonical(manifest(tree, claimed["scope"], self._digests)):
            return
        changed = sorted(name for name, digest in self._digests.items() if claimed["files"].get(name) != digest)
        for name in changed[:100] or [pack.MANIFEST]:
            self._note("consent.manifest_differs", "the manifest says something else about this file", file=name)

    def _read(self, name: str, limit: int = 64_000_000) -> bytes:
        data = self._reader.read(name, limit)
        self._digests[name] = sha256_hex(data)
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
