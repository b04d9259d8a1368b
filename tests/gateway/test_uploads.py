"""Reference files on their way in: refused when empty, too large or of a wrong type; sealed when good."""

import struct
import zlib
from dataclasses import replace

import httpx
import pytest

from gateway.context import UPLOAD_LIMIT
from gateway.parts import Inspected, Parts
from gateway.uploads import sniff
from identity_service.client.intake import inspect_face
from identity_service.contract import methods as identity
from identity_service.contract.methods import AddAsset
from infra.kernel.canonical import sha256_hex
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Invalid, Unavailable
from tests.gateway import world
from tests.gateway.conftest import Client, FakeRpc, Serve

FACE_PATH = f"/v1/subjects/{world.SUBJECT}/face"
PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
WAV = b"RIFF\x00\x00\x00\x00WAVEfmt "


@pytest.fixture(autouse=True)
def subject_exists(rpc: FakeRpc) -> None:
    rpc.on(identity.get_party, world.subject())
    rpc.on(identity.list_assets, identity.Assets(assets=()))
    rpc.on(identity.add_asset, _added)


def _added(command: AddAsset) -> identity.Asset:
    return world.asset(command.kind, command.sha256)


def upload(client: Client, data: bytes, kind: str = "face", key: str = "k") -> httpx.Response:
    path = f"/v1/subjects/{world.SUBJECT}/{kind}"
    return client().post(path, files={"file": ("me", data)}, headers={"Idempotency-Key": key})


@pytest.mark.parametrize(("kind", "data"), [("face", PNG), ("voice", WAV)])
def test_a_good_file_is_cleaned_sealed_and_entered(
    client: Client, rpc: FakeRpc, parts: Parts, kind: str, data: bytes
) -> None:
    answer = upload(client, data, kind)
    assert answer.status_code == 201, answer.text
    (sent,) = rpc.sent(identity.add_asset)
    assert sent.sha256 == answer.json()["sha256"] == sha256_hex(b"clean" + data)
    assert (sent.subject, sent.kind) == (world.SUBJECT, kind)
    assert parts.blobs.get("library", sent.sha256, unb64u(sent.data_key)) == b"clean" + data


def test_the_same_content_again_is_the_asset_that_exists(client: Client, rpc: FakeRpc) -> None:
    known = world.asset("face", sha256_hex(b"clean" + PNG))
    rpc.on(identity.list_assets, identity.Assets(assets=(known,)))
    assert upload(client, PNG).json()["id"] == known.id
    assert not rpc.sent(identity.add_asset)


def test_two_uploads_never_share_a_key(client: Client, rpc: FakeRpc) -> None:
    upload(client, PNG)
    upload(client, PNG + b"2", key="k2")
    first, second = rpc.sent(identity.add_asset)
    assert first.data_key != second.data_key
    assert first.command_id != second.command_id


def test_no_bytes(client: Client, rpc: FakeRpc) -> None:
    answer = upload(client, b"")
    assert (answer.status_code, answer.json()["code"]) == (422, "gateway.upload_empty")
    assert not rpc.sent(identity.add_asset)


def test_no_file_at_all(client: Client) -> None:
    answer = client().post(FACE_PATH, data={"x": "1"}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/file")


@pytest.mark.parametrize(
    ("kind", "data"), [("face", WAV), ("voice", PNG), ("face", b"<svg></svg>"), ("face", b"GIF89a"), ("voice", b"MZ")]
)
def test_a_wrong_type_is_415(client: Client, rpc: FakeRpc, kind: str, data: bytes) -> None:
    answer = upload(client, data, kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "gateway.upload_type")
    assert not rpc.sent(identity.add_asset)


def test_over_32_mib_is_413_before_it_is_read(client: Client, rpc: FakeRpc) -> None:
    answer = upload(client, PNG + b"\0" * UPLOAD_LIMIT)
    assert (answer.status_code, answer.json()["code"]) == (413, "gateway.body_too_large")
    assert not rpc.calls


def test_what_intake_refuses_is_told(parts: Parts, serve: Serve) -> None:
    def refuse(data: bytes) -> Inspected:
        raise Invalid("generation.face_many", "two faces are in the picture", fix="show one", pointer="/file", faces=2)

    with_refusal = serve(replace(parts, inspect_face=refuse))
    with httpx.Client(transport=with_refusal, base_url="http://gateway") as client:
        answer = client.post(
            FACE_PATH, files={"file": ("me", PNG)},
            headers={"Idempotency-Key": "k", "Authorization": "Bearer partner-key"},
        )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, "generation.face_many")
    assert answer.json()["info"] == {"faces": 2}


def test_identity_away_enters_nothing(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.add_asset, Unavailable("rpc.timeout", "no answer"))
    assert upload(client, PNG).status_code == 503


def test_sniffing() -> None:
    assert sniff(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert sniff(b"RIFF....WEBP") == "image/webp"
    assert sniff(b"\0\0\0\x18ftypmp42") == "video/mp4"
    assert sniff(b"fLaC") == "audio/flac"
    assert sniff(b"ID3\x04") == "audio/mpeg"
    assert sniff(b"RIFF....AVI ") is None
    assert sniff(b"%PDF") is None


def test_fifty_megapixels_in_a_small_file_are_refused_by_the_real_intake(parts: Parts, serve: Serve) -> None:
    with_real_intake = serve(replace(parts, inspect_face=_really))
    with httpx.Client(transport=with_real_intake, base_url="http://gateway") as client:
        answer = client.post(
            FACE_PATH, files={"file": ("me.png", _png(8000, 6250))},
            headers={"Idempotency-Key": "k", "Authorization": "Bearer partner-key"},
        )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (413, "identity.image_too_large")


def _really(data: bytes) -> Inspected:
    taken = inspect_face(data)
    return Inspected(taken.png, "image/png", taken.quality)


def _png(width: int, height: int) -> bytes:
    """A grey picture of any size in a few kilobytes (PNG, third edition, §11)."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"\0" * ((width + 1) * height), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
