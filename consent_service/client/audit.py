"""What the entries of a ledger must say for its promise to hold: every published film is covered by grants. Pure.

Rules, seen in ledger order and trusting no entry that its signer did not sign:

(a) a grant is signed by the subject's key that stands registered at that index, over exactly the terms in the entry
(b) a change of a grant is signed by the same subject's registered key
(c) a film's grants are those its publishing lease was opened for, and each was recorded before
(d) each of them stands at that index: not withdrawn, not suspended, within its dates, of the film's partner, with
    every modality, operation and reference asset the lease used
(e) a film names every grant that the takes in it were made under
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from consent_service.contract import events as kinds
from consent_service.contract.ledger import WITHDRAW_CONTEXT
from consent_service.contract.terms import GRANT_CONTEXT, GrantTerms
from infra.eventlog.log import Event
from infra.kernel.crypto import verify_value
from infra.kernel.errors import AssentError, Invalid
from infra.kernel.rpc import Message

_STATES = {kinds.GRANT_SUSPENDED: "suspended", kinds.GRANT_RESUMED: "resumed", kinds.GRANT_WITHDRAWN: "withdrawn"}


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
    """Feed it entries in ledger order with :meth:`see`; ``films`` grows as they are found."""

    films: list[Film] = field(default_factory=list)
    _keys: dict[str, str] = field(default_factory=dict)
    _grants: dict[str, _Grant] = field(default_factory=dict)
    _leases: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _takes: dict[str, list[str]] = field(default_factory=dict)

    def see(self, event: Event) -> list[Fault]:
        """Everything that is wrong about one entry, given the ones before it."""
        index = event.position if event.position is not None else -1
        try:
            return [Fault(code=code, detail=detail, index=index) for code, detail in self._judge(event, index)]
        except (KeyError, TypeError, ValueError, AttributeError):
            return [Fault(code="consent.entry_unreadable", detail="the entry lacks what its type needs", index=index)]

    def _judge(self, event: Event, index: int) -> Iterator[tuple[str, str]]:
        data = event.data
        if event.type == kinds.PARTY_REGISTERED:
            self._keys[data["handle"]] = data["public_key"] or ""
        elif event.type == kinds.GRANT_RECORDED:
            yield from self._record(event, index)
        elif event.type in _STATES:
            yield from self._change(event, index)
        elif event.type == kinds.SYNTHESIS_STARTED:
            self._leases[data["lease"]] = (index, data)
        elif event.type == kinds.SYNTHESIS_COMPLETED:
            self._takes.setdefault(data["output_sha256"], []).append(data["lease"])
        elif event.type == kinds.OUTPUT_RELEASED:
            yield from self._release(event, index)

    def _record(self, event: Event, index: int) -> Iterator[tuple[str, str]]:
        """Rule (a)."""
        raw = event.data["terms"]
        try:
            terms = GrantTerms.model_validate(raw)
        except (ValidationError, Invalid):
            yield "consent.grant_unreadable", "the terms of the grant are not terms"
            return
        key = self._keys.get(terms.subject.handle)
        if key is None or key != terms.subject.public_key:
            yield "consent.grant_unsigned", "the grant's key is not the one its subject has registered"
        elif not _is_signed(event, key, GRANT_CONTEXT, raw):
            yield "consent.grant_unsigned", "the grant is not signed by its subject over these terms"
        else:
            self._grants[event.data["grant"]] = _Grant(terms, index)

    def _change(self, event: Event, index: int) -> Iterator[tuple[str, str]]:
        """Rule (b)."""
        grant = self._grants.get(event.data["grant"])
        if grant is None:
            yield "consent.unknown_grant", "a change of a grant that was not recorded"
            return
        key = self._keys.get(grant.terms.subject.handle, "")
        if not _is_signed(event, key, WITHDRAW_CONTEXT, event.data["change"]):
            yield "consent.change_unsigned", "the change is not signed by the grant's subject"
        grant.state, grant.changed_at = _STATES[event.type], index

    def _release(self, event: Event, index: int) -> Iterator[tuple[str, str]]:
        data = event.data
        opened, lease = self._leases.get(data["lease"], (-1, None))
        if lease is None:
            yield "consent.film_uncovered", "the film was published without a lease"
            lease = {"details": [], "partner": data["partner"]}
        named = set(data["grants"])
        used = {"grants": "grant", "subjects": "subject", "modalities": "modality"}
        if any(
            {detail[one] for detail in lease["details"]} != set(data[many]) for many, one in used.items()
        ):  # rule (c)
            yield "consent.film_uncovered", "the film says other grants, subjects or modalities than its lease"
        for name in sorted(named):
            details = [detail for detail in lease["details"] if detail["grant"] == name]
            yield from self._uncovered(name, details, event.at, str(data["partner"]), opened)
        for take in data["takes"]:
            if not self._may_hold(take, named):  # rule (e)
                yield "consent.film_uncovered", f"take {take} was made under grants that the film does not name"
        known = {name: self._grants[name].index for name in sorted(named & self._grants.keys())}
        self.films.append(
            Film(index=index, output_sha256=data["output_sha256"], production=data["production"], grants=known)
        )

    def _uncovered(
        self, name: str, details: list[dict[str, Any]], at: datetime, partner: str, opened: int
    ) -> Iterator[tuple[str, str]]:
        """Rules (c) and (d) for one grant of a film published ``at``, whose lease is entry ``opened``."""
        grant = self._grants.get(name)
        if grant is None:
            yield "consent.film_uncovered", f"no valid grant {name} was recorded before the film"
            return
        if not _stands(grant, opened):
            yield "consent.film_uncovered", f"grant {name} was {grant.state} when the film was published"
        limits = grant.terms.limits
        if not limits.not_before <= at < limits.not_after:
            yield "consent.film_uncovered", f"grant {name} was not in force when the film was published"
        if grant.terms.grantee.partner != partner:
            yield "consent.film_uncovered", f"grant {name} names another partner"
        for detail in details:
            if not _permits(grant.terms, detail):
                yield "consent.film_uncovered", f"grant {name} does not permit the {detail['modality']} it was used for"

    def _may_hold(self, take: str, named: set[str]) -> bool:
        """Whether some run made this take under grants among ``named``; what no run made needs none (a sound mix)."""
        leases = [self._leases[lease][1] for lease in self._takes.get(take, ()) if lease in self._leases]
        return not leases or any({detail["grant"] for detail in lease["details"]} <= named for lease in leases)


def _stands(grant: _Grant, opened: int) -> bool:
    """Whether a grant stands for a lease that is entry ``opened``. Terms may let a withdrawal stop new uses only: a
    lease that was open before it may then finish.
    """
    if grant.state == "withdrawn" and grant.terms.revocation.effect == "stop_new" and grant.changed_at is not None:
        return 0 <= opened < grant.changed_at
    return grant.state in ("granted", "resumed")


def _permits(terms: GrantTerms, detail: dict[str, Any]) -> bool:
    permitted = {(permission.modality, permission.operation) for permission in terms.permissions}
    return (
        (detail["modality"], detail["operation"]) in permitted
        and set(detail["assets"]) <= set(terms.assets)
        and detail["subject"] == terms.subject.handle
    )


def _is_signed(event: Event, key: str, context: str, value: Any) -> bool:
    """Whether one of the entry's signatures is by ``key`` over ``value`` in ``context``."""
    for signature in event.signatures:
        if (signature.get("key"), signature.get("context")) != (key, context):
            continue
        try:
            verify_value(key, context, value, signature.get("signature", ""))
        except AssentError:
            continue
        return True
    return False
