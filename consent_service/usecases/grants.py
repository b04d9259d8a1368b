"""Parties and grants: entered and changed by signed statements, answered with the proof that they stand.

Commit point of each: the database commit of its one transaction. A crash before it leaves nothing; after it the
change binds, and a repeat of the command finds its first answer.
"""

from dataclasses import replace
from functools import partial
from typing import Any

from consent_service.contract.batches import BatchAnswer, BatchRecorded, RecordBatch, Refusal
from consent_service.contract.ledger import (
    ChangeGrant,
    GrantView,
    Recorded,
    RecordGrant,
    RegisterParty,
    RequestGrant,
)
from consent_service.contract.methods import GetGrant, Grants, ListGrants
from consent_service.contract.private import opened, sealed_change, sealed_grant
from consent_service.contract.terms import GrantTerms
from consent_service.domain import grants, parties
from consent_service.domain.authority import signer_of
from consent_service.usecases.afterwards import recall
from consent_service.usecases.parts import Parts
from infra.eventlog.log import NewEvent
from infra.kernel.canonical import digest
from infra.kernel.errors import AssentError, NotFound, Unavailable
from infra.kernel.ids import new_id
from infra.kernel.rpc import Message


def register_party(parts: Parts, command: RegisterParty) -> Recorded:
    """Enter a party, or change its key or attributes."""

    def work(tx: Any) -> dict[str, Any]:
        known = parts.views.parties(tx, [command.handle]).get(command.handle)
        events = parties.register(known, command, parts.clock.now())
        version = 0 if known is None else known.version
        stored = parts.append(tx, parties.stream(command.handle), version, events)
        return {"entry": stored[0].id, "ref": command.handle}

    return _recorded(parts, command.command_id, command, work)


def record_grant(parts: Parts, command: RecordGrant) -> Recorded:
    """Enter a grant that its subject signed; what people typed stays beside the ledger, erasable.

    Raises Invalid (``consent.personal_text``) for terms that would put such texts into the ledger.
    """
    return _recorded(parts, command.command_id, command, lambda tx: _enter(parts, tx, command))


def request_grant(parts: Parts, command: RequestGrant) -> Recorded:
    """Enter a partner's request for a grant. It permits nothing until the subject signs these very terms."""
    return _recorded(parts, command.command_id, command, lambda tx: _enter(parts, tx, command))


def record_batch(parts: Parts, batch: RecordBatch) -> BatchRecorded:
    """Enter many grants and requests with one commit, each as if it came alone: a refused one leaves nothing and says
    why, the others stand. A repeated command finds its first answer, in whatever batch it comes.
    """

    def attempt(tx: Any, command: RecordGrant | RequestGrant) -> dict[str, Any] | AssentError:
        do = partial(_enter, parts, tx, command)
        try:
            return dict(tx.attempt(lambda: tx.once(command.command_id, _fingerprint(command), do)))
        except Unavailable:
            raise
        except AssentError as error:
            return error

    answers = parts.log.run(lambda tx: [attempt(tx, command) for command in batch.commands])
    entered = {str(answer["entry"]): str(answer["ref"]) for answer in answers if isinstance(answer, dict)}
    places = {one.entry_id: one for one in parts.proofs.recorded_all(entered)} if entered else {}
    return BatchRecorded(
        answers=tuple(
            BatchAnswer(recorded=places[answer["entry"]])
            if isinstance(answer, dict)
            else BatchAnswer(refused=Refusal.model_validate(answer.to_wire()))
            for answer in answers
        )
    )


def _enter(parts: Parts, tx: Any, command: RecordGrant | RequestGrant) -> dict[str, Any]:
    return _record(parts, tx, command) if isinstance(command, RecordGrant) else _request(parts, tx, command)


def _record(parts: Parts, tx: Any, command: RecordGrant) -> dict[str, Any]:
    sealed_grant(command)
    who, now = command.terms.subject, parts.clock.now()
    known = parts.views.parties(tx, [who.handle, signer_of(who)])
    grant, version = _place(parts, tx, command)
    authority = known.get(signer_of(who)) if who.authority_ref else None
    events = grants.record(known.get(who.handle), command, grant, now, authority=authority)
    if command.terms.supersedes is not None:
        _supersede(parts, tx, command.terms, grant)
    stored = parts.append(tx, grants.stream(grant), version, _named(events, command))
    _keep(parts, tx, command, who.handle)
    return {"entry": stored[0].id, "ref": grant}


def _request(parts: Parts, tx: Any, command: RequestGrant) -> dict[str, Any]:
    sealed_grant(RecordGrant(command_id=command.command_id, terms=command.terms, signature=""))
    grant = new_id("grt")
    event = grants.request(command, grant, parts.clock.now())
    stored = parts.append(tx, grants.stream(grant), 0, [event])
    return {"entry": stored[0].id, "ref": grant}


def change_grant(parts: Parts, command: ChangeGrant) -> Recorded:
    """Suspend, resume, narrow, withdraw or invalidate. The row lock makes every open gate wait and then see it.

    A withdrawal whose terms say so calls back what was released, in the same transaction.
    """
    change = sealed_change(command)

    def work(tx: Any) -> dict[str, Any]:
        found = parts.views.grants(tx, ids=[command.change.grant], lock="update")
        grant = found[0] if found else None
        handle = "" if grant is None else grant.terms.subject.handle
        signer = change.by or ("" if grant is None else signer_of(grant.terms.subject))
        known = parts.views.parties(tx, [handle, signer])
        events = _named(grants.change(grant, known, change, command.signature, parts.clock.now()), command)
        version = 0 if grant is None else grant.version
        stored = parts.append(tx, grants.stream(command.change.grant), version, events)
        _keep(parts, tx, command, handle)
        if grant is not None and change.action == "withdraw":
            recall(parts, tx, grant)
        return {"entry": stored[0].id, "ref": command.change.grant}

    return _recorded(parts, command.command_id, command, work)


def get_grant(parts: Parts, query: GetGrant) -> GrantView:
    """One grant; raises NotFound (``consent.unknown_grant``)."""

    def work(tx: Any) -> GrantView:
        found = parts.views.grants(tx, ids=[query.grant])
        if not found:
            raise NotFound("consent.unknown_grant", "no such grant", grant=query.grant)
        now = parts.clock.now()
        return found[0].view(now, parts.runs.running(tx, [query.grant], now).get(query.grant, 0))

    return parts.log.run(work)


def list_grants(parts: Parts, query: ListGrants) -> Grants:
    """A page of grants, newest first."""

    def work(tx: Any) -> Grants:
        found, now = parts.views.page(tx, query), parts.clock.now()
        page = found[: query.limit]
        page = page[::-1] if query.before is not None else page
        running = parts.runs.running(tx, [grant.id for grant in page], now)
        views = tuple(grant.view(now, running.get(grant.id, 0)) for grant in page)
        return Grants(grants=views, has_more=len(found) > query.limit)

    return parts.log.run(work)


def _named(events: list[NewEvent], command: RecordGrant | ChangeGrant) -> list[NewEvent]:
    """The events, the first under the id that the commitments in it are bound to."""
    if command.openings is None:
        return events
    return [replace(events[0], id=command.openings.entry), *events[1:]]


def _place(parts: Parts, tx: Any, command: RecordGrant) -> tuple[str, int]:
    """The id of the grant and the version of its stream: those of the request it answers, or new ones."""
    if command.request is None:
        return new_id("grt"), 0
    found = parts.views.grants(tx, ids=[command.request], lock="update")
    requested = grants.verify_answers(found[0] if found else None, command)
    return requested.id, requested.version


def _supersede(parts: Parts, tx: Any, terms: GrantTerms, new: str) -> None:
    found = parts.views.grants(tx, ids=[terms.supersedes or ""], lock="update")
    old = found[0] if found else None
    event = grants.superseded(old, new, terms, parts.clock.now())
    parts.append(tx, grants.stream(event.data["grant"]), 0 if old is None else old.version, [event])


def _keep(parts: Parts, tx: Any, command: RecordGrant | ChangeGrant, subject: str) -> None:
    known = opened(command, subject)
    if known is not None:
        parts.vault.keep(tx, known)


def _recorded(parts: Parts, command_id: str, command: Message, work: Any) -> Recorded:
    answer = parts.log.run(lambda tx: tx.once(command_id, _fingerprint(command), lambda: work(tx)))
    return parts.proofs.recorded(str(answer["entry"]), str(answer["ref"]))


def _fingerprint(command: Message) -> str:
    """What makes a command another one under the same id."""
    return digest([type(command).__name__, command.model_dump(mode="json")])
