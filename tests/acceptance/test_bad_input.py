"""Bad input at the door of the real house: each gets a clear error with a stable code, and nothing is kept."""

import struct
import wave
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gateway.client import Api, ApiError, KeyFile
from gateway.client.signing import sign_draft
from gateway.demo.house import House
from tests.acceptance.conftest import FACE_SAMPLE, VOICE_SAMPLE

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

SCREENPLAY = "INT. KITCHEN - DAWN\n\nANA\nYou are up early.\n"


class Person:
    """A subject with a key, and whatever was uploaded for them."""

    def __init__(self, api: Api) -> None:
        self.api, self.key = api, KeyFile.generate()
        self.id = api.post("/v1/subjects", {"display_name": "Test Person", "public_key": self.key.public})["id"]

    def upload(self, kind: str, file: Path) -> Any:
        return self.api.upload(f"/v1/subjects/{self.id}/{kind}", file)

    def assets(self) -> list[Any]:
        return list(self.api.pages(f"/v1/subjects/{self.id}/assets"))


@pytest.fixture(scope="module")
def person(partner: Api) -> Person:
    return Person(partner)


def refusal(api: Api, path: str, body: Any = None) -> ApiError:
    with pytest.raises(ApiError) as caught:
        api.post(path, body)
    return caught.value


def picture(path: Path, image: Image.Image) -> Path:
    image.save(path, "PNG")
    return path


def two_faces(path: Path) -> Path:
    one = Image.open(FACE_SAMPLE).convert("RGB").resize((512, 640))
    both = Image.new("RGB", (1024, 640))
    both.paste(one, (0, 0))
    both.paste(one, (512, 0))
    return picture(path, both)


def fifty_megapixels(path: Path) -> Path:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"\0" * (8001 * 6250), 9)
    head = struct.pack(">IIBBBBB", 8000, 6250, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    return path


def sound(path: Path, samples: Any) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


BAD_FACES = {
    "no-face": (lambda p: picture(p, Image.new("RGB", (800, 800), "grey")), 422, "face_none"),
    "two-faces": (two_faces, 422, "face_many"),
    "empty": (empty, 422, "gateway.upload_empty"),
    "fifty-megapixels": (fifty_megapixels, 413, "identity.image_too_large"),
    "not-a-picture": (lambda p: sound(p, np.zeros(48_000)), 415, "gateway.upload_type"),
}
BAD_VOICES = {
    "silent": (lambda p: sound(p, np.zeros(48_000 * 5)), 422, "audio.sample_silent"),
    "clipped": (
        lambda p: sound(p, 9 * np.sin(np.arange(48_000 * 5) * 0.03) * np.sin(np.arange(48_000 * 5) * 0.0007)),
        422, "audio.sample_clipped",
    ),
    "short": (lambda p: sound(p, 0.3 * np.sin(np.arange(48_000) * 0.03)), 422, "audio.sample_too_short"),
    "empty": (empty, 422, "gateway.upload_empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FACES)
def test_a_bad_portrait_is_refused(person: Person, tmp_path: Path, name: str) -> None:
    make, status, code = BAD_FACES[name]
    with pytest.raises(ApiError) as caught:
        person.upload("face", make(tmp_path / "face.png"))
    assert caught.value.status == status, caught.value.problem
    assert code in caught.value.code
    assert caught.value.fix
    assert not [asset for asset in person.assets() if asset["kind"] == "face"]


@pytest.mark.parametrize("name", BAD_VOICES)
def test_a_bad_voice_sample_is_refused(person: Person, tmp_path: Path, name: str) -> None:
    make, status, code = BAD_VOICES[name]
    with pytest.raises(ApiError) as caught:
        person.upload("voice", make(tmp_path / "voice.wav"))
    assert (caught.value.status, caught.value.code) == (status, code), caught.value.problem
    assert caught.value.fix
    assert not [asset for asset in person.assets() if asset["kind"] == "voice"]


def stock_form(screenplay: str, **more: Any) -> dict[str, Any]:
    return {"screenplay": screenplay, "cast": {"ANA": {"stock": "mara"}}, "purpose": "entertainment", **more}


def test_errors_of_a_screenplay_come_with_line_and_column(partner: Api) -> None:
    broken = "INT. KITCHEN - DAWN\n\n[[shot: CU, cam=sideways]]\nThe kettle sings.\n\nANA\nHello.\n"
    error = refusal(partner, "/v1/productions", stock_form(broken))
    assert error.status == 422
    assert error.code.startswith("generation.")
    (first, *_) = error.problem["errors"]
    assert first["line"] == 3
    assert first["column"] >= 1


def test_a_speaker_nobody_plays_is_named(partner: Api) -> None:
    error = refusal(partner, "/v1/productions", stock_form(SCREENPLAY.replace("ANA", "NOBODY")))
    assert error.status == 422
    assert "NOBODY" in str(error.problem)


def test_an_unknown_modality_is_refused_by_name(person: Person) -> None:
    form = {"subject": person.id, "modalities": ["soul"], "purposes": ["entertainment"], "description": "x"}
    error = refusal(person.api, "/v1/grants/draft", form)
    assert (error.status, error.code) == (422, "consent.unknown_modality")


@pytest.fixture(scope="module")
def granted(house: House, partner: Api) -> dict[str, Any]:
    """A person with a face, a voice and a grant for entertainment."""
    who = Person(partner)
    face, voice = who.upload("face", FACE_SAMPLE)["sha256"], who.upload("voice", VOICE_SAMPLE)["sha256"]
    form = {"subject": who.id, "modalities": ["face.image", "voice.clone"], "purposes": ["entertainment"],
            "description": "tests"}  # fmt: skip
    draft = partner.post("/v1/grants/draft", form)
    signed = sign_draft(draft, who.key.signer)
    return {"person": who, "face": face, "voice": voice, "draft": draft, "signed": signed,
            "recorded": partner.post("/v1/grants", signed)}  # fmt: skip


def test_terms_that_were_changed_after_signing_are_refused(granted: dict[str, Any], partner: Api) -> None:
    bent = {**granted["signed"], "terms": {**granted["signed"]["terms"]}}
    bent["terms"]["limits"] = {**bent["terms"]["limits"], "max_uses": 100_000}
    error = refusal(partner, "/v1/grants", bent)
    assert error.status in {401, 403, 422}
    assert error.code.startswith(("consent.", "kernel."))


def test_another_partner_cannot_use_the_grant(granted: dict[str, Any], house: House) -> None:
    with Api(house.url, house.admin_key) as admin:
        made = admin.post("/v1/partners", {"name": "Elsewhere", "tier": "vetted"})
    cast = {"ANA": {"subject": granted["person"].id, "face": granted["face"], "voice": granted["voice"]}}
    with Api(house.url, made["api_key"]) as other:
        error = refusal(other, "/v1/productions", stock_form(SCREENPLAY, cast=cast))
        assert error.status in {403, 404}
        assert not list(other.pages("/v1/grants"))
        with pytest.raises(ApiError) as caught:
            other.get(f"/v1/grants/{granted['recorded']['ref']}")
    assert caught.value.status == 404


def test_another_purpose_is_refused_with_a_reason_and_a_fix(granted: dict[str, Any], partner: Api) -> None:
    cast = {"ANA": {"subject": granted["person"].id, "face": granted["face"], "voice": granted["voice"]}}
    error = refusal(partner, "/v1/productions", stock_form(SCREENPLAY, cast=cast, purpose="advertising"))
    assert error.status == 403
    reasons = error.problem["decision"]["reasons"]
    assert reasons
    assert any(reason["fix"] for reason in reasons)


def test_the_same_key_answers_the_same_thing_once_made(partner: Api) -> None:
    body = {"display_name": "Once", "public_key": KeyFile.generate().public}
    first = partner.post("/v1/subjects", body, key="the-same-key")
    assert partner.post("/v1/subjects", body, key="the-same-key")["id"] == first["id"]
    with pytest.raises(ApiError) as caught:
        partner.post("/v1/subjects", {**body, "display_name": "Twice"}, key="the-same-key")
    assert (caught.value.status, caught.value.code) == (422, "eventlog.command_reused")


def test_the_ledger_names_nobody(partner: Api) -> None:
    leaves = "".join(entry["leaf"] for entry in partner.pages("/v1/ledger/entries", limit=1024))
    for name in ("Test Person", "Southlight", "Elsewhere"):
        assert name not in leaves


def test_permit_keys_are_public(house: House) -> None:
    with Api(house.url) as nobody:
        keys = nobody.get("/.well-known/jwks.json")["keys"]
    assert keys[0]["kty"] == "OKP"
    assert "d" not in keys[0]
