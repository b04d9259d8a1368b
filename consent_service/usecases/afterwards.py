"""What follows from a grant later: time that ends it, outputs that come back, references that are to go.

Commit point of each: the database commit of its one transaction. The sweep may be repeated and run in several
processes: every entry takes its place in the stream of what it ends, so the second finds nothing left to do.
"""

from functools import partial
from typing import Any

from consent_service.contract.ledger import Recorded
from consent_service.contract.retention import (
    DueDeletions,
    DueQuery,
    GetOutput,
    OutputStanding,
    RecordDeletion,
)
from consent_service.domain import grants, outputs, retention
from consent_service.domain.grants import GrantNow
from consent_service.usecases.parts import Parts
from infra.kernel.canonical import digest
from infra.kernel.errors import Conflict

_AT_ONCE = 200
"""Outputs called back in the withdrawal's own transaction; the sweep takes the rest."""


def recall(parts: Parts, tx: Any, grant: GrantNow) -> int:
    """Call back what was released under a grant that is being withdrawn, if its terms say so; returns how many."""
    if grant.terms.revocation.effect != "recall_outputs":
        return 0
    found = parts.aftermath.to_recall(tx, grant.id, _AT_ONCE)
    for output in found:
        place = outputs.stream(output.sha256)
        parts.append(tx, place, len(tx.read(place)), [outputs.recalled(output, grant, parts.clock.now())])
    return len(found)


def output_standing(parts: Parts, query: GetOutput) -> OutputStanding:
    """Whether an output may still be handed out."""
    found = parts.log.run(lambda tx: parts.aftermath.output(tx, query.output_sha256))
    return OutputStanding(output_sha256=query.output_sha256, state="unknown") if found is None else found.standing()


def due_deletions(parts: Parts, query: DueQuery) -> DueDeletions:
    """Reference files that are due for deletion, by subject, in the order of handles."""
    now = query.now or parts.clock.now()

    def work(tx: Any) -> DueDeletions:
        handles = parts.aftermath.subjects(tx, query.after or "", query.limit + 1)
        page = handles[: query.limit]
        held: dict[str, list[GrantNow]] = {handle: [] for handle in page}
        for grant in parts.views.grants(tx, subjects=page) if page else ():
            held[grant.terms.subject.handle].append(grant)
        gone = parts.aftermath.deleted(tx, page)
        found = (retention.due(handle, held[handle], gone.get(handle, {}), now) for handle in page)
        more = page[-1] if len(handles) > query.limit else None
        return DueDeletions(deletions=tuple(one for one in found if one is not None), more_after=more)

    return parts.log.run(work)


def record_deletion(parts: Parts, command: RecordDeletion) -> Recorded:
    """Write down that reference files are gone."""

    def work(tx: Any) -> dict[str, Any]:
        place = retention.stream(command.subject)
        event = retention.deleted(command, parts.clock.now())
        stored = parts.append(tx, place, len(tx.read(place)), [event])
        return {"entry": stored[0].id, "ref": command.subject}

    fingerprint = digest(["RecordDeletion", command.model_dump(mode="json")])
    answer = parts.log.run(lambda tx: tx.once(command.command_id, fingerprint, lambda: work(tx)))
    return parts.proofs.recorded(str(answer["entry"]), str(answer["ref"]))


def sweep_grants(parts: Parts, limit: int = 50) -> int:
    """Write down which grants have expired or lost what they stood on, and finish recalls; returns how many entries."""
    now = parts.clock.now()
    lapsing = parts.log.run(lambda tx: parts.aftermath.lapsing(tx, now, limit))
    ended = sum(_settled(parts, partial(_lapse, parts, grant)) for grant in lapsing)
    unfinished = parts.log.run(lambda tx: parts.aftermath.recalling(tx, limit))
    return ended + sum(_settled(parts, partial(_finish_recall, parts, grant)) for grant in unfinished)


def _settled(parts: Parts, work: Any) -> int:
    try:
        return int(parts.log.run(work))
    except Conflict as conflict:
        if conflict.code != "eventlog.version":  # another process wrote it in the same moment
            raise
        return 0


def _lapse(parts: Parts, name: str, tx: Any) -> int:
    [grant] = parts.views.grants(tx, ids=[name], lock="update")
    who = grant.terms.subject
    parties = parts.views.parties(tx, [who.handle, who.authority_ref or who.handle])
    event = grants.lapse(grant, parties, parts.clock.now())
    if event is None:
        return 0
    parts.append(tx, grants.stream(name), grant.version, [event])
    return 1


def _finish_recall(parts: Parts, name: str, tx: Any) -> int:
    [grant] = parts.views.grants(tx, ids=[name], lock="update")
    return recall(parts, tx, grant) if grant.state == "withdrawn" else 0
