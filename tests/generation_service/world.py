"""A generation service in one process: memory log, real blobs, simulators for consent, library, painter and room."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audio_service.contract.jobs import LineJob, LineSpoken, MixJob, TrackMixed
from audio_service.contract.speech import SpeechTiming, Timed
from consent_service.contract.decisions import Decision, DecisionRequest, LeaseClosed, Reason
from generation_service.contract.jobs import AssembleJob, RenderJob
from generation_service.contract.methods import CastMember, GetProduction, ProductionView, SubmitProduction
from generation_service.contract.shots import Place, Shot
from generation_service.domain.casting import Roster
from generation_service.domain.ports import Books
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.store.memory import memory_books
from generation_service.usecases.ask import Ask
from generation_service.usecases.desk import Desk
from generation_service.usecases.follow import Follow
from generation_service.usecases.parts import Extra, Film, Material, Painted
from generation_service.usecases.release import ReleaseFilm
from generation_service.usecases.revise import Revise
from generation_service.usecases.submit import Submit
from generation_service.usecases.take import MakeTake
from infra.blobs import BlobStore
from infra.eventlog.memory import MemoryLog
from infra.kernel.clock import FixedClock
from infra.kernel.errors import AssentError

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
FACE, VOICE = "a" * 64, "b" * 64
PARTNER = "ptn_1"
CAST = {
    "ANA": CastMember(subject="sub_1", face=FACE, voice=VOICE),
    "TOMAS": CastMember(stock="jonas"),
}
SCREENPLAY = """Title: Test

INT. KITCHEN - DAWN

[[bed="rain"]]
Rain on the window.

ANA
(softly)
You are up early.

TOMAS
Somebody had to be.
"""
ROSTER = Roster(VOICE_OF_STOCK, tuple(sorted(set(VOICE_OF_STOCK.values()))))


def place_of(heading: str, action: str, seed: int) -> Place:
    return Place(name=heading, kind="kitchen", interior=heading.startswith("INT"), seed=seed)


def command(**changes: Any) -> SubmitProduction:
    basis: dict[str, Any] = {
        "command_id": "cmd-1",
        "partner": PARTNER,
        "screenplay": SCREENPLAY,
        "cast": CAST,
        "purpose": "entertainment",
    }
    return SubmitProduction.model_validate({**basis, **changes})


class SimConsent:
    """Decides as told. ``stop`` is raised by the guard from its ``stop_at``-th read on, ``refuse`` when a lease is
    opened, ``gate`` when one is completed; ``gate_after`` is raised although the gate was passed.
    """

    def __init__(self) -> None:
        self.allow = True
        self.refuse: AssentError | None = None
        self.stop: AssentError | None = None
        self.stop_at = 0
        self.gate: AssentError | None = None
        self.gate_after: AssentError | None = None
        self.decided: list[DecisionRequest] = []
        self.opened: list[str] = []
        self.passed: list[tuple[str, str]] = []

    def decide(self, request: DecisionRequest) -> Decision:
        self.decided.append(request)
        reasons = () if self.allow else (Reason(code="consent.no_grant", detail="no grant covers it"),)
        grants = {f"{use.subject}/{use.modality}": f"grt_{use.modality}" for use in request.uses}
        return Decision(
            id="dec_1",
            allow=self.allow,
            reasons=reasons,
            grants=grants,
            flags_version=1,
            ledger_index=7,
            at=START,
        )

    @contextmanager
    def lease(self, *, job: str, kind: str = "synthesis", **_: Any) -> Iterator["SimRun"]:
        if self.refuse is not None:
            raise self.refuse
        self.opened.append(job)
        yield SimRun(self, job, kind)


@dataclass
class SimRun:
    consent: SimConsent
    job: str
    kind: str
    token: str = "not-a-jwt"
    checks: int = 0

    def check(self) -> None:
        self.checks += 1
        if self.consent.stop is not None and self.checks > self.consent.stop_at:
            raise self.consent.stop

    def complete(self, *, output_sha256: str, seconds: float, takes: Sequence[str] = ()) -> LeaseClosed:
        if self.consent.gate is not None:
            raise self.consent.gate
        self.consent.passed.append((self.kind, output_sha256))
        if self.consent.gate_after is not None:
            raise self.consent.gate_after
        index = 100 + len(self.consent.passed)
        return LeaseClosed(lease="lse_1", entry_id="e", ledger_index=index, at=START)


@dataclass
class SimPainter:
    """Paints bytes that name the picture; reads the guard once for every twelve frames."""

    painted: list[str] = field(default_factory=list)
    between: Callable[[], None] = lambda: None

    def paint(
        self, shot: Shot, faces: Mapping[str, bytes], check: Callable[[], None], progress: Callable[[float], None]
    ) -> Painted:
        for at in range(0, shot.frames, 12):
            self.between()
            progress(at / shot.frames)
            check()
        self.painted.append(shot.id)
        lines = "|".join(line.text for line in shot.lines)
        mp4 = f"take {shot.place.name} {shot.size} {shot.seed} {shot.action} {lines} {sorted(faces)}".encode()
        return Painted(mp4, shot.frames, {"fps": 50.0})


class SimFaces:
    def __init__(self) -> None:
        self.opened: list[str] = []

    def open(self, sha256: str, permit: str) -> bytes:
        self.opened.append(sha256)
        return b"photo"


@dataclass
class SimRoom:
    built: int = 0
    encoded: list[str] = field(default_factory=list)
    fail: AssentError | None = None
    between: Callable[[], None] = lambda: None
    after_part: Callable[[], None] = lambda: None

    @contextmanager
    def finish(
        self, job: AssembleJob, material: Material, check: Callable[[], None], progress: Callable[[float], None]
    ) -> Iterator[Film]:
        self.between()
        check()
        if self.fail is not None:
            raise self.fail
        self.built += 1
        seconds = sum(take.frames for take in job.takes) / job.fps
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            material.track(folder / "track.wav")
            parts = [self._part(material, take.sha256, at) for at, take in enumerate(job.takes)]
            (folder / "film.mp4").write_bytes(b"film:" + b"".join(parts) + (folder / "track.wav").read_bytes())
            (folder / "captions.vtt").write_text(f"WEBVTT {job.output}")
            extra = Extra("captions.vtt", "text/vtt", folder / "captions.vtt")
            progress(0.5)
            check()
            yield Film(folder / "film.mp4", seconds, b"sheet", {"watermark": "none"}, (extra,))

    def _part(self, material: Material, sha256: str, at: int) -> bytes:
        """A part of the film, encoded unless some film has it."""
        known = material.find(f"part {sha256}", at)
        if known is None:
            known = material.take(at)
            material.keep(f"part {sha256}", known, at)
            self.encoded.append(sha256)
        self.after_part()
        return known


class World:
    """Everything wired. ``pump`` delivers what lies in the outbox until nothing is left to do."""

    def __init__(self, folder: Path, log: Any = None, books: Books | None = None) -> None:
        self.log, self.clock = log or MemoryLog(), FixedClock(START)
        self.books, self.blobs = books or memory_books(), BlobStore(folder / "blobs")
        self.consent, self.painter, self.faces, self.room = SimConsent(), SimPainter(), SimFaces(), SimRoom()
        self.desk = Desk(self.log, self.books, self.blobs, self.clock)
        self.submit = Submit(self.desk, lambda: ROSTER, self.consent.decide, place_of)
        self.follow, self.ask = Follow(self.desk), Ask(self.desk)
        self.revise = Revise(self.desk, self.submit)
        self.take = MakeTake(self.desk, self.consent, self.faces, self.painter)
        self.film = ReleaseFilm(self.desk, self.consent, self.room)
        self.sent = 0
        self.spoken: list[str] = []

    def jobs(self, kind: str) -> list[Any]:
        """All jobs of a kind that were ever sent, oldest first."""
        models: dict[str, Any] = {"line": LineJob, "mix": MixJob, "render": RenderJob, "assemble": AssembleJob}
        bodies = [message.body for message in self.log.outbox if message.exchange == ""]
        return [models[kind].model_validate(body) for body in bodies if body["kind"] == kind]

    def speak(self, job: LineJob, seconds: float = 1.5) -> LineSpoken:
        """The event a spoken line gives; its bytes lie in the ``takes`` area, if the production still has its key."""
        key = self.desk.key(job.production)
        sha256 = self.blobs.put("takes", f"line {job.text}".encode(), key) if key else "0" * 64
        if job.known is None:
            self.spoken.append(job.text)
        timing = (
            job.known.timing
            if job.known
            else SpeechTiming(
                seconds=seconds,
                words=(Timed(text="a", start_s=0, end_s=seconds),),
                phonemes=(Timed(text="a", start_s=0.1, end_s=seconds - 0.1),),
            )
        )
        return LineSpoken(
            job=job.job,
            production=job.production,
            shot=job.shot,
            line=job.line,
            sha256=sha256,
            timing=timing,
            engine="engine-1",
            reused=job.known is not None,
            ledger_index=9,
        )

    def mix(self, job: MixJob) -> TrackMixed:
        key = self.desk.key(job.production)
        sha256 = self.blobs.put("takes", b"track", key) if key else "0" * 64
        return TrackMixed(
            job=job.job,
            production=job.production,
            sha256=sha256,
            seconds=job.seconds,
            loudness_lufs=-16.0,
            true_peak_dbtp=-1.5,
            ducking_db=-9.0,
        )

    def run_job(self, body: dict[str, Any]) -> None:
        kind = body["kind"]
        if kind == "line":
            job = LineJob.model_validate(body)
            self.follow.line_spoken(f"evt-{job.job}", self.speak(job))
        elif kind == "mix":
            mix = MixJob.model_validate(body)
            self.follow.track_mixed(f"evt-{mix.job}", self.mix(mix))
        elif kind == "render":
            self.take(RenderJob.model_validate(body))
        else:
            self.film(AssembleJob.model_validate(body))

    def pump(self) -> None:
        while self.sent < len(self.log.outbox):
            message = self.log.outbox[self.sent]
            self.sent += 1
            if message.exchange == "":
                self.run_job(message.body)

    def view(self, production: str) -> ProductionView:
        return self.ask.get(GetProduction(production=production))

    def types(self, production: str) -> list[str]:
        events = self.log.run(lambda tx: tx.read(production))
        return [event.type.removeprefix("generation.").removesuffix(".v1") for event in events]
