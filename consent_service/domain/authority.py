"""Who may sign what about a grant: the subject, whoever stands for it, its union, an operator.

A grant is signed by its subject, or by the guardian, executor or heir its terms name; each holds a registered key of
its own. Once it stands, a subject who has a key may always say *no* beside its guardian: withdraw and suspend.
"""

from typing import Literal

from consent_service.contract.ledger import GrantChange
from consent_service.contract.terms import GrantTerms, SubjectTerms
from consent_service.domain.parties import PartyNow
from infra.kernel.errors import Denied

Side = Literal["subject", "authority", "union", "operator"]
_MAY: dict[Side, frozenset[str]] = {
    "subject": frozenset({"withdraw", "suspend", "resume", "narrow"}),
    "authority": frozenset({"withdraw", "suspend", "resume", "narrow"}),
    "union": frozenset({"suspend", "resume"}),
    "operator": frozenset({"invalidate"}),
}


def signer_of(who: SubjectTerms) -> str:
    """The handle of the one whose signature makes the grant."""
    return who.authority_ref or who.handle


def grant_signer(terms: GrantTerms, subject: PartyNow | None, authority: PartyNow | None) -> PartyNow:
    """The party that must have signed the terms.

    Raises Denied: ``consent.unknown_subject``, ``consent.unknown_authority`` (not registered, not active, or registered
    for another role or subject), ``consent.key_mismatch`` (the terms name another key than the registered one).
    """
    who = terms.subject
    known = verify_subject(subject, who.handle)
    signer = known if who.authority_ref is None else _authority(authority, who)
    key = known.public_key or (signer.public_key if signer is not known else None)
    if key != who.public_key:
        raise Denied(
            "consent.key_mismatch", "the terms name another key than the subject registered",
            fix="put the registered key into the terms and sign them again", subject=known.handle,
        )  # fmt: skip
    return signer


def change_signer(terms: GrantTerms, change: GrantChange, parties: dict[str, PartyNow]) -> tuple[PartyNow, Side]:
    """Who signed a change, and on which side they stand. Raises Denied when they may not make it."""
    who = terms.subject
    handle = change.by or signer_of(who)
    side = _side(terms, handle, parties.get(handle))
    if side is None or change.action not in _MAY[side]:
        raise Denied(
            "consent.may_not_change", f"this party may not {change.action} this grant",
            fix="the subject, whoever signed for it, its union or an operator must sign", grant=change.grant, by=handle,
        )  # fmt: skip
    if side == "subject" and who.authority != "self" and change.action in ("resume", "narrow"):
        raise Denied(
            "consent.authority_must_sign", f"the {who.authority} signs this", fix="withdrawing needs nobody else",
            grant=change.grant, by=handle,
        )  # fmt: skip
    signer = verify_subject(parties.get(handle), handle) if side == "subject" else parties[handle]
    if side != "subject" and signer.state != "active":
        raise Denied("consent.unknown_authority", f"this party is {signer.state}", ref=handle)
    return signer, side


def _side(terms: GrantTerms, handle: str, party: PartyNow | None) -> Side | None:
    who = terms.subject
    if handle == who.handle:
        return "subject"
    if party is None:
        return None
    if handle == who.authority_ref:
        return "authority"
    if handle == who.representative and who.representation == "union":
        return "union"
    return "operator" if party.may("pause") else None


def verify_subject(subject: PartyNow | None, handle: str) -> PartyNow:
    """The subject, known and not erased; raises Denied (``consent.unknown_subject``)."""
    if subject is None or subject.kind != "subject" or subject.state == "erased":
        raise Denied("consent.unknown_subject", "no such subject", fix="enrol the subject first", subject=handle)
    return subject


def _authority(party: PartyNow | None, who: SubjectTerms) -> PartyNow:
    stands = party is not None and party.kind == "representative" and party.state == "active"
    if party is None or not stands or party.attributes.get("role", who.authority) != who.authority:
        raise Denied(
            "consent.unknown_authority", f"no {who.authority} of this handle is registered",
            fix="register the representative with its role and key first", ref=str(who.authority_ref),
        )  # fmt: skip
    subjects = party.attributes.get("for", "").replace(",", " ").split()
    if subjects and who.handle not in subjects:
        raise Denied(
            "consent.unknown_authority", "this representative stands for other people", ref=party.handle,
            subject=who.handle,
        )  # fmt: skip
    return party
