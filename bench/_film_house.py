"""A film made with real engines: plan, pictures and cutting room in this process, speech and mix in another, as a house
has a worker for each. No bus, and a ledger that only ever says yes; what is measured is the work between its answers.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from audio_service.backends.engine import Engine
from audio_service.backends.stock import STOCK
from audio_service.contract.jobs import LineJob, LineSpoken, MixJob, TrackMixed
from audio_service.domain.ports import Spoken
from audio_service.usecases.reuse import known_sound
from consent_service.contract.decisions import Decision, DecisionRequest, LeaseClosed
from generation_service.bootstrap import painter_version, place_of
from generation_service.contract.jobs import AssembleJob, RenderJob
from generation_service.contract.methods import (
    GetProduction,
    ProductionKey,
    ProductionView,
    ReviseProduction,
    SubmitProduction,
)
from generation_service.domain.casting import Roster
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.film.credentials import load_identity
from generation_service.film.fusion.measure import warm_judges
from generation_service.store.memory import memory_books
from generation_service.usecases.ask import Ask
from generation_service.usecases.desk import Desk
from generation_service.usecases.follow import Follow
from generation_service.usecases.release import ReleaseFilm
from generation_service.usecases.revise import Revise
from generation_service.usecases.submit import Submit
from generation_service.usecases.take import MakeTake
from generation_service.worker.painting import PrevisPainter, draw_sheet
from generation_service.worker.room import LocalRoom, sweep_rooms
from infra.blobs import BlobStore
from infra.eventlog.memory import MemoryLog
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import unb64u

PARTNER = "ptn_bench"


class _Yes:
    """Leases that are always given; every read of the guard returns."""

    @contextmanager
    def lease(self, **_: Any) -> Iterator["_Yes"]:
        yield self

    @property
    def token(self) -> str:
        """A permit of nobody."""
        return "bench"

    def check(self) -> None:
        """Everything stands."""

    def complete(self, *, output_sha256: str, seconds: float, takes: Any = ()) -> LeaseClosed:
        return LeaseClosed(lease="lse_1", entry_id="e", ledger_index=1, at=datetime.now(UTC))


class _Library:
    def __init__(self, photos: Mapping[str, bytes]) -> None:
        self._photos = photos

    def open(self, sha256: str, permit: str) -> bytes:
        return self._photos[sha256]


@dataclass
class _Vault:
    house: "FilmHouse"

    def production_key(self, production: str, job: str, source: str | None = None) -> bytes:
        asked = ProductionKey(production=production, job=job, source=source)
        return unb64u(self.house.ask.production_key(asked).data_key)

    def take(self, sha256: str, key: bytes) -> bytes:
        return self.house.blobs.get("takes", sha256, key)


class FilmHouse:
    """``seconds`` holds what each phase of the last film took."""

    def __init__(self, folder: Path, photos: Mapping[str, bytes]) -> None:
        self.log, self.clock, self.shelf = MemoryLog(), SystemClock(), folder / "blobs"
        self.blobs = BlobStore(self.shelf)
        desk = Desk(self.log, memory_books(), self.blobs, self.clock)
        roster = Roster(VOICE_OF_STOCK, tuple(spec.id for spec in STOCK))
        self.submit = Submit(desk, lambda: roster, _decided, place_of, painter=painter_version())
        self.desk, self.follow, self.ask = desk, Follow(desk), Ask(desk)
        self.revise = Revise(desk, self.submit)
        self.studio = ProcessPoolExecutor(1, get_context("spawn"))
        self.studio.submit(_engine).result()
        self.painting = ThreadPoolExecutor(1, "painting")
        painter = PrevisPainter()
        painter.warm_up()
        warm_judges()
        sweep_rooms(folder / "work")
        room = LocalRoom(
            folder / "work", load_identity(folder / "c2pa", self.clock.now()), lambda: "note", draw_sheet,
            self.clock.now,
        )  # fmt: skip
        self.take = MakeTake(desk, _Yes(), _Library(photos), painter, painter_version())
        self.film = ReleaseFilm(desk, _Yes(), room)
        self.seconds: dict[str, float] = {}
        self._sent = 0

    def make(self, command: SubmitProduction) -> ProductionView:
        """Submit a film and see it released."""
        return self._run(lambda: self.submit(command).id)

    def edit(self, command: ReviseProduction) -> ProductionView:
        """A new version of one, released."""
        return self._run(lambda: self.revise(command).id)

    def _run(self, start: Any) -> ProductionView:
        began = time.perf_counter()
        self.seconds = dict.fromkeys(("line", "render", "mix", "assemble"), 0.0)
        production = start()
        self.seconds["plan"] = time.perf_counter() - began
        working: set[Future[Any]] = set()
        while working := working | self._begun():
            done, working = wait(working, return_when=FIRST_COMPLETED)
            for one in done:
                self._ended(one.result())
        self.seconds["all"] = time.perf_counter() - began
        return self.ask.get(GetProduction(production=production))

    def _begun(self) -> set["Future[Done]"]:
        """New jobs, handed to the worker they are for, which takes them one after another."""
        new, self._sent = self.log.outbox[self._sent :], len(self.log.outbox)
        return {self._job(message.body) for message in new if message.exchange == ""}

    def _job(self, body: dict[str, Any]) -> "Future[Done]":
        if body["kind"] in ("render", "assemble"):
            return self.painting.submit(self._picture, body)
        key = self.desk.key(body["production"]) or b""
        if body["kind"] == "line":
            line = LineJob.model_validate(body)
            known = known_sound(line, Engine.version, _Vault(self))  # type: ignore[arg-type]
            return self.studio.submit(_spoken, line, known, self.shelf, key)
        return self.studio.submit(_mixed, MixJob.model_validate(body), self.shelf, key)

    def _picture(self, body: dict[str, Any]) -> "Done":
        began = time.perf_counter()
        if body["kind"] == "render":
            self.take(RenderJob.model_validate(body))
        else:
            self.film(AssembleJob.model_validate(body))
        return Done(body["kind"], time.perf_counter() - began)

    def _ended(self, done: "Done") -> None:
        if isinstance(done.told, LineSpoken):
            self.follow.line_spoken(f"evt-{done.told.job}", done.told)
        elif done.told is not None:
            self.follow.track_mixed(f"evt-{done.told.job}", done.told)
        self.seconds[done.kind] += done.seconds


@dataclass(frozen=True)
class Done:
    """A job that has ended: the seconds of work, and the event of the audio worker."""

    kind: str
    seconds: float
    told: LineSpoken | TrackMixed | None = None


@cache
def _engine() -> Engine:
    """The audio worker's own, in its process."""
    return Engine.warmed()


def _spoken(job: LineJob, known: Spoken | None, shelf: Path, key: bytes) -> Done:
    began, blobs = time.perf_counter(), BlobStore(shelf)
    spoken = known or _engine().speak(job, None, _nothing, _ignored)
    said = LineSpoken(
        job=job.job, production=job.production, shot=job.shot, line=job.line, timing=spoken.timing,
        sha256=blobs.put("takes", spoken.wav, key), engine=Engine.version, reused=known is not None,
    )  # fmt: skip
    return Done(job.kind, time.perf_counter() - began, said)


def _mixed(job: MixJob, shelf: Path, key: bytes) -> Done:
    began, blobs = time.perf_counter(), BlobStore(shelf)
    mixed = _engine().mix(job, [blobs.get("takes", cue.sha256, key) for cue in job.cues], _nothing, _ignored)
    track = TrackMixed(
        job=job.job, production=job.production, sha256=blobs.put("takes", mixed.track, key), seconds=mixed.seconds,
        loudness_lufs=mixed.loudness_lufs, true_peak_dbtp=mixed.true_peak_dbtp, ducking_db=mixed.ducking_db,
        stems={name: blobs.put("takes", wav, key) for name, wav in mixed.stems.items()},
    )  # fmt: skip
    return Done(job.kind, time.perf_counter() - began, track)


@contextmanager
def film_house(photos: Mapping[str, bytes]) -> Iterator[FilmHouse]:
    """A house in a folder of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-film-"))
    try:
        house = FilmHouse(folder, photos)
        with house.studio, house.painting:
            yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _decided(request: DecisionRequest) -> Decision:
    grants = {f"{use.subject}/{use.modality}": "grt_bench" for use in request.uses}
    return Decision(
        id="dec_1", allow=True, reasons=(), grants=grants, flags_version=1, ledger_index=1, at=datetime.now(UTC)
    )


def _nothing() -> None:
    """A guard that lets everything pass."""


def _ignored(_fraction: float) -> None:
    """Nobody watches."""
