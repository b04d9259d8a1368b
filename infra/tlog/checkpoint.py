"""Checkpoints, C2SP tlog-checkpoint v1.0.0: origin, size and root of the ledger, as a signed note. Pure.

It never decides whether a checkpoint may be signed: that is the sequencer's compare-and-swap.
"""

import re
from dataclasses import dataclass

from infra.kernel.crypto import Signer
from infra.kernel.errors import Invalid
from infra.tlog.note import VerifierKey, b64, open_note, sign_note, signature_line, split_note, unb64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class SignedTree:
    """What a checkpoint says: the tree named ``origin`` has ``size`` leaves and ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


def parse_checkpoint(text: str) -> SignedTree:
    """A checkpoint from a note's text; extension lines are allowed and ignored, empty ones are not.

    Raises :class:`Invalid` (``consent.checkpoint_malformed``).
    """
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not text.endswith("\n") or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise Invalid("consent.checkpoint_malformed", "a checkpoint is origin, size and root, a line each")
    root = unb64(lines[2])
    if len(root) != 32 or int(lines[1]) >= 2**63:
        raise Invalid("consent.checkpoint_malformed", "a checkpoint's root has 32 bytes and its size 63 bits")
    return SignedTree(lines[0], int(lines[1]), root)


def sign_checkpoint(tree: SignedTree, signer: Signer) -> str:
    """The signed note; the key's name is the origin."""
    return sign_note(tree.text(), tree.origin, signer)


def without_cosignatures(note: str) -> str:
    """The note with the log's own signature lines only."""
    text, lines = split_note(note)
    origin = parse_checkpoint(text).origin
    return text + "\n" + "".join(signature_line(name, blob) for name, blob in lines if name == origin)


def open_checkpoint(note: str, *vkeys: VerifierKey) -> SignedTree:
    """The tree a note states, once one of ``vkeys`` has signed it (more than one while a log changes its key) and its
    origin is their name.
    """
    tree = parse_checkpoint(open_note(note, *vkeys))
    if any(tree.origin != vkey.name for vkey in vkeys):
        raise Invalid("consent.checkpoint_origin", "the checkpoint is of another log", origin=tree.origin)
    return tree
