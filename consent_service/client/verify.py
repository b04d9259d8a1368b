"""Verifying an exported ledger offline: with the pack and one public key, and nothing that either of them claims.

Duties, in order:

(0) the key comes from the caller; the one in the pack is compared, never used
(1) the checkpoint is signed by it
(2) every entry from 0 to size - 1 is there and no other file is: the order is gapless
(3) every entry is exactly one canonical envelope
(4) every inclusion proof places its entry at its index under the signed root
(5) all entries together have the signed root, and every stream's versions count up from 1
(6) the manifest says the same
(7) what the entries say holds together: see :mod:`consent_service.client.audit`

It collects every fault it finds, each with the index of its entry where there is one. No network, no database.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from consent_service.client import pack
from consent_service.client.audit import Audit, Fault, Film
from consent_service.client.export import manifest
from infra.eventlog.log import Event
from infra.kernel.canonical import canonical, sha256_hex
from infra.kernel.errors import AssentError
from infra.kernel.rpc import Message
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.leaf import LEAF_LIMIT, read_leaf
from infra.tlog.merkle import CompactRange, hash_leaf, verify_inclusion
from infra.tlog.note import VerifierKey, b64, parse_vkey
from infra.tlog.proof import parse_tlog_proof

UNWITNESSED, INVALID = 10, 40
_PROOF_LIMIT = 100_000


class Report(Message):
    """What was found. ``verdict`` is the exit code of the command: 10 consistent (no witness has cosigned it), 40
    invalid. ``entries`` is how many were read, ``films`` every published film with the grants it stands on.
    """

    verdict: int
    origin: str = ""
    size: int = 0
    root: str = ""
    entries: int = 0
    films: tuple[Film, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.faults

    def first_bad_entry(self) -> int | None:
        """The lowest index that a fault names."""
        return min((fault.index for fault in self.faults if fault.index is not None), default=None)


def verify_export(path: Path, vkey: str) -> Report:
    """Check the pack at ``path`` (folder or ZIP) against the verifier key text ``vkey``.

    Raises :class:`Invalid` (``consent.bad_vkey``) for a key that is none; all else is in the report.
    """
    key = parse_vkey(vkey)
    try:
        with pack.open_pack(path) as reader:
            return _Verification(reader, key).report()
    except AssentError as error:
        return Report(verdict=INVALID, faults=(_fault(error),))


class _Verification:
    """One run over one pack."""

    def __init__(self, reader: pack.PackReader, key: VerifierKey) -> None:
        self._reader, self._key = reader, key
        self._digests: dict[str, str] = {}
        self._faults: list[Fault] = []

    def report(self) -> Report:
        """Raises :class:`AssentError` when there is no checkpoint to verify against."""
        note = self._read(pack.CHECKPOINT, 1_000_000).decode(errors="replace")
        tree = open_checkpoint(note, self._key)  # duty 1
        self._verify_names(tree)
        events = list(self._verify_entries(tree, note))
        self._verify_claimed_key()
        self._verify_manifest(tree)
        audit = Audit()
        for event in events:
            self._faults.extend(audit.see(event))
        return Report(
            verdict=INVALID if self._faults else UNWITNESSED, origin=tree.origin, size=tree.size, root=b64(tree.root),
            entries=len(events), films=tuple(audit.films), faults=tuple(self._faults),
        )  # fmt: skip

    def _verify_claimed_key(self) -> None:
        """Duty 0."""
        try:
            claimed = self._read(pack.VKEY, 10_000)
        except AssentError as error:
            self._faults.append(_fault(error))
            return
        if claimed != f"{self._key}\n".encode():
            self._note("consent.other_key", "the pack names another key than the one you pinned", file=pack.VKEY)

    def _verify_names(self, tree: SignedTree) -> None:
        """Duty 2, the half about files that do not belong; missing ones are found when they are read."""
        count = min(tree.size, 10_000_000)
        expected = {pack.CHECKPOINT, pack.MANIFEST, pack.VKEY, pack.README}
        expected |= {path(index) for index in range(count) for path in (pack.entry_path, pack.proof_path)}
        for name in sorted(self._reader.names() - expected)[:100]:
            self._note("consent.unexpected_file", "a file that no entry accounts for", file=name[:200])

    def _verify_entries(self, tree: SignedTree, note: str) -> Iterator[Event]:
        """Duties 2 to 5; yields the events that could be read."""
        grown, versions = CompactRange(), dict[str, int]()
        for index in range(tree.size):
            try:
                leaf = self._read(pack.entry_path(index), LEAF_LIMIT)
            except AssentError as error:
                self._faults.append(_fault(error, index))
                if error.code == "consent.pack_incomplete" and len(self._faults) > 100:
                    return  # a pack without entries is not worth a fault for each of them
                continue
            grown.append(hash_leaf(leaf))
            self._verify_proof(index, leaf, tree, note)
            try:
                event = read_leaf(leaf, index)
            except AssentError as error:
                self._faults.append(_fault(error, index))
                continue
            if event.version != versions.get(event.stream, 0) + 1:
                self._note("consent.stream_gap", "a stream's versions do not count up from 1", index=index)
            versions[event.stream] = event.version
            yield event
        if (grown.size, grown.root()) != (tree.size, tree.root):
            self._note("consent.root_differs", "the entries do not have the signed root", file=pack.CHECKPOINT)

    def _verify_proof(self, index: int, leaf: bytes, tree: SignedTree, note: str) -> None:
        """Duty 4."""
        try:
            proof = parse_tlog_proof(self._read(pack.proof_path(index), _PROOF_LIMIT).decode(errors="replace"))
            if proof.index != index or proof.checkpoint != note:
                self._note("consent.proof_invalid", "the proof is of another entry or checkpoint", index=index)
                return
            verify_inclusion(index, tree.size, hash_leaf(leaf), proof.hashes, tree.root)
        except AssentError as error:
            self._faults.append(_fault(error, index))

    def _verify_manifest(self, tree: SignedTree) -> None:
        """Duty 6."""
        try:
            self._read(pack.README, 100_000)
            found = self._reader.read(pack.MANIFEST)
        except AssentError as error:
            self._faults.append(_fault(error))
            return
        if found == canonical(manifest(tree, self._digests)):
            return
        changed = _changed_files(found, self._digests)
        for name in changed[:100] or [pack.MANIFEST]:
            self._note("consent.manifest_differs", "the manifest says something else about this file", file=name)

    def _read(self, name: str, limit: int) -> bytes:
        data = self._reader.read(name, limit)
        self._digests[name] = sha256_hex(data)
        return data

    def _note(self, code: str, detail: str, *, index: int | None = None, file: str | None = None) -> None:
        self._faults.append(Fault(code=code, detail=detail, index=index, file=file))


def _changed_files(found: bytes, digests: dict[str, str]) -> list[str]:
    """Files about which a readable manifest says something else than was read."""
    try:
        claimed = json.loads(found)["files"]
        return sorted(name for name in digests if claimed.get(name) != digests[name])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _fault(error: AssentError, index: int | None = None) -> Fault:
    return Fault(code=error.code, detail=error.detail, index=index, file=error.info.get("file"))
