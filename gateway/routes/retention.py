"""The retention clock: which reference files nothing keeps any longer, and deleting them before the next sweep does."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from consent_service.contract.retention import DueDeletion, DueQuery
from gateway.auth import Admin, TheParts
from gateway.idempotency import TheCommand
from gateway.paging import Page, TheCursor, edges
from gateway.problems import responses
from identity_service.contract import methods as identity
from identity_service.contract.methods import RetentionRun
from infra.kernel.errors import Invalid
from infra.kernel.rpc import Empty

router = APIRouter(prefix="/v1/retention", tags=["retention"])


@router.get("/due", responses=responses(403, 422))
async def due(
    caller: Admin, parts: TheParts, cursor: TheCursor,
    by: Annotated[datetime | None, Query(description="what will be due by then; now when left out")] = None,
) -> Page[DueDeletion]:  # fmt: skip
    """Reference files that are due for deletion, by subject, in the order of handles."""
    if cursor.before is not None:
        raise Invalid("gateway.forward_only", "this list is read forwards only", fix="use starting_after")
    query = DueQuery(now=by, limit=cursor.limit, after=cursor.after)
    found = await parts.rpc.call(identity.due_deletions, query)
    return cursor.page(list(found.deletions), found.more_after is not None, edges([found.more_after or ""]))


@router.post("/run", responses=responses(400, 403))
async def run(caller: Admin, parts: TheParts, command: TheCommand) -> RetentionRun:
    """Delete all that is due now. It runs by itself every ten minutes; running it again finds nothing left."""
    command.id_for(caller.id)
    return await parts.rpc.call(identity.run_retention, Empty())
