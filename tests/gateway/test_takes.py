"""Versions and takes over HTTP: revisions, the history, two takes side by side, and every file of a delivery."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from consent_service.contract import methods as consent
from consent_service.contract.retention import OutputStanding
from gateway.forms import picture_size
from gateway.parts import Parts
from gateway.zipping import zipped
from generation_service.contract import methods as generation
from generation_service.contract.methods import Change, OpenedTake, OpenedTakes, OutputFile, OutputKey, TakeView
from infra.kernel.crypto import b64u
from infra.kernel.errors import Conflict, NotFound
from tests.gateway import world
from tests.gateway.conftest import PARTNER, Client, FakeRpc, Serve

KEY, HEADERS = bytes(32), {"Idempotency-Key": "k-1"}
LINE = Change(what="line", before="MIRA: a", after="MIRA: b")


def take(number: int = 1, sha256: str = "a" * 64, **more: Any) -> TakeView:
    return TakeView.model_validate(
        {"number": number, "key": "k1", "production": "prd_1", "shot": "sht_1", "sha256": sha256, "digest": "d" * 64,
         "changes": (LINE,), "made_at": world.AT, "used_by": ("prd_1",), **more}
    )  # fmt: skip


def test_a_revision_is_a_production_of_its_own(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.revise, world.production("queued", revises="prd_1", film="prd_1"))
    body = {"screenplay": "INT. X - DAY\n\nRain.\n", "redo": ["k1"], "choose": {"k2": 3}, "lock": ["k3"]}
    answer = client().post("/v1/productions/prd_1/revisions", json=body, headers=HEADERS)
    assert (answer.status_code, answer.json()["revises"]) == (201, "prd_1")
    [sent] = rpc.sent(generation.revise)
    assert (sent.partner, sent.production, sent.redo, sent.choose, sent.lock) == (
        PARTNER, "prd_1", ("k1",), {"k2": 3}, ("k3",)
    )  # fmt: skip
    assert sent.command_id.startswith("cmd_")


def test_a_refused_revision_is_a_problem(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.revise, world.production("refused", decision=world.decision(world.paused_reason())))
    answer = client().post("/v1/productions/prd_1/revisions", json={}, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (403, "consent.flag_paused")


@pytest.mark.parametrize("body", [{"choose": {"k": 0}}, {"screenplay": ""}, {"colour": "red"}])
def test_a_revision_that_makes_no_sense(client: Client, body: dict[str, Any]) -> None:
    assert client().post("/v1/productions/prd_1/revisions", json=body, headers=HEADERS).status_code == 422


def test_a_locked_take_that_is_gone_is_a_conflict_with_a_fix(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.revise, Conflict("generation.take_purged", "gone", fix="unlock the shot", key="k1"))
    answer = client().post("/v1/productions/prd_1/revisions", json={"lock": ["k1"]}, headers=HEADERS)
    assert (answer.status_code, answer.json()["code"]) == (409, "generation.take_purged")
    assert answer.json()["fix"] == "unlock the shot"


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"aspect": "9:16", "resolution": "1080p"}, (1080, 1920)),
        ({"aspect": "1:1"}, (720, 720)),
        ({"resolution": "480p"}, (852, 480)),
        ({"width": 640, "height": 360}, (640, 360)),
        ({}, (1280, 720)),
    ],
)
def test_shape_and_size_of_the_picture(
    client: Client, rpc: FakeRpc, asked: dict[str, Any], size: tuple[int, int]
) -> None:
    rpc.on(generation.submit, world.production())
    body = {"screenplay": "INT. X - DAY\n\nRain.\n", "cast": {}, "purpose": "entertainment", **asked}
    assert client().post("/v1/productions", json=body, headers=HEADERS).status_code == 201
    [sent] = rpc.sent(generation.submit)
    assert (sent.width, sent.height) == size


def test_every_preset_is_even_and_within_limits() -> None:
    for aspect in ("16:9", "9:16", "1:1", "4:5", "4:3"):
        for resolution in ("480p", "720p", "1080p"):
            width, height = picture_size(aspect, resolution)
            assert width % 4 == height % 4 == 0
            assert min(width, height) == int(resolution[:-1])
            assert max(width, height) <= 1920


def test_the_history(client: Client, rpc: FakeRpc) -> None:
    gone = take(2, purged="consent.grant_withdrawn", purged_at=world.AT)
    rpc.on(generation.list_takes, generation.TakeHistory(film="prd_1", takes=(take(), gone)))
    body = client().get("/v1/productions/prd_1/takes", params={"shot": "k1"}).json()
    assert [one["purged"] for one in body["data"]] == [None, "consent.grant_withdrawn"]
    assert body["data"][0]["changes"] == [LINE.model_dump()]
    assert rpc.sent(generation.list_takes)[0].key == "k1"


@pytest.fixture
def opened(rpc: FakeRpc, parts: Parts) -> None:
    takes = []
    for number, data in ((1, b"left"), (2, b"right")):
        sha256 = parts.blobs.put("takes", data, KEY)
        takes.append(OpenedTake(take=take(number, sha256), data_key=b64u(KEY), output_sha256=str(number) * 64, fps=24))
    rpc.on(generation.open_takes, OpenedTakes(takes=tuple(takes)))
    rpc.on(consent.output_standing, lambda asked: OutputStanding(output_sha256=asked.output_sha256, state="released"))


COMPARE = "/v1/productions/prd_1/shots/k1/compare?left=1&right=2"


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(("form", "kind"), [("png", "image/png"), ("mp4", "video/mp4")])
def test_two_takes_side_by_side(parts: Parts, serve: Serve, form: str, kind: str) -> None:
    seen: list[Any] = []

    def compare(takes: list[tuple[bytes, int, str]], asked: str) -> bytes:
        seen.append((takes, asked))
        return b"drawn"

    object.__setattr__(parts, "compare", compare)
    with httpx.Client(
        transport=serve(parts), base_url="http://g", headers={"Authorization": "Bearer partner-key"}
    ) as http:
        answer = http.get(f"{COMPARE}&format={form}")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"drawn", kind)
    assert seen == [([(b"left", 24, "take 1, seed 0: line"), (b"right", 24, "take 2, seed 0: line")], form)]


@pytest.mark.parametrize("key", ["int-kitchen-dawn/open", "1/ana-8b118c", "ext-café-日本/x"])
def test_a_shot_is_compared_by_its_whole_key(client: Client, rpc: FakeRpc, key: str) -> None:
    rpc.on(generation.open_takes, NotFound("generation.no_take", "no take 2"))
    answer = client().get(f"/v1/productions/prd_1/shots/{key}/compare?left=1&right=2")
    assert (answer.status_code, answer.json()["code"]) == (404, "generation.no_take")
    assert rpc.sent(generation.open_takes)[0].key == key


@pytest.mark.usefixtures("opened")
def test_a_take_of_a_film_that_was_called_back_is_not_shown(client: Client, rpc: FakeRpc) -> None:
    def standing(asked: Any) -> OutputStanding:
        state = "recalled" if asked.output_sha256.startswith("2") else "released"
        return OutputStanding.model_validate({"output_sha256": asked.output_sha256, "state": state})

    rpc.on(consent.output_standing, standing)
    assert client().get(COMPARE).json()["code"] == "consent.output_recalled"


def test_a_take_that_is_not_there(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.open_takes, NotFound("generation.no_take", "shot k1 has no take 2"))
    assert client().get(COMPARE).status_code == 404
    assert client().get("/v1/productions/prd_1/shots/k1/compare?left=1").status_code == 422


@pytest.fixture
def delivery(rpc: FakeRpc, parts: Parts, tmp_path: Path) -> dict[str, bytes]:
    """A released film put from a file, with two files beside it."""
    content = {"film.mp4": bytes(range(256)) * 5000, "captions.vtt": b"WEBVTT", "stems/dialogue.wav": b"RIFF" * 9}
    addresses = {}
    for name, data in content.items():
        (tmp_path / "source").write_bytes(data)
        addresses[name] = parts.blobs.put_file("released", tmp_path / "source", KEY)
    beside = tuple(
        OutputFile(name=name, media_type="text/vtt", sha256=addresses[name], bytes=len(content[name]))
        for name in list(content)[1:]
    )
    output = world.output(addresses["film.mp4"], len(content["film.mp4"])).model_copy(update={"files": beside})
    rpc.on(generation.get_output_key, OutputKey(output=output, data_key=b64u(KEY)))
    rpc.on(consent.output_standing, OutputStanding(output_sha256=addresses["film.mp4"], state="released"))
    return content


def test_a_file_beside_the_film(client: Client, delivery: dict[str, bytes]) -> None:
    answer = client().get("/v1/outputs/out_1/files/stems/dialogue.wav")
    assert (answer.status_code, answer.content) == (200, delivery["stems/dialogue.wav"])
    assert 'filename="dialogue.wav"' in answer.headers["content-disposition"]
    assert client().get("/v1/outputs/out_1/files/secrets.key").json()["code"] == "gateway.no_file"


def test_a_film_in_chunks_is_sent_in_parts(client: Client, delivery: dict[str, bytes]) -> None:
    film = delivery["film.mp4"]
    answer = client().get("/v1/outputs/out_1/video", headers={"Range": "bytes=1048570-1048590"})
    assert (answer.status_code, answer.content) == (206, film[1048570:1048591])
    assert client().get("/v1/outputs/out_1/video").content == film


def test_everything_in_one_zip(client: Client, delivery: dict[str, bytes]) -> None:
    answer = client().get("/v1/outputs/out_1/all")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as held:
        assert {name: held.read(name) for name in held.namelist()} == delivery
        assert held.testzip() is None


@pytest.mark.usefixtures("delivery")
@pytest.mark.parametrize("path", ["files/captions.vtt", "all"])
def test_nothing_of_a_film_that_was_called_back(client: Client, rpc: FakeRpc, path: str) -> None:
    rpc.on(consent.output_standing, OutputStanding(output_sha256="0" * 64, state="recalled"))
    assert client().get(f"/v1/outputs/out_1/{path}").json()["code"] == "consent.output_recalled"


def test_a_zip_is_written_a_piece_at_a_time() -> None:
    pieces = list(zipped([("a", iter([b"x" * 1000, b"y" * 1000])), ("b", iter([]))]))
    assert max(map(len, pieces)) < 1200
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as held:
        assert (held.read("a"), held.read("b")) == (b"x" * 1000 + b"y" * 1000, b"")
    assert pieces == list(zipped([("a", iter([b"x" * 1000, b"y" * 1000])), ("b", iter([]))]))


def test_the_schema_lists_the_new_routes(client: Client) -> None:
    paths = json.loads(client().get("/openapi.json").text)["paths"]
    for path in (
        "/v1/productions/{production}/revisions",
        "/v1/productions/{production}/takes",
        "/v1/outputs/{output}/all",
    ):
        assert path in paths
