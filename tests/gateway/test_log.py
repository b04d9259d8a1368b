"""The static log: no key, exact types and caching, one spelling of each path, tiles asked for once."""

import base64
import secrets

import pytest

from consent_service.contract import methods as consent
from consent_service.contract.ledger import Entries, Entry
from consent_service.contract.tiles import TileData, get_tile
from gateway.routes.log import TileCache
from infra.kernel.errors import NotFound
from tests.gateway.conftest import Client, FakeRpc

NOBODY = ""
NOTE = "origin\n3\nroot\n\n— origin sig\n"


def test_the_checkpoint_is_the_note_and_is_not_kept(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_checkpoint, consent.Checkpoint(note=NOTE, vkey="v+k", size=3))
    answer = client(NOBODY).get("/ledger/checkpoint")
    assert (answer.status_code, answer.content) == (200, NOTE.encode())
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["0/x{n}/067", "entries/x{n}/067", "1/x{n}/067.p/17"])
def test_a_tile_is_fetched_once_and_may_be_kept_for_ever(client: Client, rpc: FakeRpc, path: str) -> None:
    n = secrets.randbelow(1000)
    rpc.on(get_tile, TileData(data=base64.b64encode(b"\x00\xff" * 16).decode()))
    for _ in range(2):
        answer = client(NOBODY).get("/ledger/tile/" + path.format(n=f"{n:03d}"))
        assert (answer.status_code, answer.content) == (200, b"\x00\xff" * 16)
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "immutable" in answer.headers["cache-control"]
    [asked] = rpc.sent(get_tile)
    level = -1 if path.startswith("entries") else int(path[0])
    assert (asked.level, asked.n, asked.width) == (level, n * 1000 + 67, 17 if path.endswith("17") else 256)


@pytest.mark.parametrize(
    "path",
    ["6/000", "0/0", "0/x000/001", "0/000.p/0", "0/000.p/256", "0/000.p/07", "0/1000", "x/000", "0/000/", "-1/000",
     "0/x001/x002", "entries/000.p/999", "0/٠٠٠"],
)  # fmt: skip
def test_what_is_no_path_of_a_tile_is_not_there(client: Client, rpc: FakeRpc, path: str) -> None:
    answer = client(NOBODY).get(f"/ledger/tile/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "consent.no_such_tile")
    assert not rpc.sent(get_tile)


def test_a_tile_beyond_the_tree_is_404_and_is_asked_for_again(client: Client, rpc: FakeRpc) -> None:
    path = f"/ledger/tile/0/x{secrets.randbelow(1000):03d}/999.p/200"
    rpc.on(get_tile, NotFound("consent.no_such_tile", "the ledger is not that large yet"))
    for _ in range(2):
        assert client(NOBODY).get(path).status_code == 404
    assert len(rpc.sent(get_tile)) == 2


def test_entries_proofs_and_consistency_need_no_key(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_entries, Entries(entries=(Entry(index=4, leaf="{}", leaf_hash="00"),), size=9))
    assert client(NOBODY).get("/ledger/entries?start=4&limit=1").json()["entries"][0]["leaf"] == "{}"
    assert client(NOBODY).get("/ledger/entries?limit=1025").status_code == 422
    rpc.on(consent.get_proof, consent.Proof(index=2, tlog_proof="c2sp.org/tlog-proof@v1\n"))
    found = client(NOBODY).get("/ledger/proof?index=2")
    assert (found.text, found.headers["content-type"]) == ("c2sp.org/tlog-proof@v1\n", "text/plain; charset=utf-8")
    rpc.on(consent.get_consistency, consent.Consistency(hashes=("aGk=",)))
    assert client(NOBODY).get("/ledger/consistency?old=1&new=3").json() == {"hashes": ["aGk="]}


def test_the_cache_keeps_to_its_budget_and_drops_the_least_used() -> None:
    cache = TileCache(budget=100)
    for name in "ab":
        cache.put(name, bytes(40))
    assert cache.get("a") is not None
    cache.put("c", bytes(40))
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (bytes(40), None, bytes(40))
    cache.put("huge", bytes(101))
    assert cache.get("huge") is None
