"""A small log to witness: its tree, its checkpoints and its consistency proofs."""

from dataclasses import dataclass, field

from infra.kernel.crypto import Ed25519Signer
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.merkle import consistency_spans, hash_leaf, root_of
from infra.tlog.note import VerifierKey
from infra.tlog.witness_api import AddCheckpoint


@dataclass
class SmallLog:
    """Leaves of one origin; ``fork`` makes its leaves differ from those of another log with the same key."""

    origin: str = "log.example"
    fork: str = ""
    signer: Ed25519Signer = field(default_factory=lambda: Ed25519Signer.from_seed(bytes(range(32))))

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey(self.origin, self.signer.public)

    def note(self, size: int) -> str:
        return sign_checkpoint(SignedTree(self.origin, size, root_of(self._hashes(0, size))), self.signer)

    def proof(self, old: int, new: int) -> tuple[bytes, ...]:
        return tuple(root_of(self._hashes(*span)) for span in consistency_spans(old, new)) if 0 < old < new else ()

    def request(self, old: int, new: int) -> bytes:
        return AddCheckpoint(old, self.proof(old, new), self.note(new)).text().encode()

    def _hashes(self, start: int, end: int) -> list[bytes]:
        return [hash_leaf(f"{self.fork}{n}".encode()) for n in range(start, end)]
