"""Flags: what may run at all. Narrowing is one operator's signature; widening waits for a second one."""

from fastapi import APIRouter

from consent_service.contract import methods as consent
from consent_service.contract.flags import Flag, FlagEvaluation
from consent_service.contract.methods import ApproveFlag, ChangeFlag, EvaluateFlag, FlagRecorded
from gateway.auth import Anyone, ApprovesFlags, Caller, ChangesFlags, MakesFilms, TheParts
from gateway.forms import FlagApprovalForm, FlagChangeForm
from gateway.idempotency import TheCommand
from gateway.paging import Page
from gateway.problems import responses
from infra.kernel.errors import Denied, Invalid, NotFound
from infra.kernel.rpc import Empty

router = APIRouter(prefix="/v1/flags", tags=["flags"])


@router.get("", responses=responses())
async def list_flags(_caller: Anyone, parts: TheParts) -> Page[Flag]:
    """Every flag with its state, since when, by which change and ledger entry."""
    found = await parts.rpc.call(consent.get_flags, Empty())
    return Page(data=list(found.flags), has_more=False)


@router.get("/{flag}", responses=responses(404))
async def get_flag(flag: str, _caller: Anyone, parts: TheParts) -> Flag:
    """One flag."""
    found = await parts.rpc.call(consent.get_flags, Empty())
    for one in found.flags:
        if one.key == flag:
            return one
    raise NotFound("gateway.no_such_flag", "no such flag", flag=flag, known=[one.key for one in found.flags])


@router.get("/{flag}/evaluation", responses=responses(403, 404))
async def evaluate(flag: str, caller: MakesFilms, parts: TheParts) -> FlagEvaluation:
    """What the flag says for the calling partner, in OpenFeature's words."""
    return await parts.rpc.call(consent.evaluate_flag, EvaluateFlag(flag=flag, partner=caller.id))


@router.post("/{flag}/changes", status_code=201, responses=responses(400, 403, 404, 409, 422))
async def change_flag(
    flag: str, form: FlagChangeForm, caller: ChangesFlags, parts: TheParts, _command: TheCommand
) -> FlagRecorded:
    """Change a flag, signed by the operator (context ``assent/flag-change/v1``). ``pending`` says a second is needed.

    The signed ``change_id`` makes it repeatable: the same change again is the same change.
    """
    if form.change.flag != flag:
        raise Invalid("gateway.other_flag", "the signed change is about another flag", pointer="/change/flag")
    _verify_own(caller, form.change.operator)
    return await parts.rpc.call(consent.change_flag, ChangeFlag(change=form.change, signature=form.signature))


@router.post("/{flag}/approvals", status_code=201, responses=responses(400, 403, 404, 409, 422))
async def approve_flag(
    flag: str, form: FlagApprovalForm, caller: ApprovesFlags, parts: TheParts, _command: TheCommand
) -> FlagRecorded:
    """Let a waiting widening take effect, signed by a second operator (context ``assent/flag-approval/v1``)."""
    _verify_own(caller, form.approval.operator)
    await get_flag(flag, caller, parts)
    return await parts.rpc.call(consent.approve_flag, ApproveFlag(approval=form.approval, signature=form.signature))


def _verify_own(caller: Caller, operator: str) -> None:
    if operator != caller.id:
        raise Denied("gateway.other_operator", "the signed change names another operator", operator=operator)
