"""What the entries of a ledger must say for its promise to hold: every published film is covered by grants. Pure.

Rules, seen in ledger order and trusting no entry that its signer did not sign. Who signed what, that is (a), (b), (f)
and (g), is judged by :mod:`consent_service.client.statements`; the rest here:

(c) a film's grants are those its publishing lease was opened for, and each was recorded before
(d) each of them stands at that index: not withdrawn, not suspended, within its dates, of the film's partner, with
    every modality, operation and reference asset the lease used
(e) a film names every grant that the takes in it were made under

The order is that of the index, never of the clock. An entry's ``at`` is what its writer's clock said, and a clock may
go back; a grant that was over stays over, because dates are judged by the latest time the ledger had stated by then.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from consent_service.client.statements import Flags, Found, Parties, judge_change, judge_grant, signer_of
from consent_service.contract import events as kinds
from consent_service.contract.approvals import USE_CONTEXT
from consent_service.contract.terms import GrantTerms
from infra.eventlog.log import Event
from infra.kernel.canonical import canonical
from infra.kernel.errors import Invalid
from infra.kernel.rpc import Message

JITTER = timedelta(seconds=10)
"""Writers read the clock before they commit, so neighbours may state times a little out of order."""

_ENDED = ("withdrawn", "expired", "invalidated")
_STATES = {f"consent.grant-{state}.v1": state for state in ("suspended", "resumed", "narrowed", *_ENDED)}
_FLAGS = (kinds.FLAG_SHIPPED, kinds.FLAG_CHANGED, kinds.FLAG_PROPOSED, kinds.FLAG_APPROVED)


class Fault(Message):
    """One thing that is wrong, with the ledger index or the file it is about."""

    code: str
    detail: str
    index: int | None = None
    file: str | None = None


class Film(Message):
    """A published film: its entry, its digest and the entries of the grants it stands on."""

    index: int
    output_sha256: str
    production: str
    grants: dict[str, int]


@dataclass
class _Grant:
    terms: GrantTerms
    index: int
    state: str = "granted"
    changed_at: int | None = None


@dataclass
class Audit:
    """Feed it entries in ledger order with :meth:`see`; ``films`` grows as they are found. ``clock_back`` is the
    largest step back of the stated time beyond :data:`JITTER`, with the index where it happened.
    """

    films: list[Film] = field(default_factory=list)
    clock_back: tuple[timedelta, int] | None = None
    _latest: datetime | None = None
    _parties: Parties = field(default_factory=Parties)
    _flags: Flags = field(default_factory=Flags)
    _grants: dict[str, _Grant] = field(default_factory=dict)
    _leases: dict[str, tuple[int, Any]] = field(default_factory=dict)
    _details: dict[bytes, Any] = field(default_factory=dict)
    _takes: dict[str, list[str]] = field(default_factory=dict)

    def see(self, event: Event) -> list[Fault]:
        """Everything that is wrong about one entry, given the ones before it."""
        index = event.position if event.position is not None else -1
        self._read_clock(event.at, index)
        try:
            return [Fault(code=code, detail=detail, index=index) for code, detail in self._judge(event, index)]
        except (KeyError, TypeError, ValueError, AttributeError):
            return [Fault(code="consent.entry_unreadable", detail="the entry lacks what its type needs", index=index)]

    def _read_clock(self, at: datetime, index: int) -> None:
        back = (self._latest or at) - at
        if back > max(JITTER, self.clock_back[0] if self.clock_back else JITTER):
            self.clock_back = back, index
        self._latest = max(self._latest or at, at)

    def _judge(self, event: Event, index: int) -> Found:
        data = event.data
        if event.type == kinds.PARTY_REGISTERED:
            yield from self._parties.register(data)
        elif event.type == kinds.GRANT_RECORDED:
            yield from self._record(event, index)
        elif event.type in _STATES:
            yield from self._change(event, index)
        elif event.type in (kinds.USE_APPROVED, kinds.USE_REFUSED):
            yield from self._approve_use(event)
        elif event.type in _FLAGS:
            yield from self._flags.judge(event, self._parties)
        elif event.type == kinds.SYNTHESIS_STARTED:
            details = data.get("details")  # alike for most runs under a grant, and kept once
            self._leases[data["lease"]] = (index, self._details.setdefault(canonical(details), details))
        elif event.type == kinds.SYNTHESIS_COMPLETED:
            self._takes.setdefault(data["output_sha256"], []).append(data["lease"])
        elif event.type == kinds.OUTPUT_RELEASED:
            yield from self._release(event, index)

    def _record(self, event: Event, index: int) -> Found:
        """Rule (a)."""
        try:
            terms = GrantTerms.model_validate(event.data["terms"])
        except (ValidationError, Invalid):
            yield "consent.grant_unreadable", "the terms of the grant are not terms"
            return
        faults = list(judge_grant(event, self._parties))
        yield from faults
        if not faults:
            self._grants[event.data["grant"]] = _Grant(terms, index)

    def _change(self, event: Event, index: int) -> Found:
        """Rule (b)."""
        grant = self._grants.get(event.data["grant"])
        if grant is None:
            yield "consent.unknown_grant", "a change of a grant that was not recorded"
            return
        yield from judge_change(event, grant.terms.model_dump(mode="json"), self._parties)
        if _STATES[event.type] == "narrowed":
            grant.terms = GrantTerms.model_validate(event.data["change"]["terms"])
        grant.state, grant.changed_at = _STATES[event.type], index

    def _approve_use(self, event: Event) -> Found:
        """Rule (a) for the approval of one use."""
        grant = self._grants.get(event.data["grant"])
        if grant is None:
            yield "consent.unknown_grant", "an approval under a grant that was not recorded"
            return
        signer = signer_of(grant.terms.model_dump(mode="json"))
        if not self._parties.has_signed(event, signer, USE_CONTEXT, event.data["approval"]):
            yield "consent.approval_unsigned", "the approval is not signed by who signed the grant"

    def _release(self, event: Event, index: int) -> Found:
        data = event.data
        opened, uses = self._leases.get(data["lease"], (-1, []))
        if opened < 0:
            yield "consent.film_uncovered", "the film was published without a lease"
        named = set(data["grants"])
        used = {"grants": "grant", "subjects": "subject", "modalities": "modality"}
        if any({detail[one] for detail in uses} != set(data[many]) for many, one in used.items()):  # rule (c)
            yield "consent.film_uncovered", "the film says other grants, subjects or modalities than its lease"
        for name in sorted(named):
            details = [detail for detail in uses if detail["grant"] == name]
            yield from self._uncovered(name, details, event.at, str(data["partner"]), opened)
        for take in data["takes"]:
            if not self._may_hold(take, named):  # rule (e)
                yield "consent.film_uncovered", f"take {take} was made under grants that the film does not name"
        known = {name: self._grants[name].index for name in sorted(named & self._grants.keys())}
        self.films.append(
            Film(index=index, output_sha256=data["output_sha256"], production=data["production"], grants=known)
        )

    def _uncovered(self, name: str, details: list[dict[str, Any]], at: datetime, partner: str, opened: int) -> Found:
        """Rules (c) and (d) for one grant of a film published ``at``, whose lease is entry ``opened``."""
        grant = self._grants.get(name)
        if grant is None:
            yield "consent.film_uncovered", f"no valid grant {name} was recorded before the film"
            return
        if not _stands(grant, opened):
            yield "consent.film_uncovered", f"grant {name} was {grant.state} when the film was published"
        limits = grant.terms.limits
        latest = max(at, (self._latest or at) - JITTER)
        if not (limits.not_before <= at and latest < limits.not_after):
            yield "consent.film_uncovered", f"grant {name} was not in force when the film was published"
        if grant.terms.grantee.partner != partner:
            yield "consent.film_uncovered", f"grant {name} names another partner"
        for detail in details:
            if not _permits(grant.terms, detail):
                yield "consent.film_uncovered", f"grant {name} does not permit the {detail['modality']} it was used for"

    def _may_hold(self, take: str, named: set[str]) -> bool:
        """Whether some run made this take under grants among ``named``; what no run made needs none (a sound mix)."""
        leases = [self._leases[lease][1] for lease in self._takes.get(take, ()) if lease in self._leases]
        return not leases or any({detail["grant"] for detail in uses} <= named for uses in leases)


def _stands(grant: _Grant, opened: int) -> bool:
    """Whether a grant stands for a lease that is entry ``opened``. Terms may let a withdrawal stop new uses only: a
    lease that was open before it may then finish.
    """
    if grant.state == "withdrawn" and grant.terms.revocation.effect == "stop_new" and grant.changed_at is not None:
        return 0 <= opened < grant.changed_at
    return grant.state in ("granted", "resumed", "narrowed")


def _permits(terms: GrantTerms, detail: dict[str, Any]) -> bool:
    permitted = {(permission.modality, permission.operation) for permission in terms.permissions}
    return (
        (detail["modality"], detail["operation"]) in permitted
        and set(detail["assets"]) <= set(terms.assets)
        and detail["subject"] == terms.subject.handle
    )
