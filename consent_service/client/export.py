"""Exporting the ledger, or the part a question is about, as an evidence pack that verifies offline.

The proofs are made here, from the leaves themselves; an exporter that was given other leaves than the log signed stops
before it writes anything. The same entries, checkpoint and scope give the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files as resources
from itertools import islice
from pathlib import Path

from consent_service.client import pack
from consent_service.client.digests import Digests, write_manifest
from consent_service.client.keys import follow, is_key_change, open_followed
from consent_service.client.report import gather, report_html
from consent_service.client.scope import Scope, Selection, select
from consent_service.client.spool import Spool, TreeHashes
from consent_service.contract.methods import Checkpoint
from infra.kernel.canonical import canonical
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, open_checkpoint, without_cosignatures
from infra.tlog.cosignature import WitnessKey, claimed_cosignatures, read_cosignatures
from infra.tlog.keyset import KeyHistory
from infra.tlog.leaf import read_leaf, verify_leaf_size
from infra.tlog.merkle import (
    CompactRange,
    Span,
    complete_subtrees,
    consistency_spans,
    fold,
    hash_leaf,
    inclusion_spans,
    root_of,
)
from infra.tlog.note import b64, parse_vkey
from infra.tlog.proof import TlogProof

WHOLE = Scope()

_README = """An evidence pack of the ledger {origin}: {count} of {size} entries.

report.html   what is in it, in plain words, and what it does not prove. Read it first.
entries/      one file per entry, the exact bytes that were hashed
proofs/       where each entry stands in the signed tree (C2SP tlog-proof)
checkpoints/  size and root of the tree, signed by the log and its witnesses (C2SP signed note)
witnesses.json  who cosigned it, by their own word: names, key ids, times
consistency/  that this tree continues older ones
keys/         keys that the log says are its own. They prove nothing: use the copies you got another way.

To check it, with Python and the package `cryptography`:

    python verify.py . --key <your copy of the log's verifier key> --witness <a witness's verifier key>

or open verify.html in a browser; it needs no network. Keys are lines of text, name+hash+base64: ask the witnesses
themselves for theirs. With Assent, which also checks that every film was covered:

    assent audit verify <this pack> --key <your copy of the log's verifier key>
"""


@dataclass(frozen=True)
class Extras:
    """What goes into a pack beside the entries: older checkpoints that somebody kept (signed notes), and the keys of
    the witnesses that the log names.
    """

    kept: Sequence[str] = ()
    witnesses: Sequence[WitnessKey] = ()


def witnessed(latest: Checkpoint, size: int) -> Checkpoint | None:
    """The newest checkpoint that a quorum of the log's witnesses has cosigned, where it holds ``size`` entries."""
    seen = latest.cosigned
    if seen is None or seen.size < size:
        return None
    return latest.model_copy(update={"note": seen.note, "size": seen.size})


def write_export(
    leaves: Iterable[str] | Spool,
    checkpoint: Checkpoint,
    dest: Path,
    scope: Scope = WHOLE,
    extras: Extras | None = None,
) -> SignedTree:
    """Write the pack about ``scope`` from the first ``checkpoint.size`` leaves (texts, from index 0, or a
    :class:`Spool` of them) to ``dest``: a ZIP file where its name ends in ``.zip``, a folder otherwise. Leaves are
    read once and lie on disk. Returns the tree that was exported.

    Raises :class:`Invalid`: ``consent.export_incomplete`` when leaves are missing, ``consent.export_differs`` when
    they are not the signed ones, ``consent.export_exists``, ``consent.scope_empty``, and ``consent.kept_differs`` when
    a kept checkpoint is not of this log.
    """
    tree = open_checkpoint(checkpoint.note, parse_vkey(checkpoint.vkey))
    spooled = nullcontext(leaves) if isinstance(leaves, Spool) else Spool(map(str.encode, islice(leaves, tree.size)))
    with spooled as entries:
        nodes = _verified_nodes(entries, tree)
        making = _Pack(entries, nodes, tree, checkpoint, extras or Extras())
        selection = select(entries, scope, tree.size)
        pack.write_pack(dest, _with_manifest(tree, selection, making.files(selection)))
    return tree


def _verified_nodes(entries: Sequence[bytes], tree: SignedTree) -> TreeHashes:
    if len(entries) < tree.size:
        raise Invalid("consent.export_incomplete", "entries are missing", have=len(entries), size=tree.size)
    grown, nodes = CompactRange(), TreeHashes()
    for entry in islice(entries, tree.size):
        verify_leaf_size(entry)
        nodes.add(grown.append(hash_leaf(entry)))
    if grown.root() != tree.root:
        raise Invalid("consent.export_differs", "the entries are not the ones the log signed", size=tree.size)
    return nodes


@dataclass(frozen=True)
class _Pack:
    """The files of one pack; the manifest comes last and names them all."""

    entries: Sequence[bytes]
    nodes: TreeHashes
    tree: SignedTree
    checkpoint: Checkpoint
    extras: Extras

    def files(self, selection: Selection) -> Iterator[tuple[str, bytes]]:
        older = [self._verified_kept(note) for note in self.extras.kept]
        read_cosignatures(self.checkpoint.note, self.extras.witnesses)  # one that fails under a named key refuses
        seen = claimed_cosignatures(self.checkpoint.note)
        count = len(selection.indices)
        yield pack.README, _README.format(origin=self.tree.origin, size=self.tree.size, count=count).encode()
        yield pack.checkpoint_path(self.tree.size), self.checkpoint.note.encode()
        yield pack.VKEY, f"{self.checkpoint.vkey}\n".encode()
        for key in self.extras.witnesses:
            yield pack.key_path(f"{key.name}-{key.key_id.hex()}"), f"{key}\n".encode()
        yield (
            pack.WITNESSES,
            canonical([{"name": one.name, "key_id": one.key_id.hex(), "time": one.time} for one in seen]),
        )
        yield pack.REDACTIONS, canonical(_redactions(selection, self.tree.size))
        yield from self._consistency(older)
        note = without_cosignatures(self.checkpoint.note)  # once, beside them, is enough for the witnesses' lines
        for index in selection.indices:
            yield pack.entry_path(index), self.entries[index]
            yield pack.proof_path(index), self._proof(index, note).encode()
        facts = gather(self.tree, selection, self.entries.__getitem__, tuple(one.name for one in seen))
        for name in pack.CHECKERS:
            yield name, (resources("consent_service.client.pack_files") / name).read_bytes()
        yield pack.REPORT, report_html(facts).encode()

    def _consistency(self, older: list[tuple[SignedTree, str]]) -> Iterator[tuple[str, bytes]]:
        for size, note in {tree.size: note for tree, note in older if tree.size < self.tree.size}.items():
            hashes = [self._hash(span) for span in consistency_spans(size, self.tree.size)]
            yield pack.checkpoint_path(size), note.encode()
            yield pack.consistency_path(size, self.tree.size), "".join(f"{b64(one)}\n" for one in hashes).encode()

    def _proof(self, index: int, note: str) -> str:
        hashes = tuple(map(self._hash, inclusion_spans(index, self.tree.size)))
        return TlogProof(index, hashes, note).text()

    def _keys(self) -> KeyHistory:
        """The log's keys by size, from the one that its first entry names."""
        changes = [(at, leaf) for at, leaf in enumerate(islice(self.entries, self.tree.size)) if is_key_change(leaf)]
        named = read_leaf(self.entries[0], 0).data.get("keys", {}).get("log") if changes else None
        return follow(parse_vkey(named or self.checkpoint.vkey), changes)

    def _hash(self, span: Span) -> bytes:
        return fold([self.nodes[at] for at in complete_subtrees(span)])

    def _verified_kept(self, note: str) -> tuple[SignedTree, str]:
        """A checkpoint that somebody kept, signed by a key that was the log's then, and continued by the tree."""
        tree = open_followed(note, self._keys())
        leaves = [self.nodes[0, index] for index in range(min(tree.size, self.tree.size))]
        if tree.size > self.tree.size or tree.root != root_of(leaves):
            raise Invalid(
                "consent.kept_differs", "the log does not continue the checkpoint you kept; both are evidence",
                kept=tree.size, size=self.tree.size,
            )  # fmt: skip
        return tree, note


def _redactions(selection: Selection, size: int) -> dict[str, object]:
    """What a reader does not see: entries left out, and what stands in entries as a commitment only."""
    whole = isinstance(selection.indices, range)
    present, left_out, start = set(() if whole else selection.indices), list[dict[str, object]](), None
    for index in range(0 if whole else size + 1):
        if index < size and index not in present:
            start = index if start is None else start
        elif start is not None:
            left_out.append({"start": start, "end": index, "why": "outside of the scope"})
            start = None
    return {
        "entries_left_out": left_out,
        "committed_values": "names, notices as filled in, words and evidence stand in entries as salted commitments; "
        "their openings are kept where they can be erased and are in no pack",
    }


def _with_manifest(
    tree: SignedTree, selection: Selection, files: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """The files, and at their end the manifest that names them all."""
    digests = Digests()
    for name, data in files:
        digests.put(name, sha256(data).digest())
        yield name, data
    yield pack.MANIFEST, write_manifest(manifest(tree, selection.manifest()), digests)


def manifest(tree: SignedTree, scope: dict[str, object]) -> dict[str, object]:
    """What ``manifest.json`` says beside the digests of all files; the verifier builds it anew and compares."""
    return {
        "v": 2, "origin": tree.origin, "size": tree.size, "root": b64(tree.root),
        "checkpoint": pack.checkpoint_path(tree.size), "scope": scope,
    }  # fmt: skip
