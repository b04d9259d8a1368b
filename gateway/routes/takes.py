"""Takes: the history of every shot of a film, and two of them side by side. Only what some released film shows."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from consent_service.contract import methods as consent
from consent_service.contract.retention import GetOutput
from gateway.auth import MakesFilms, TheParts
from gateway.paging import Page
from gateway.parts import Parts
from gateway.problems import responses
from generation_service.contract import methods as generation
from generation_service.contract.methods import OpenedTake, TakeView
from infra.kernel.clock import rfc3339
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Denied
from infra.kernel.rpc import Message

router = APIRouter(prefix="/v1/productions", tags=["productions"])


@router.get("/{production}/takes", responses=responses(403, 404))
async def list_takes(
    production: str,
    caller: MakesFilms,
    parts: TheParts,
    shot: Annotated[str | None, Query(description="key of one shot")] = None,
) -> Page[TakeView]:
    """Every take ever made of this film in any version, by shot and number: why it was made, what allowed it, which
    versions show it, and what became of it.
    """
    found = await parts.rpc.call(
        generation.list_takes, generation.ListTakes(production=production, partner=caller.id, key=shot)
    )
    return Page(data=list(found.takes), has_more=False)


class Pair(Message):
    """Two takes by their numbers, and how to draw them."""

    left: int = Field(ge=1)
    right: int = Field(ge=1)
    format: Literal["png", "mp4"] = "png"


@router.get(
    "/{production}/shots/{shot:path}/compare",
    response_class=Response,
    responses={
        **responses(403, 404, 409),
        200: {"content": {"image/png": {}, "video/mp4": {}}, "description": "both takes and where they differ"},
    },
)  # fmt: skip
async def compare(
    production: str,
    shot: str,
    caller: MakesFilms,
    parts: TheParts,
    pair: Annotated[Pair, Query()],
) -> Response:
    """Two takes of a shot side by side: a picture of four moments with their differences, or a film of both. The shot
    is named by its key, slash and all: ``int-kitchen-dawn/open``.
    """
    opened = await parts.rpc.call(
        generation.open_takes,
        generation.OpenTakes(production=production, partner=caller.id, key=shot, numbers=(pair.left, pair.right)),
    )
    for take in opened.takes:
        await _verify_standing(parts, take)
    data = await asyncio.to_thread(_drawn, parts, opened.takes, pair.format)
    headers = {"Cache-Control": "private, no-cache"}
    return Response(data, media_type="image/png" if pair.format == "png" else "video/mp4", headers=headers)


async def _verify_standing(parts: Parts, take: OpenedTake) -> None:
    """The ledger is asked each time; a take of a film that was called back is not shown."""
    found = await parts.rpc.call(consent.output_standing, GetOutput(output_sha256=take.output_sha256))
    if found.state == "recalled":
        raise Denied(
            "consent.output_recalled", "a subject withdrew its permission and called the film of this take back",
            fix="compare other takes", grant=found.recalled_for,
            since=rfc3339(found.recalled_at) if found.recalled_at else None,
        )  # fmt: skip


def _drawn(parts: Parts, takes: tuple[OpenedTake, ...], form: str) -> bytes:
    sides = [(parts.blobs.get("takes", one.take.sha256, unb64u(one.data_key)), one) for one in takes]
    return parts.compare([(mp4, one.fps, _said(one.take)) for mp4, one in sides], form)


def _said(take: TakeView) -> str:
    changed = ", ".join(change.what for change in take.changes)
    return f"take {take.number}, seed {take.seed}" + (f": {changed}" if changed else "")
