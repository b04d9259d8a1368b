"""What a witness answers, C2SP tlog-witness v1.0.0. Pure: the record comes in, the new record comes out.

Duties, in order: (1) the body is well formed, else 400; (2) the origin is known, else 404; (3) a key trusted for it
signed the checkpoint and no known signature fails, else 403; (4) the old size is at most the new, else 400; (5) the
old size is the recorded one, else 409 with the recorded size; (6) the proof leads from the recorded root to the new
one, and equal sizes have equal roots, else 422.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, parse_checkpoint
from infra.tlog.merkle import EMPTY_ROOT, verify_consistency
from infra.tlog.note import VerifierKey, open_note, split_note
from infra.tlog.witness_api import SIZE_TYPE, AddCheckpoint, parse_add_checkpoint

LogKeys = Mapping[str, Sequence[VerifierKey]]
"""Origin to the keys trusted for it; more than one while a log changes its key."""


@dataclass(frozen=True)
class Record:
    """The latest checkpoint cosigned for an origin. ``time`` (Unix seconds) never goes back."""

    size: int
    root: bytes
    note: str
    time: int


@dataclass(frozen=True)
class Submission:
    """A request whose checkpoint is signed by a key trusted for ``tree.origin``."""

    request: AddCheckpoint
    tree: SignedTree
    text: str


class Refused(Exception):
    """An answer other than 200. ``forked`` is True when the log has signed two trees of one size."""

    def __init__(self, status: int, body: str, *, media_type: str = "text/plain", forked: bool = False) -> None:
        self.status, self.body, self.media_type, self.forked = status, body, media_type, forked
        super().__init__(body)


def read_submission(body: bytes, logs: LogKeys) -> Submission:
    """Duties 1 to 4; raises :class:`Refused`."""
    try:
        request = parse_add_checkpoint(body)
        text, _ = split_note(request.checkpoint)
        tree = parse_checkpoint(text)
    except Invalid as error:
        raise Refused(400, f"{error.detail}\n") from error
    if tree.origin not in logs:
        raise Refused(404, "this witness does not know that log\n")
    try:
        open_note(request.checkpoint, *logs[tree.origin])
    except Invalid as error:
        raise Refused(403, f"{error.detail}\n") from error
    if request.old > tree.size:
        raise Refused(400, "the old size is above the checkpoint's\n")
    return Submission(request, tree, text)


def next_record(kept: Record | None, submission: Submission, now: int) -> Record:
    """Duties 5 and 6: the record to keep before cosigning; raises :class:`Refused`. ``now`` is in Unix seconds."""
    request, tree = submission.request, submission.tree
    recorded = kept.size if kept else 0
    if request.old != recorded:
        raise Refused(409, f"{recorded}\n", media_type=SIZE_TYPE)
    if tree.size == 0 and tree.root != EMPTY_ROOT:
        raise Refused(422, "a tree without leaves has the root of no leaves\n")
    _verify_proof(kept, request, tree)
    return Record(tree.size, tree.root, request.checkpoint, max(now, kept.time if kept else 1))


def _verify_proof(kept: Record | None, request: AddCheckpoint, tree: SignedTree) -> None:
    if kept is not None and kept.size == tree.size and kept.root != tree.root:
        raise Refused(422, "the log has signed another tree of this size\n", forked=True)
    if request.old in (0, tree.size):
        if request.proof:
            raise Refused(422, "a proof is empty from size 0 and between equal sizes\n")
        return
    try:
        verify_consistency(request.old, tree.size, kept.root if kept else EMPTY_ROOT, tree.root, request.proof)
    except Invalid as error:
        raise Refused(422, f"{error.detail}\n") from error
