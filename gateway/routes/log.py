"""The ledger as a static log that anybody may read without a key: C2SP tlog-tiles below ``/ledger``.

Tiles and bundles never change: they are cached here and may be cached by everybody. Only the checkpoint moves on. What
the tree does not hold yet is 404, a partial tile wider than the tree included. The log holds no personal data.
"""

import base64
import threading
from collections import OrderedDict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from consent_service.contract import methods as consent
from consent_service.contract.ledger import Entries
from consent_service.contract.methods import Consistency, GetConsistency, GetEntries, GetProof
from consent_service.contract.tiles import GetTile, get_tile
from gateway.auth import TheParts
from gateway.problems import responses
from infra.kernel.errors import Invalid, NotFound
from infra.kernel.rpc import Empty
from infra.tlog.tiles import Tile, parse_tile_path

router = APIRouter(prefix="/ledger", tags=["log"])

_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
_MOVING = {**_OPEN, "Cache-Control": "no-cache"}
_FIXED = {**_OPEN, "Cache-Control": "public, max-age=31536000, immutable"}
_TEXT = "text/plain; charset=utf-8"
_BUDGET = 64 * 1024 * 1024


class TileCache:
    """Tiles by path, the least used dropped first once they hold more than ``budget`` bytes."""

    def __init__(self, budget: int = _BUDGET) -> None:
        self._tiles: OrderedDict[str, bytes] = OrderedDict()
        self._left, self._guard = budget, threading.Lock()

    def get(self, path: str) -> bytes | None:
        with self._guard:
            if path not in self._tiles:
                return None
            self._tiles.move_to_end(path)
            return self._tiles[path]

    def put(self, path: str, data: bytes) -> None:
        with self._guard:
            self._left += len(self._tiles.pop(path, b""))
            self._tiles[path] = data
            self._left -= len(data)
            while self._left < 0:
                self._left += len(self._tiles.popitem(last=False)[1])


_TILES = TileCache()


@router.get("/checkpoint", response_class=Response)
async def checkpoint(parts: TheParts) -> Response:
    """The latest signed checkpoint (C2SP tlog-checkpoint), with its witnesses' lines once a quorum has cosigned it."""
    found = await parts.rpc.call(consent.get_checkpoint, Empty())
    return Response(found.newest_note(), media_type=_TEXT, headers=_MOVING)


@router.get("/tile/{path:path}", response_class=Response, responses=responses(404))
async def tile(path: str, parts: TheParts) -> Response:
    """``tile/<L>/<N>[.p/<W>]`` and ``tile/entries/<N>[.p/<W>]`` (C2SP tlog-tiles)."""
    wanted = _named(f"tile/{path}")
    data = _TILES.get(wanted.path())
    if data is None:
        found = await parts.rpc.call(get_tile, GetTile(level=wanted.level, n=wanted.n, width=wanted.width))
        data = base64.b64decode(found.data)
        _TILES.put(wanted.path(), data)
    return Response(data, media_type="application/octet-stream", headers=_FIXED)


@router.get("/entries", responses=responses(422))
async def entries(
    parts: TheParts,
    response: Response,
    start: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1024)] = 256,
) -> Entries:
    """Entries from index ``start`` on, each as the exact text that was hashed, and the size they belong to."""
    response.headers.update(_MOVING)
    return await parts.rpc.call(consent.get_entries, GetEntries(start=start, limit=limit))


@router.get("/proof", response_class=Response, responses=responses(404, 422))
async def proof(
    parts: TheParts, index: Annotated[int, Query(ge=0)], size: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Inclusion of one entry as a C2SP tlog-proof, under the latest checkpoint or the one of ``size``."""
    found = await parts.rpc.call(consent.get_proof, GetProof(index=index, size=size))
    headers = {**_MOVING, "Content-Disposition": f'attachment; filename="{index}.tlog-proof"'}
    return Response(found.tlog_proof, media_type=_TEXT, headers=headers)


@router.get("/consistency", responses=responses(404, 422))
async def consistency(
    parts: TheParts, response: Response, old: Annotated[int, Query(ge=1)], new: Annotated[int, Query(ge=1)]
) -> Consistency:
    """That the tree of size ``new`` continues the tree of size ``old`` (RFC 6962 §2.1.2)."""
    response.headers.update(_FIXED)
    return await parts.rpc.call(consent.get_consistency, GetConsistency(old=old, new=new))


def _named(path: str) -> Tile:
    try:
        return parse_tile_path(path)
    except Invalid as error:
        raise NotFound("consent.no_such_tile", "no tile has this path") from error
