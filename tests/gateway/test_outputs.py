"""Released films: metadata, bytes, ranges. What is not released is not in reach."""

import pytest

from consent_service.contract import methods as consent
from consent_service.contract.retention import OutputStanding
from gateway.parts import Parts
from gateway.ranges import byte_range
from generation_service.contract import methods as generation
from generation_service.contract.methods import OutputKey
from infra.kernel.crypto import b64u
from infra.kernel.errors import Denied, Invalid, NotFound, Unavailable
from tests.gateway import world
from tests.gateway.conftest import PARTNER, Client, FakeRpc

FILM, SHEET, DATA_KEY = bytes(range(256)) * 4, b"\x89PNG sheet", bytes(32)
VIDEO = "/v1/outputs/out_1/video"


@pytest.fixture
def released(rpc: FakeRpc, parts: Parts) -> str:
    sha256 = parts.blobs.put("released", FILM, DATA_KEY)
    sheet = parts.blobs.put("released", SHEET, DATA_KEY)
    output = world.output(sha256, len(FILM)).model_copy(update={"contact_sheet": sheet})
    rpc.on(generation.get_output_key, OutputKey(output=output, data_key=b64u(DATA_KEY)))
    rpc.on(consent.output_standing, OutputStanding(output_sha256=sha256, state="released"))
    return sha256


@pytest.mark.parametrize("path", ["", "/video", "/contact-sheet", "/report"])
def test_a_film_that_was_called_back_is_never_handed_out(
    client: Client, rpc: FakeRpc, released: str, path: str
) -> None:
    recalled = OutputStanding(
        output_sha256=released, state="recalled", recalled_for="grt_1", recalled_at=world.AT, takedown_by=world.AT
    )
    rpc.on(consent.output_standing, recalled)
    answer = client().get("/v1/outputs/out_1" + path)
    assert (answer.status_code, answer.json()["code"]) == (410, "consent.output_recalled")
    rpc.on(consent.output_standing, Unavailable("rpc.timeout", "no answer"))
    assert client().get("/v1/outputs/out_1" + path).status_code == 503


@pytest.mark.parametrize("code", ["consent.output_recalled", "generation.output_erased"])
def test_a_film_whose_bytes_are_gone_answers_gone(client: Client, rpc: FakeRpc, code: str) -> None:
    rpc.on(generation.get_output_key, NotFound(code, "it was called back", takedown_by="2026-11-25T09:00:00.000Z"))
    answer = client().get("/v1/outputs/out_1/video")
    assert (answer.status_code, answer.json()["code"]) == (410, code)
    assert answer.json()["info"]["takedown_by"] == "2026-11-25T09:00:00.000Z"


def test_metadata_never_holds_the_key(client: Client, rpc: FakeRpc, released: str) -> None:
    body = client().get("/v1/outputs/out_1").json()
    assert (body["sha256"], body["ledger_index"]) == (released, 20)
    assert "data_key" not in body
    assert rpc.sent(generation.get_output_key)[0].partner == PARTNER


@pytest.mark.usefixtures("released")
def test_the_whole_film(client: Client, released: str) -> None:
    answer = client().get(VIDEO)
    assert (answer.status_code, answer.content) == (200, FILM)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{released}"'
    again = client().get(VIDEO, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("released")
def test_head_tells_the_length_and_sends_nothing(client: Client) -> None:
    answer = client().head(VIDEO)
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(FILM)))


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    ("asked", "first", "last"), [("0-9", 0, 9), ("1000-", 1000, 1023), ("-24", 1000, 1023), ("1020-9999", 1020, 1023)]
)
def test_a_part_of_it(client: Client, asked: str, first: int, last: int) -> None:
    answer = client().get(VIDEO, headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.content) == (206, FILM[first : last + 1])
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1024"


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("asked", ["1024-", "-0", "5000-6000"])
def test_outside_of_it(client: Client, asked: str) -> None:
    answer = client().get(VIDEO, headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.json()["code"]) == (416, "gateway.bad_range")
    assert answer.headers["content-range"] == "bytes */1024"


@pytest.mark.usefixtures("released")
def test_the_contact_sheet(client: Client) -> None:
    answer = client().get("/v1/outputs/out_1/contact-sheet")
    assert (answer.content, answer.headers["content-type"]) == (SHEET, "image/png")


def test_a_film_without_contact_sheet(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.get_output_key, OutputKey(output=world.output(), data_key=b64u(DATA_KEY)))
    rpc.on(consent.output_standing, OutputStanding(output_sha256="0" * 64, state="released"))
    assert client().get("/v1/outputs/out_1/contact-sheet").json()["code"] == "gateway.no_contact_sheet"


def test_a_film_in_quarantine_is_not_served(client: Client, rpc: FakeRpc, parts: Parts) -> None:
    sha256 = parts.blobs.put("quarantine", FILM, DATA_KEY)
    rpc.on(generation.get_output_key, OutputKey(output=world.output(sha256), data_key=b64u(DATA_KEY)))
    rpc.on(consent.output_standing, OutputStanding(output_sha256="0" * 64, state="released"))
    answer = client().get(VIDEO)
    assert (answer.status_code, answer.json()["code"]) == (404, "blobs.missing")


def test_a_withdrawn_film_is_refused(client: Client, rpc: FakeRpc) -> None:
    rpc.on(generation.get_output_key, Denied("generation.not_released", "no"))
    assert client().get(VIDEO).status_code == 403


@pytest.mark.parametrize(
    "header", [None, "", "bytes=", "bytes=-", "items=0-1", "bytes=0-1,3-4", "bytes=9-5", "bytes=x-y"]
)
def test_ranges_that_mean_the_whole(header: str | None) -> None:
    assert byte_range(header, 100) is None


def test_ranges_of_an_empty_file() -> None:
    with pytest.raises(Invalid):
        byte_range("bytes=0-", 0)
    with pytest.raises(Invalid):
        byte_range("bytes=-5", 0)
