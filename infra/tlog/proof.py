"""Proof files, C2SP tlog-proof v1: one entry's place in the ledger with the checkpoint it is proven against. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.merkle import hash_leaf, verify_inclusion
from infra.tlog.note import VerifierKey, b64, unb64

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class TlogProof:
    """``hashes`` lead from leaf ``index`` to the root in ``checkpoint`` (a signed note); ``extra`` is opaque."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def text(self) -> str:
        """The file's text."""
        extra = [] if self.extra is None else [f"extra {b64(self.extra)}"]
        return "\n".join([HEADER, *extra, f"index {self.index}", *map(b64, self.hashes), "", self.checkpoint])


def parse_tlog_proof(text: str) -> TlogProof:
    """Read a proof file; raises :class:`Invalid` (``consent.proof_malformed``) unless it is exactly one."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines[0] != HEADER or len(lines) < 2:
        raise _refuse("not a tlog-proof")
    extra = unb64(lines.pop(1).removeprefix("extra ")) if lines[1].startswith("extra ") else None
    index = _INDEX.fullmatch(lines[1]) if len(lines) > 1 else None
    if index is None or len(lines) > 2 + 63:
        raise _refuse("a tlog-proof names an index and has at most 63 hashes")
    return TlogProof(int(index[1]), _hashes(lines[2:]), checkpoint, extra)


def verify_tlog_proof(text: str, leaf: bytes, vkey: VerifierKey) -> tuple[int, SignedTree]:
    """``(index, tree)`` when the proof places ``leaf`` in a tree signed by ``vkey``; raises :class:`Invalid`."""
    proof = parse_tlog_proof(text)
    tree = open_checkpoint(proof.checkpoint, vkey)
    verify_inclusion(proof.index, tree.size, hash_leaf(leaf), proof.hashes, tree.root)
    return proof.index, tree


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    hashes = tuple(unb64(line) for line in lines)
    if any(len(item) != 32 for item in hashes):
        raise _refuse("a hash has not 32 bytes")
    return hashes


def _refuse(detail: str) -> Invalid:
    return Invalid("consent.proof_malformed", detail)
