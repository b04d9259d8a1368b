"""Parties and grants: entered and changed by signed statements, answered with the proof that they stand.

Commit point of each: the database commit of its one transaction. A crash before it leaves nothing; after it the
change binds, and a repeat of the command finds its first answer.
"""

from dataclasses import replace
from typing import Any

from consent_service.contract.ledger import ChangeGrant, GrantView, Recorded, RecordGrant, RegisterParty
from consent_service.contract.methods import GetGrant, Grants, ListGrants
from consent_service.contract.private import opened, sealed_change, sealed_grant
from consent_service.domain import grants, parties
from consent_service.usecases.parts import Parts
from infra.eventlog.log import NewEvent
from infra.kernel.canonical import digest
from infra.kernel.errors import NotFound
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
    sealed = command.model_copy(update={"terms": sealed_grant(command)})

    def work(tx: Any) -> dict[str, Any]:
        handle = command.terms.subject.handle
        subject = parts.views.parties(tx, [handle]).get(handle)
        grant = new_id("grt")
        events = _named(grants.record(subject, sealed, grant, parts.clock.now()), command)
        stored = parts.append(tx, grants.stream(grant), 0, events)
        _keep(parts, tx, command, handle)
        return {"entry": stored[0].id, "ref": grant}

    return _recorded(parts, command.command_id, command, work)


def change_grant(parts: Parts, command: ChangeGrant) -> Recorded:
    """Suspend, resume or withdraw. The row lock makes every open gate wait and then see it."""
    change = sealed_change(command)

    def work(tx: Any) -> dict[str, Any]:
        found = parts.views.grants(tx, ids=[command.change.grant], lock="update")
        grant = found[0] if found else None
        handle = "" if grant is None else grant.terms.subject.handle
        subject = parts.views.parties(tx, [handle]).get(handle)
        events = _named(grants.change(grant, subject, change, command.signature, parts.clock.now()), command)
        version = 0 if grant is None else grant.version
        stored = parts.append(tx, grants.stream(command.change.grant), version, events)
        _keep(parts, tx, command, handle)
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
        running = parts.runs.running(tx, [grant.id for grant in page], now)
        views = tuple(grant.view(now, running.get(grant.id, 0)) for grant in page)
        return Grants(grants=views, has_more=len(found) > query.limit)

    return parts.log.run(work)


def _named(events: list[NewEvent], command: RecordGrant | ChangeGrant) -> list[NewEvent]:
    """The events, the first under the id that the commitments in it are bound to."""
    if command.openings is None:
        return events
    return [replace(events[0], id=command.openings.entry), *events[1:]]


def _keep(parts: Parts, tx: Any, command: RecordGrant | ChangeGrant, subject: str) -> None:
    known = opened(command, subject)
    if known is not None:
        parts.vault.keep(tx, known)


def _recorded(parts: Parts, command_id: str, command: Message, work: Any) -> Recorded:
    fingerprint = digest([type(command).__name__, command.model_dump(mode="json")])
    answer = parts.log.run(lambda tx: tx.once(command_id, fingerprint, lambda: work(tx)))
    return parts.proofs.recorded(str(answer["entry"]), str(answer["ref"]))
