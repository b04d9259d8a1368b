"""Plans: the shots a script would become, before anything is asked, decided or made."""

from fastapi import APIRouter

from gateway.auth import MakesFilms, TheParts
from gateway.problems import responses
from generation_service.contract.plans import PlanScript, PlanView, plan_script

router = APIRouter(prefix="/v1/plans", tags=["productions"])


@router.post("", responses=responses(403, 413, 422))
async def plan(form: PlanScript, _caller: MakesFilms, parts: TheParts) -> PlanView:
    """Shots, schedules, lengths and what was assumed, or all mistakes of the script with line, column and fix. Nothing
    is submitted, and no permission is looked at.
    """
    return await parts.rpc.call(plan_script, form)
