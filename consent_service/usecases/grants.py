"""Parties and grants: entered and changed by signed statements, answered with the proof that they stand.

Commit point of each: the database commit of its one transaction. A crash before it leaves nothing; after it the
change binds, and a repeat of the command finds its first answer.
"""

from dataclasses import replace
from typing import Any

from consent_service.contract.ledger import (
    ChangeGrant,
    GrantView,
    Recorded,
    RecordGrant,
    RegisterParty,
    RequestGrant,
)
from consent_service.contract.methods import GetGrant, Grants, ListGrants
from consent_service.contract.private import opened, sealed_change
from consent_service.domain import grants, parties
from consent_service.domain.authority import signer_of
from consent_service.usecases.afterwards import recall
from consent_service.usecases.batches import enter_one, fingerprint
from consent_service.usecases.parts import Parts
from infra.eventlog.log import NewEvent
from infra.kernel.errors import NotFound
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
    return enter_one(parts, command)


def request_grant(parts: Parts, command: RequestGrant) -> Recorded:
    """Enter a partner's request for a grant. It permits nothing until the subject signs these very terms."""
    return enter_one(parts, command)


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


def _named(events: list[NewEvent], command: ChangeGrant) -> list[NewEvent]:
    """The events, the first under the id that the commitments in it are bound to."""
    if command.openings is None:
        return events
    return [replace(events[0], id=command.openings.entry), *events[1:]]


def _keep(parts: Parts, tx: Any, command: ChangeGrant, subject: str) -> None:
    known = opened(command, subject)
    if known is not None:
        parts.vault.keep(tx, known)


def _recorded(parts: Parts, command_id: str, command: Message, work: Any) -> Recorded:
    answer = parts.log.run(lambda tx: tx.once(command_id, fingerprint(command), lambda: work(tx)))
    return parts.proofs.recorded(str(answer["entry"]), str(answer["ref"]))
