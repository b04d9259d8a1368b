"""Grants: drafting, recording, reading, and the subject's own withdrawal, suspension and resumption.

A change to a grant needs no API key: the subject's signature over it is the authentication, so that nobody who merely
holds the partner's key stands between a person and their *no*.
"""

from fastapi import APIRouter

from consent_service.contract import methods as consent
from consent_service.contract.ledger import ChangeGrant, GrantView, Recorded, RecordGrant
from gateway.auth import Caller, ReadsConsent, TheParts, WritesConsent
from gateway.drafting import Parties, draft
from gateway.forms import Draft, DraftForm, GrantChangeForm, GrantForm
from gateway.idempotency import TheCommand
from gateway.paging import Page, TheCursor, edges
from gateway.parts import Parts
from gateway.problems import responses
from gateway.routes.subjects import visible_subject
from identity_service.contract import methods as identity
from infra.kernel.errors import Denied, Invalid, NotFound

router = APIRouter(prefix="/v1/grants", tags=["grants"])


@router.post("/draft", responses=responses(403, 404, 422))
async def draft_grant(form: DraftForm, caller: WritesConsent, parts: TheParts) -> Draft:
    """Exact terms from a short form, the notice to show, and the bytes the subject signs. Nothing is stored."""
    subject = await visible_subject(parts, caller, form.subject)
    partner = await parts.rpc.call(identity.get_party, identity.GetParty(id=caller.id))
    assets = await parts.rpc.call(identity.list_assets, identity.ListAssets(subject=form.subject))
    parties = Parties(subject=subject, partner=partner, assets=assets.assets)
    return draft(form, parties, notice=parts.notice, now=parts.clock.now())


@router.post("", status_code=201, responses=responses(400, 403, 409, 422))
async def record_grant(form: GrantForm, caller: WritesConsent, parts: TheParts, command: TheCommand) -> Recorded:
    """Record a grant the subject has signed. The answer proves that it stands in the ledger."""
    if form.terms.grantee.partner != caller.id:
        raise Denied("gateway.wrong_partner", "the terms name another partner", pointer="/terms/grantee/partner")
    return await parts.rpc.call(
        consent.record_grant,
        RecordGrant(command_id=command.id_for(caller.id), **dict(form)),
    )


@router.get("", responses=responses(403, 422))
async def list_grants(
    caller: ReadsConsent, parts: TheParts, cursor: TheCursor, subject: str | None = None
) -> Page[GrantView]:
    """Grants, newest first; a partner sees its own."""
    found = await parts.rpc.call(
        consent.list_grants,
        consent.ListGrants(partner=caller.partner, subject=subject, **cursor.place),
    )
    return cursor.page(list(found.grants), found.has_more, edges([grant.id for grant in found.grants]))


@router.get("/{grant}", responses=responses(403, 404))
async def get_grant(grant: str, caller: ReadsConsent, parts: TheParts) -> GrantView:
    """A grant as it stands now: state, terms, uses left, how many are running."""
    return await _visible_grant(parts, caller, grant)


@router.post("/{grant}/changes", status_code=201, responses=responses(400, 404, 409, 422))
async def change_grant(grant: str, form: GrantChangeForm, parts: TheParts, command: TheCommand) -> Recorded:
    """Withdraw, suspend or resume, signed by the subject (context ``assent/grant-change/v1``). Needs no API key."""
    if form.change.grant != grant:
        raise Invalid("gateway.other_grant", "the signed change is about another grant", pointer="/change/grant")
    command_id = command.id_for(f"signed-by-subject-of {grant}")
    return await parts.rpc.call(
        consent.change_grant,
        ChangeGrant(command_id=command_id, change=form.change, signature=form.signature, openings=form.openings),
    )


async def _visible_grant(parts: Parts, caller: Caller, grant: str) -> GrantView:
    view = await parts.rpc.call(consent.get_grant, consent.GetGrant(grant=grant))
    if caller.partner not in {None, view.terms.grantee.partner}:
        raise NotFound("gateway.no_such_grant", "no such grant", grant=grant)
    return view
