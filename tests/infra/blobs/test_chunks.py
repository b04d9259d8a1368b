"""Objects put from files: sealed in chunks, read whole, in part or as files, and never in a wrong order."""

import secrets
from pathlib import Path

import pytest

from infra.blobs import BlobStore
from infra.blobs.chunks import CHUNK
from infra.kernel.canonical import sha256_hex
from infra.kernel.errors import Invalid, NotFound

KEY = secrets.token_bytes(32)
STORED = CHUNK + 28
HEAD = 64


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def put(store: BlobStore, folder: Path, data: bytes) -> str:
    (folder / "source").write_bytes(data)
    return store.put_file("takes", folder / "source", KEY)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_what_is_put_from_a_file_is_got(store: BlobStore, tmp_path: Path, size: int) -> None:
    data = secrets.token_bytes(size)
    address = put(store, tmp_path, data)
    assert address == sha256_hex(data)
    assert store.get("takes", address, KEY) == data
    assert store.get_file("takes", address, KEY, tmp_path / "back") == size
    assert (tmp_path / "back").read_bytes() == data


def test_a_small_object_is_written_to_a_file_too(store: BlobStore, tmp_path: Path) -> None:
    address = store.put("takes", b"small", KEY)
    store.get_file("takes", address, KEY, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b"small"
    assert b"".join(store.stream("takes", address, KEY, (1, 3))) == b"ma"


@pytest.mark.parametrize(
    "span", [(0, 1), (CHUNK - 2, CHUNK + 2), (CHUNK, 2 * CHUNK), (5, 5), (2 * CHUNK, 2 * CHUNK + 7)]
)
def test_a_part_of_it(store: BlobStore, tmp_path: Path, span: tuple[int, int]) -> None:
    data = secrets.token_bytes(2 * CHUNK + 7)
    address = put(store, tmp_path, data)
    pieces = list(store.stream("takes", address, KEY, span))
    assert b"".join(pieces) == data[span[0] : span[1]]
    assert all(len(piece) <= CHUNK for piece in pieces)


def moved(stored: bytes) -> bytes:
    return (
        stored[:HEAD]
        + stored[HEAD + STORED : HEAD + 2 * STORED]
        + stored[HEAD : HEAD + STORED]
        + stored[HEAD + 2 * STORED :]
    )


@pytest.mark.parametrize(
    "mangle",
    [
        moved,
        lambda stored: stored[: HEAD + STORED],  # the last chunks are cut off
        lambda stored: stored[:-1],
        lambda stored: stored[:HEAD] + stored[HEAD + STORED :],
        lambda stored: stored[:70] + bytes([stored[70] ^ 1]) + stored[71:],
        lambda stored: stored[:10] + bytes([stored[10] ^ 1]) + stored[11:],
    ],
)  # fmt: skip
def test_chunks_that_were_moved_cut_or_changed_do_not_open(store: BlobStore, tmp_path: Path, mangle: object) -> None:
    address = put(store, tmp_path, secrets.token_bytes(2 * CHUNK + 7))
    [path] = (tmp_path / "blobs").rglob("*.*")
    path.write_bytes(mangle(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Invalid, match=r"blobs\.damaged"):
        store.get("takes", address, KEY)
    with pytest.raises(Invalid, match=r"blobs\.damaged"):
        store.get_file("takes", address, KEY, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_sweep_takes_all_that_a_key_sealed_and_nothing_else(store: BlobStore, tmp_path: Path) -> None:
    other = secrets.token_bytes(32)
    gone = [store.put("takes", b"a", KEY), put(store, tmp_path, b"b"), store.put("released", b"c", KEY)]
    kept = store.put("takes", b"a", other)
    stored = next((tmp_path / "blobs" / "takes").rglob(f"{gone[1]}.*"))
    torn = stored.with_name(f"{stored.name}.0a.part")
    torn.write_bytes(b"half")
    assert store.sweep(KEY) == 4
    assert store.sweep(KEY) == 0
    assert store.get("takes", kept, other) == b"a"
    with pytest.raises(NotFound):
        store.get("released", gone[2], KEY)
