"""Released films: what they are, the file itself, and a contact sheet of it. Nothing unreleased is ever served."""

import asyncio
from collections.abc import Iterator
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import HTMLResponse
from starlette.responses import StreamingResponse

from consent_service.contract import methods as consent
from consent_service.contract.retention import GetOutput
from gateway.auth import MakesFilms, TheParts
from gateway.film_report import film_report
from gateway.parts import Parts
from gateway.problems import responses
from gateway.ranges import byte_range
from gateway.zipping import zipped
from generation_service.contract import methods as generation
from generation_service.contract.methods import OutputKey, OutputView
from infra.kernel.clock import rfc3339
from infra.kernel.crypto import unb64u
from infra.kernel.errors import NotFound

router = APIRouter(prefix="/v1/outputs", tags=["outputs"])

_PNG = {"content": {"image/png": {}}, "description": "PNG"}


@router.get("/{output}", responses=responses(403, 404, 410))
async def get_output(output: str, caller: MakesFilms, parts: TheParts) -> OutputView:
    """Size, length, digest, the grants it stands on and its release entry in the ledger."""
    return (await _opened(parts, output, caller.id)).output


@router.head("/{output}/video", include_in_schema=False)
@router.get(
    "/{output}/video",
    response_class=Response,
    responses={
        **responses(403, 404, 410, 416),
        200: {"content": {"video/mp4": {}}, "description": "the whole file"},
        206: {"content": {"video/mp4": {}}, "description": "the range asked for"},
    },
)  # fmt: skip
async def get_video(
    output: str,
    caller: MakesFilms,
    parts: TheParts,
    range_header: Annotated[str | None, Header(alias="Range")] = None,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None,
) -> Response:
    """The film, MP4. One range at a time; the ``ETag`` is the SHA-256 of the file."""
    opened = await _opened(parts, output, caller.id)
    view = opened.output
    headers = {
        "Accept-Ranges": "bytes", "ETag": f'"{view.sha256}"', "Cache-Control": "private, no-cache",
        "Content-Disposition": f'inline; filename="{view.id}.mp4"', "Vary": "Authorization",
    }  # fmt: skip
    if if_none_match == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    span = byte_range(range_header, view.bytes)
    whole = (0, view.bytes - 1) if span is None else span
    headers["Content-Length"] = str(whole[1] - whole[0] + 1)
    if span is not None:
        headers["Content-Range"] = f"bytes {span[0]}-{span[1]}/{view.bytes}"
    body = await opening(parts, opened, view.sha256, (whole[0], whole[1] + 1))
    return StreamingResponse(body, 200 if span is None else 206, headers, view.media_type)


@router.get(
    "/{output}/contact-sheet", response_class=Response, responses={**responses(403, 404, 410), 200: _PNG}
)  # fmt: skip
async def get_contact_sheet(output: str, caller: MakesFilms, parts: TheParts) -> Response:
    """One picture of the film: a frame from the middle of each shot, with what is seen and when."""
    opened = await _opened(parts, output, caller.id)
    address = opened.output.contact_sheet
    if address is None:
        raise NotFound("gateway.no_contact_sheet", "this film has no contact sheet", output=output)
    png = await _bytes(parts, opened, address)
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{address}"'}
    return Response(png, media_type="image/png", headers=headers)


@router.get(
    "/{output}/report",
    response_class=HTMLResponse,
    responses={**responses(403, 404), 200: {"content": {"text/html": {}}, "description": "a page for people"}},
)
async def get_report(output: str, caller: MakesFilms, parts: TheParts) -> HTMLResponse:
    """What was measured on the finished film before it was released: lips, speech, continuity, marks. The figures
    themselves are ``checks`` of the output.
    """
    page = film_report((await _opened(parts, output, caller.id)).output)
    return HTMLResponse(page, headers={"Cache-Control": "private, no-cache"})


@router.get(
    "/{output}/files/{name:path}",
    response_class=Response,
    responses={**responses(403, 404), 200: {"description": "the file, as its media type says"}},
)  # fmt: skip
async def get_file(output: str, name: str, caller: MakesFilms, parts: TheParts) -> Response:
    """A file beside the film: captions, cutting lists, stems, stills or the manifest. ``files`` of the output lists
    them.
    """
    opened = await _opened(parts, output, caller.id)
    file = next((one for one in opened.output.files if one.name == name), None)
    if file is None:
        raise NotFound("gateway.no_file", f"this film has no file {name}", fix="see `files` of the output")
    headers = {
        "Cache-Control": "private, no-cache", "ETag": f'"{file.sha256}"', "Content-Length": str(file.bytes),
        "Content-Disposition": f'attachment; filename="{name.rpartition("/")[2]}"', "Vary": "Authorization",
    }  # fmt: skip
    body = await opening(parts, opened, file.sha256, (0, file.bytes))
    return StreamingResponse(body, headers=headers, media_type=file.media_type)


@router.get(
    "/{output}/all",
    response_class=Response,
    responses={**responses(403, 404), 200: {"content": {"application/zip": {}}, "description": "everything, as ZIP"}},
)  # fmt: skip
async def get_all(output: str, caller: MakesFilms, parts: TheParts) -> Response:
    """The film and everything beside it in one ZIP, written while it is sent."""
    opened = await _opened(parts, output, caller.id)
    view, key = opened.output, unb64u(opened.data_key)
    wanted = [("film.mp4", view.sha256), *((file.name, file.sha256) for file in view.files)]
    if view.contact_sheet is not None:
        wanted.append(("contact_sheet.png", view.contact_sheet))
    body = zipped((name, parts.blobs.stream("released", address, key)) for name, address in wanted)
    headers = {"Content-Disposition": f'attachment; filename="{view.id}.zip"', "Cache-Control": "private, no-cache"}
    return StreamingResponse(body, headers=headers, media_type="application/zip")


async def opening(parts: Parts, opened: OutputKey, address: str, span: tuple[int, int]) -> Iterator[bytes]:
    """The bytes of an object, in pieces; the first is opened before an answer is begun, so what is not there is 404."""
    stream = parts.blobs.stream("released", address, unb64u(opened.data_key), span)
    first = await asyncio.to_thread(next, stream, b"")
    return chain((first,), stream)


async def _opened(parts: Parts, output: str, partner: str) -> OutputKey:
    """The output and its key, unless it was called back. The ledger is asked each time: no answer means no."""
    opened = await parts.rpc.call(generation.get_output_key, generation.GetOutputKey(output=output, partner=partner))
    found = await parts.rpc.call(consent.output_standing, GetOutput(output_sha256=opened.output.sha256))
    if found.state == "recalled":
        raise NotFound(
            "consent.output_recalled", "a subject withdrew its permission and called this film back",
            fix="take down every copy", output=output, grant=found.recalled_for,
            since=rfc3339(found.recalled_at) if found.recalled_at else None,
            takedown_by=rfc3339(found.takedown_by) if found.takedown_by else None,
        )  # fmt: skip
    return opened


async def _bytes(parts: Parts, opened: OutputKey, address: str) -> bytes:
    return await asyncio.to_thread(parts.blobs.get, "released", address, unb64u(opened.data_key))
