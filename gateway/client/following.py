"""Where a follower reads a log: the public static files (C2SP tlog-tiles), or the gateway's API with a key."""

from functools import lru_cache

import httpx

from consent_service.contract.methods import Checkpoint
from gateway.client.api import Api, Unreachable
from infra.kernel.errors import Invalid
from infra.tlog.merkle import complete_subtrees, consistency_spans, fold, root_of
from infra.tlog.note import unb64
from infra.tlog.tiles import HEIGHT, WIDTH, Tile, unpack_bundle


class TileSource:
    """A log behind any static host: ``<prefix>/checkpoint`` and ``<prefix>/tile/…``. No key is needed."""

    def __init__(self, prefix: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._prefix = prefix.rstrip("/")
        self._http = httpx.Client(timeout=10.0, transport=transport, follow_redirects=False)
        self._tile, self._bundle = lru_cache(maxsize=4096)(self._read_tile), lru_cache(maxsize=4)(self._read_bundle)

    def checkpoint(self) -> str:
        return self._get("checkpoint").decode(errors="replace")

    def consistency(self, old: int, new: int) -> list[bytes]:
        spans = consistency_spans(old, new)
        return [fold([self._node(level, n, new) for level, n in complete_subtrees(span)]) for span in spans]

    def leaves(self, start: int, end: int, size: int) -> list[bytes]:
        n = start // WIDTH
        found = self._bundle(Tile(-1, n, min(WIDTH, size - n * WIDTH)))
        return list(found[start - n * WIDTH : end - n * WIDTH])

    def announced(self) -> int | None:
        return None

    def _read_bundle(self, tile: Tile) -> tuple[bytes, ...]:
        found = unpack_bundle(self._get(tile.path()))
        if len(found) != tile.width:
            raise Invalid("consent.bundle_malformed", "the bundle has another number of entries", path=tile.path())
        return tuple(found)

    def _node(self, level: int, n: int, size: int) -> bytes:
        """The root of the complete subtree ``(level, n)``, from the hashes below it in one tile."""
        height, above = divmod(level, HEIGHT)
        first, count = n << above, 1 << above
        index, offset = divmod(first, WIDTH)
        width = min(WIDTH, (size >> (HEIGHT * height)) - index * WIDTH)
        hashes = self._tile(Tile(height, index, width))
        return root_of(hashes[offset : offset + count])

    def _read_tile(self, tile: Tile) -> tuple[bytes, ...]:
        data = self._get(tile.path())
        if len(data) != 32 * tile.width:
            raise Invalid("consent.no_such_tile", "the tile has another length", path=tile.path())
        return tuple(data[at : at + 32] for at in range(0, len(data), 32))

    def _get(self, path: str) -> bytes:
        try:
            answer = self._http.get(f"{self._prefix}/{path}")
        except httpx.TransportError as error:
            raise Unreachable(f"no log answers at {self._prefix}") from error
        if answer.status_code != 200:
            raise Unreachable(f"{self._prefix}/{path} answers {answer.status_code}")
        return answer.content


class ApiSource:
    """The same through the gateway's own API, with a caller's key."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def checkpoint(self) -> str:
        return Checkpoint.model_validate(self._api.get("/v1/ledger/checkpoint")).newest_note()

    def consistency(self, old: int, new: int) -> list[bytes]:
        return [unb64(one) for one in self._api.get("/v1/ledger/consistency", old=old, new=new)["hashes"]]

    def leaves(self, start: int, end: int, size: int) -> list[bytes]:
        found = self._api.get("/v1/ledger/entries", start=start, limit=min(end - start, 1024))["data"]
        return [one["leaf"].encode() for one in found]

    def announced(self) -> int | None:
        return int(self._api.get("/v1/ledger/entries", start=0, limit=1)["size"])
