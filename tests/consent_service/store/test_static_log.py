"""The static log rebuilt by a reader who has nothing but the public files: every tile, every entry, the signed root."""

from infra.tlog.checkpoint import open_checkpoint
from infra.tlog.merkle import hash_leaf, root_of
from infra.tlog.tiles import Tile, tiles_of, unpack_bundle
from tests.consent_service.ledger.running import KEY, RunningLedger, decision


def test_the_tiles_rebuild_the_signed_root(running: RunningLedger) -> None:
    running.append("s", *(decision(n=n) for n in range(299)))
    running.sequence()
    fetch = running.ledger.tile
    tree = open_checkpoint(running.ledger.latest_checkpoint().note, KEY.vkey)
    hashes: dict[int, list[bytes]] = {}
    for tile in tiles_of(tree.size):
        data = fetch(tile)
        hashes.setdefault(tile.level, []).extend(data[at : at + 32] for at in range(0, len(data), 32))
    bundles = [fetch(Tile(-1, n, min(256, tree.size - 256 * n))) for n in range(2)]
    leaves = [leaf for bundle in bundles for leaf in unpack_bundle(bundle)]
    assert [hash_leaf(leaf) for leaf in leaves] == hashes[0]
    assert root_of(hashes[0]) == tree.root
    assert hashes[1] == [root_of(hashes[0][:256])]
