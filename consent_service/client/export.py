"""Exporting the ledger: every entry up to a checkpoint with its proof, as one pack that verifies offline.

The proofs are made here, from the leaves themselves; an exporter that was given other leaves than the log signed stops
before it writes anything.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from consent_service.client import pack
from consent_service.contract.methods import Checkpoint
from infra.kernel.canonical import canonical, sha256_hex
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.leaf import verify_leaf_size
from infra.tlog.merkle import CompactRange, Coordinate, complete_subtrees, fold, hash_leaf, inclusion_spans
from infra.tlog.note import b64, parse_vkey
from infra.tlog.proof import TlogProof

_README = """An export of the ledger {origin}: {size} entries.

entries/     one file per entry, the exact bytes that were hashed
proofs/      where each entry stands in the signed tree (C2SP tlog-proof)
checkpoint   size and root of the tree, signed by the log (C2SP signed note)
keys/        the key the log says it signs with. Compare it with the copy you got another way.

To check it, with nothing but these files and your own copy of the key:

    assent ledger verify <this export> --key <verifier key>
"""


def write_export(leaves: Iterable[str], checkpoint: Checkpoint, dest: Path) -> SignedTree:
    """Write the pack of the first ``checkpoint.size`` leaves (texts, from index 0) to ``dest``: a ZIP file where its
    name ends in ``.zip``, a folder otherwise. Returns the tree that was exported.

    Raises :class:`Invalid`: ``consent.export_incomplete`` when leaves are missing, ``consent.export_differs`` when
    they are not the signed ones, ``consent.export_exists``.
    """
    tree = open_checkpoint(checkpoint.note, parse_vkey(checkpoint.vkey))
    entries = [leaf.encode() for leaf in islice(leaves, tree.size)]
    nodes = _verified_nodes(entries, tree)
    pack.write_pack(dest, _with_manifest(tree, _files(entries, nodes, tree, checkpoint)))
    return tree


def _verified_nodes(entries: list[bytes], tree: SignedTree) -> dict[Coordinate, bytes]:
    if len(entries) < tree.size:
        raise Invalid("consent.export_incomplete", "entries are missing", have=len(entries), size=tree.size)
    grown, nodes = CompactRange(), dict[Coordinate, bytes]()
    for entry in entries:
        verify_leaf_size(entry)
        nodes.update(((level, n), value) for level, n, value in grown.append(hash_leaf(entry)))
    if grown.root() != tree.root:
        raise Invalid("consent.export_differs", "the entries are not the ones the log signed", size=tree.size)
    return nodes


def _files(
    entries: list[bytes], nodes: dict[Coordinate, bytes], tree: SignedTree, checkpoint: Checkpoint
) -> Iterator[tuple[str, bytes]]:
    yield pack.README, _README.format(origin=tree.origin, size=tree.size).encode()
    yield pack.CHECKPOINT, checkpoint.note.encode()
    yield pack.VKEY, f"{checkpoint.vkey}\n".encode()
    for index, entry in enumerate(entries):
        yield pack.entry_path(index), entry
        yield pack.proof_path(index), _proof(index, nodes, tree, checkpoint.note).encode()


def _proof(index: int, nodes: dict[Coordinate, bytes], tree: SignedTree, note: str) -> str:
    spans = inclusion_spans(index, tree.size)
    return TlogProof(index, tuple(fold([nodes[at] for at in complete_subtrees(span)]) for span in spans), note).text()


def _with_manifest(tree: SignedTree, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The files, and at their end the manifest that names them all."""
    digests: dict[str, str] = {}
    for name, data in files:
        digests[name] = sha256_hex(data)
        yield name, data
    yield pack.MANIFEST, canonical(manifest(tree, digests))


def manifest(tree: SignedTree, digests: dict[str, str]) -> dict[str, object]:
    """What ``manifest.json`` says; the verifier builds it anew and compares."""
    return {"v": 1, "origin": tree.origin, "size": tree.size, "root": b64(tree.root), "files": digests}
