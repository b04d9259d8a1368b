"""Productions: submit, follow, cancel. A refusal is a problem with the whole decision in it, not an empty success."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from consent_service.contract.decisions import Decision
from gateway.auth import MakesFilms, TheParts
from gateway.forms import ProductionForm, RevisionForm
from gateway.idempotency import TheCommand
from gateway.paging import Page, TheCursor, edges
from gateway.parts import Parts
from gateway.problems import responses
from generation_service.contract import methods as generation
from generation_service.contract.methods import GetProduction, ProductionView
from infra.kernel.clock import rfc3339
from infra.kernel.errors import AssentError, Denied, Paused

router = APIRouter(prefix="/v1/productions", tags=["productions"])

FINAL = frozenset({"refused", "released", "stopped", "failed", "cancelled", "purged"})
HEARTBEAT_S = 15


def refusal(production: str, decision: Decision) -> AssentError:
    """A *no* with all its reasons; ``Paused`` when a flag is among them, else ``Denied``."""
    facts: dict[str, Any] = {"production": production, "decision": decision.model_dump(mode="json")}
    flagged = next((reason for reason in decision.reasons if reason.flag), None)
    if flagged:
        return Paused(
            flagged.code, flagged.detail, fix=flagged.fix, feature=flagged.flag, change_id=flagged.change_id,
            since=rfc3339(flagged.since) if flagged.since else None, ledger_index=flagged.ledger_index, **facts,
        )  # fmt: skip
    first = decision.reasons[0] if decision.reasons else None
    if first is None:
        return Denied("consent.denied", "no permission covers this production", **facts)
    return Denied(first.code, first.detail, fix=first.fix, **facts)


@router.post("", status_code=201, responses=responses(400, 403, 409, 413, 422))
async def submit(form: ProductionForm, caller: MakesFilms, parts: TheParts, command: TheCommand) -> ProductionView:
    """Submit a screenplay with its cast. One decision over the whole film is made first, and logged either way."""
    view = await parts.rpc.call(
        generation.submit,
        generation.SubmitProduction.model_validate(
            {**form.asked(), "command_id": command.id_for(caller.id), "partner": caller.id}
        ),
    )
    if view.state == "refused":
        raise refusal(view.id, view.decision)
    return view


@router.post("/{production}/revisions", status_code=201, responses=responses(400, 403, 404, 409, 413, 422))
async def revise(
    production: str, form: RevisionForm, caller: MakesFilms, parts: TheParts, command: TheCommand
) -> ProductionView:
    """A new version of a film: edited text, another cast, one more take, a take of old, a lock. What nothing touched is
    used again, after its consent was checked again. The answer says what changed in each shot.
    """
    view = await parts.rpc.call(
        generation.revise,
        generation.ReviseProduction.model_validate(
            {
                **form.model_dump(), "command_id": command.id_for(caller.id), "partner": caller.id,
                "production": production,
            }
        ),
    )  # fmt: skip
    if view.state == "refused":
        raise refusal(view.id, view.decision)
    return view


@router.get("", responses=responses(403, 422))
async def list_productions(caller: MakesFilms, parts: TheParts, cursor: TheCursor) -> Page[ProductionView]:
    """The caller's productions, newest first, refused ones among them."""
    found = await parts.rpc.call(
        generation.list_productions,
        generation.ListProductions(partner=caller.id, **cursor.place),
    )
    items = list(found.productions)
    return cursor.page(items, found.has_more, edges([item.id for item in items]))


@router.get("/{production}", responses=responses(403, 404))
async def get_production(production: str, caller: MakesFilms, parts: TheParts) -> ProductionView:
    """A production as it stands: decision, shots with their permits and ledger entries, progress, output or stop."""
    return await _get(parts, production, caller.id)


@router.post("/{production}/cancel", responses=responses(400, 403, 404, 409))
async def cancel(production: str, caller: MakesFilms, parts: TheParts, command: TheCommand) -> ProductionView:
    """Stop a production and throw away what was made of it."""
    return await parts.rpc.call(
        generation.cancel,
        generation.CancelProduction(command_id=command.id_for(caller.id), production=production, partner=caller.id),
    )


@router.get(
    "/{production}/events",
    response_class=EventSourceResponse,
    responses={
        **responses(403, 404),
        200: {
            "description": "Events `production`, data = the production, `id:` = its version. Ends at a final state.",
            "content": {"text/event-stream": {"example": 'id: 7\nevent: production\ndata: {"state":"rendering"}\n\n'}},
        },
        204: {"description": "Nothing more will come: the last event seen was the final one"},
    },
)  # fmt: skip
async def events(
    production: str,
    caller: MakesFilms,
    parts: TheParts,
    last_event_id: Annotated[int | None, Header(alias="Last-Event-ID", ge=0)] = None,
) -> Response:
    """Follow a production live (server-sent events). Send ``Last-Event-ID`` to go on where a connection broke."""
    seen = -1 if last_event_id is None else last_event_id
    first = await _get(parts, production, caller.id)
    if first.state in FINAL and first.version <= seen:
        return Response(status_code=204)
    return EventSourceResponse(_follow(parts, first, seen), ping=HEARTBEAT_S)


async def _follow(parts: Parts, view: ProductionView, seen: int) -> AsyncIterator[ServerSentEvent]:
    """Each new version once, and progress within a version as it moves; ends after the final state."""
    shown: str | None = None
    while True:
        body = view.model_dump_json()
        if view.version > seen or (view.version == seen and shown is not None and body != shown):
            yield ServerSentEvent(body, event="production", id=str(view.version))
            seen = view.version
        shown = body
        if view.state in FINAL:
            return
        await anyio.sleep(parts.poll_s)
        try:
            view = await _get(parts, view.id, view.partner)
        except AssentError as error:
            yield ServerSentEvent(error.code, event="interrupted")
            return


async def _get(parts: Parts, production: str, partner: str) -> ProductionView:
    return await parts.rpc.call(generation.get_production, GetProduction(production=production, partner=partner))
