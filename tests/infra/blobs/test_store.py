"""The blob store: what is sealed opens only with its key, at its address, unchanged."""

import secrets
from pathlib import Path

import pytest

from infra.blobs import BlobStore
from infra.kernel.canonical import sha256_hex
from infra.kernel.errors import Invalid, NotFound

KEY, OTHER = secrets.token_bytes(32), secrets.token_bytes(32)


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path)


@pytest.mark.parametrize("data", [b"", b"x", secrets.token_bytes(100_000)])
def test_what_is_put_is_got(store: BlobStore, data: bytes) -> None:
    address = store.put("takes", data, KEY)
    assert address == sha256_hex(data)
    assert store.get("takes", address, KEY) == data


def test_the_disk_never_sees_the_plaintext(store: BlobStore, tmp_path: Path) -> None:
    store.put("library", b"a face, a voice" * 10, KEY)
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"a face" not in stored


def test_another_key_finds_nothing(store: BlobStore) -> None:
    address = store.put("takes", b"data", KEY)
    with pytest.raises(NotFound, match=r"blobs\.missing"):
        store.get("takes", address, OTHER)


def test_two_owners_of_the_same_content_do_not_meet(store: BlobStore) -> None:
    address = store.put("takes", b"same", KEY)
    assert store.put("takes", b"same", OTHER) == address
    store.delete("takes", address, KEY)
    assert not store.exists("takes", address, KEY)
    assert store.get("takes", address, OTHER) == b"same"


def test_every_flipped_byte_is_noticed(store: BlobStore, tmp_path: Path) -> None:
    address = store.put("takes", b"short", KEY)
    (path,) = [p for p in tmp_path.rglob("*") if p.is_file()]
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Invalid, match=r"blobs\.damaged"):
            store.get("takes", address, KEY)


def test_a_truncated_object_is_noticed(store: BlobStore, tmp_path: Path) -> None:
    address = store.put("takes", b"short", KEY)
    (path,) = [p for p in tmp_path.rglob("*") if p.is_file()]
    for length in range(len(path.read_bytes())):
        path.write_bytes(path.read_bytes()[:length])
        with pytest.raises(Invalid, match=r"blobs\.damaged"):
            store.get("takes", address, KEY)


def test_a_move_can_be_repeated(store: BlobStore) -> None:
    address = store.put("quarantine", b"film", KEY)
    store.move(address, "quarantine", "released", KEY)
    store.move(address, "quarantine", "released", KEY)
    assert not store.exists("quarantine", address, KEY)
    assert store.get("released", address, KEY) == b"film"


def test_moving_nothing_is_an_error(store: BlobStore) -> None:
    with pytest.raises(NotFound, match=r"blobs\.missing"):
        store.move(sha256_hex(b"never"), "quarantine", "released", KEY)


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_an_address_cannot_leave_the_store(store: BlobStore, address: str) -> None:
    with pytest.raises(Invalid, match=r"blobs\.bad_address"):
        store.get("takes", address, KEY)
