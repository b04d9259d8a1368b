"""The body of ``add-checkpoint``, C2SP tlog-witness v1.0.0, and how a cosigned note is put together. Pure.

It never decides whether a witness may cosign: that is the witness's compare-and-swap.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from infra.kernel.errors import Invalid
from infra.tlog.cosignature import WitnessKey, read_cosignatures
from infra.tlog.note import b64, signature_line, split_note, unb64

SIZE_TYPE = "text/x.tlog.size"
"""Media type of a 409 answer: the size of the latest cosigned checkpoint and a newline."""
MAX_PROOF = 63
MAX_BODY = 128 * 1024
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True)
class AddCheckpoint:
    """``proof`` leads from the tree of ``old`` leaves to the one in ``checkpoint`` (a signed note)."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """The request's body."""
        return "\n".join([f"old {self.old}", *map(b64, self.proof), "", self.checkpoint])


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """Read a request; raises :class:`Invalid` (``consent.add_checkpoint_malformed``) unless it is exactly one."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _malformed("the body is not UTF-8") from error
    head, blank, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    old = _OLD.fullmatch(first)
    if len(body) > MAX_BODY or not blank or old is None or int(old[1]) >= 2**63:
        raise _malformed("a body is an old size, a proof, an empty line and a checkpoint")
    try:
        proof = tuple(unb64(line) for line in lines)
    except Invalid as error:
        raise _malformed("a proof line is not base64") from error
    if len(proof) > MAX_PROOF or any(len(item) != 32 for item in proof):
        raise _malformed("a proof has at most 63 hashes of 32 bytes")
    return AddCheckpoint(int(old[1]), proof, checkpoint)


def parse_size(body: bytes) -> int:
    """The size in a 409 answer; raises :class:`Invalid`."""
    found = _SIZE.fullmatch(body.decode(errors="replace"))
    if found is None or int(found[1]) >= 2**63:
        raise Invalid("consent.witness_answer", "the witness's size is not a number on a line of its own")
    return int(found[1])


def cosignature_lines(note: str, answer: bytes, keys: Iterable[WitnessKey]) -> tuple[str, ...]:
    """The lines of a witness's answer that ``keys`` made over ``note``, verified; others are dropped.

    Raises :class:`Invalid` (``consent.witness_answer``) for an answer that is no signature lines, or when a line by
    one of the keys fails.
    """
    known = tuple(keys)
    names = {(key.name, key.key_id) for key in known}
    text, _ = split_note(note)
    try:
        answered = f"{text}\n{answer.decode()}"
        read_cosignatures(answered, known)
        lines = split_note(answered)[1]
    except (UnicodeDecodeError, Invalid) as error:
        raise Invalid("consent.witness_answer", "the witness's answer does not verify") from error
    return tuple(signature_line(name, blob) for name, blob in lines if (name, blob[:4]) in names)


def _malformed(detail: str) -> Invalid:
    return Invalid("consent.add_checkpoint_malformed", detail)
