"""Tiles of the ledger's tree and bundles of its entries (C2SP tlog-tiles), as they cross RPC."""

from pydantic import Field

from infra.kernel.rpc import Message, Method


class GetTile(Message):
    """Tile ``n`` of ``level`` with its first ``width`` hashes; ``level`` -1 is an entry bundle."""

    level: int = Field(ge=-1, le=5)
    n: int = Field(ge=0, lt=2**55)
    width: int = Field(default=256, ge=1, le=256)


class TileData(Message):
    """``data`` is base64: 32 bytes a hash, or each entry as a 16-bit length and its bytes. It never changes."""

    data: str


get_tile = Method("consent", "get_tile", GetTile, TileData, 5.0)
