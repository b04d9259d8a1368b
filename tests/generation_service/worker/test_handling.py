"""What the worker makes of a job that fails, and the real cutting room with tiny takes."""

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import c2pa
import cv2
import numpy as np
import opentimelineio as otio
import pytest
import soundfile
from PIL import Image

from audio_service.backends.stock import STOCK
from generation_service.contract.jobs import AssembleJob, Spoken, TakeNote, TakeRef
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.film.checks import read_aigc
from generation_service.film.credentials import load_identity
from generation_service.previs import stock_cast
from generation_service.usecases.parts import Film
from generation_service.worker.jobs import LAST_TRY, HandleJob, parse_job
from generation_service.worker.library import LibraryFaces
from generation_service.worker.painting import decode_photo, draw_sheet
from generation_service.worker.room import LocalRoom, sweep_rooms
from identity_service.contract.methods import OpenAsset, OpenedAsset
from infra.blobs import BlobStore
from infra.kernel.crypto import b64u
from infra.kernel.errors import AssentError, Denied, Internal, Invalid, Unavailable
from tests.generation_service.film.material import FPS, HEIGHT, WIDTH, take, tone, track
from tests.generation_service.world import World, command


def failing(world: World, error: Exception) -> HandleJob:
    def work(job: object) -> None:
        raise error

    return HandleJob(world.desk, work, work)


def render_payload(world: World) -> tuple[str, dict[str, object]]:
    made = world.submit(command())
    return made.id, world.jobs("render")[0].model_dump(mode="json")


def test_a_fault_is_tried_again_until_the_last_try(world: World) -> None:
    production, payload = render_payload(world)
    handle = failing(world, RuntimeError("boom"))
    for _ in range(LAST_TRY - 1):
        with pytest.raises(RuntimeError):
            handle(payload)
        assert world.view(production).state == "queued"
    handle(payload)
    seen = world.view(production)
    assert seen.state == "failed"
    assert seen.stop is not None
    assert seen.stop.code == "generation.job_crashed"
    assert "boom" not in seen.stop.detail
    assert world.desk.key(production) is None


def test_a_job_that_no_worker_survived_ends_its_production(world: World) -> None:
    production, payload = render_payload(world)
    failing(world, RuntimeError("never called")).abandon(payload)
    seen = world.view(production)
    assert (seen.state, seen.stop and seen.stop.code) == ("failed", "generation.job_lost")


@pytest.mark.parametrize(
    "error", [Invalid("generation.take_broken", "x"), Internal("generation.checks_failed", "no label")]
)
def test_what_no_retry_mends_ends_the_production_at_once(world: World, error: AssentError) -> None:
    production, payload = render_payload(world)
    failing(world, error)(payload)
    stop = world.view(production).stop
    assert stop is not None
    assert stop.code == error.code


def test_a_broker_that_is_away_is_waited_for(world: World) -> None:
    production, payload = render_payload(world)
    with pytest.raises(Unavailable):
        failing(world, Unavailable("rpc.timeout", "x"))(payload)
    assert world.view(production).state == "queued"


@pytest.mark.parametrize("payload", [{}, {"kind": "render"}, {"kind": "dance", "job": "j"}])
def test_what_is_no_job_is_parked(payload: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="bad_job"):
        parse_job(payload)


class Tray:
    """Material that lies open, and a shelf that remembers."""

    def __init__(self, takes: list[bytes]) -> None:
        self.takes, self.shelf = takes, {}  # type: tuple[list[bytes], dict[str, bytes]]

    def take(self, number: int) -> bytes:
        return self.takes[number]

    def track(self, target: Path) -> None:
        target.write_bytes(track(79 / FPS))

    def stem(self, name: str, target: Path) -> None:
        soundfile.write(target, tone(79 / FPS), 48_000, subtype="FLOAT")

    def find(self, name: str, shot: int) -> bytes | None:
        return self.shelf.get(name)

    def keep(self, name: str, data: bytes, shot: int) -> None:
        self.shelf[name] = data


def nothing() -> None:
    """A guard that lets everything pass."""


def ignored(_fraction: float) -> None:
    """Nobody watches."""


def verify_delivery(film: Film, job: AssembleJob) -> None:
    """Everything beside the film, opened by software that did not write it."""
    files = {extra.name: extra for extra in film.extras}
    assert set(files) == {
        "timeline.otio", "timeline.edl", "captions.vtt", "captions.srt", "stems/dialogue.wav", "stems/beds.wav",
        "stills/001-s1.png", "stills/002-k2.png", "manifest.json",
    }  # fmt: skip
    told = json.loads(files["manifest.json"].path.read_text())
    listed = {one["name"]: one["sha256"] for one in told["files"]}
    assert listed["film.mp4"] == hashlib.sha256(film.path.read_bytes()).hexdigest()
    assert listed.keys() == {"film.mp4", *files} - {"manifest.json"}
    for name in ("stills/001-s1.png", "stems/dialogue.wav"):
        with c2pa.Reader(str(files[name].path)) as reader:
            told = json.loads(reader.json())
            assert "thumbnail" not in told["manifests"][told["active_manifest"]]  # it would carry no label
    still = Image.open(files["stills/002-k2.png"].path)
    assert still.size == (WIDTH, HEIGHT)
    assert json.loads(still.text["AIGC"])["ProduceID"] == job.production
    line = otio.adapters.read_from_string(files["timeline.otio"].path.read_text(), "otio_json")
    assert [clip.metadata["assent"]["take"] for clip in line.video_tracks()[0].find_clips()] == ["0" * 64, "1" * 64]


def test_the_cutting_room_makes_a_film_and_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    sweep_rooms(folder)
    room = LocalRoom(
        folder, load_identity(tmp_path / "c2pa", datetime.now(UTC)), lambda: "the note", draw_sheet,
        lambda: datetime.now(UTC),
    )  # fmt: skip
    job = AssembleJob(
        job="job_1",
        production="prd_1",
        partner="ptn_1",
        title="Tiny 😀",
        output="out_1",
        decision="dec_1",
        takes=(
            TakeRef(shot="s1", sha256="0" * 64, frames=49, transition="fade", caption="WS  a place"),
            TakeRef(shot="s2", sha256="1" * 64, frames=30, caption="CU  ANA: hello", note=TakeNote(key="k2")),
        ),
        stems={"dialogue": "3" * 64, "beds": "4" * 64},
        spoken=(Spoken(character="ANA", text="hello", start_s=2.2, end_s=2.9),),
        track="2" * 64,
        loudness_lufs=-15.4,
        width=WIDTH,
        height=HEIGHT,
        fps=FPS,
    )
    checks: list[int] = []
    material, done = Tray([take(49, 60), take(30, 140)]), []
    with room.finish(job, material, lambda: checks.append(1), done.append) as film:
        assert film.checks["c2pa"] == "Trusted"
        assert (film.checks["frames"], film.checks["cuts"], film.checks["shots"]) == (79, 1, 2)
        assert film.seconds == pytest.approx(79 / 24)
        assert len(checks) >= 79
        assert done == sorted(done)
        sheet = cv2.imdecode(np.frombuffer(film.contact_sheet, np.uint8), cv2.IMREAD_COLOR)
        assert sheet is not None
        assert sheet.shape[1] > 900
        assert read_aigc(film.path)["PropagateID"] == "out_1"
        verify_delivery(film, job)
    assert list(folder.iterdir()) == []

    refused = job.model_copy(update={"loudness_lufs": -40.0})
    with pytest.raises(Internal, match="checks_failed") as caught, room.finish(refused, material, nothing, ignored):
        pass
    assert "LU off the mix" in caught.value.info["errors"][0]
    assert list(folder.iterdir()) == []


def test_what_a_killed_worker_left_is_swept(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    for name in (f"{os.getpid()}-old", "999999999-gone", "1-alive", "stray"):
        (folder / name).mkdir(parents=True)
        (folder / name / "film.mp4").write_bytes(b"in clear")
    sweep_rooms(folder)
    assert [path.name for path in folder.iterdir()] == ["1-alive"]


def test_a_face_is_opened_by_its_permit(tmp_path: Path) -> None:
    blobs, key = BlobStore(tmp_path), b"k" * 32
    sha256 = blobs.put("library", b"photo", key)

    class Rpc:
        def call(self, method: object, asked: OpenAsset) -> OpenedAsset:
            if asked.permit != "good":
                raise Denied("identity.asset_not_permitted", "no")
            return OpenedAsset(sha256=sha256, media_type="image/png", data_key=b64u(key))

    faces = LibraryFaces(Rpc(), blobs)
    assert faces.open(sha256, "good") == b"photo"
    with pytest.raises(Denied):
        faces.open(sha256, "bad")


def test_a_photo_that_is_none() -> None:
    with pytest.raises(Invalid, match="bad_photo"):
        decode_photo(b"not a picture")
    done, png = cv2.imencode(".png", np.array([[[255, 0, 0]]], np.uint8))
    assert done
    assert decode_photo(png.tobytes())[0, 0].tolist() == [0, 0, 255]  # RGB


def test_every_stock_character_can_be_drawn_and_has_a_voice() -> None:
    assert set(VOICE_OF_STOCK) == set(stock_cast())
    assert set(VOICE_OF_STOCK.values()) <= {voice.id for voice in STOCK}
    assert len(set(VOICE_OF_STOCK.values())) == len(VOICE_OF_STOCK)  # nobody speaks with the voice of another
