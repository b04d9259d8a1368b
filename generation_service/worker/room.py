"""The cutting room of the worker: takes and track to a finished film in a private folder that is emptied behind it.

The film is in clear for as long as this takes, in a folder only this user can read; a worker that starts empties what
a killed one left behind.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from generation_service.contract.jobs import AssembleJob
from generation_service.film.checks import Expected, Memory, verify_film
from generation_service.film.credentials import Claim, Identity, sign_film
from generation_service.film.ears import Listening
from generation_service.film.fusion.measure import Witness
from generation_service.film.label import DEFAULT_TEXT
from generation_service.film.mux import Piece, Recipe, aigc_tag, mux
from generation_service.film.stills import MOST_PICTURES, Picture, Still, middles, opened, spread
from generation_service.usecases.parts import Extra, Film, Material
from generation_service.worker.delivery import Desktop, manifest, stems, still, texts
from infra.kernel.errors import Internal
from infra.telemetry import log

Watching = tuple[Callable[[], None], Callable[[float], None]]
"""The guard, and who is told how far it is."""

_HANDS = 2
"""Threads beside the one that joins and looks."""


@dataclass(frozen=True)
class LocalRoom:
    """``checkpoint`` answers the ledger's latest signed note; ``sheet`` draws a contact sheet of chosen shots."""

    folder: Path
    identity: Identity
    checkpoint: Callable[[], str]
    sheet: Callable[[Sequence[Picture], AssembleJob], bytes]
    now: Callable[[], datetime]

    @contextmanager
    def finish(
        self, job: AssembleJob, material: Material, check: Callable[[], None], progress: Callable[[float], None]
    ) -> Iterator[Film]:
        """Join, label, tag, sign and check, in the order of formats.md; after the signature nothing is remuxed. Beside
        it the track is listened to, stems and stills are signed, and the contact sheet is drawn.
        """
        check = _in_turn(check)
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=self.folder) as name:
            folder = Path(name)
            desktop = Desktop(folder / "beside", self._signer(job), check)
            with ThreadPoolExecutor(_HANDS, "beside") as beside:
                track = folder / "track.m4a"
                material.track(track)
                listening = Listening.begun(track, Witness(job.takes, job.fps), check, beside)
                sounds = beside.submit(lambda: list(stems(job, material, desktop)))
                path = self._joined(job, material, track, (check, progress))
                album = Album(job, lambda at, png: beside.submit(desktop.signed, still(job, desktop, at, png)))
                checks = self._checked(job, path, Memory(material, album.lay, listening), check)
                progress(0.8)
                sheet = beside.submit(lambda: self.sheet(album.small(), job))
                files = [*texts(job, desktop), *sounds.result(), *album.stills()]
                files.append(desktop.lay("manifest.json", "application/json", manifest(job, path, files, checks)))
            yield Film(path, float(checks["seconds"]), sheet.result(), checks, tuple(files))

    def _joined(self, job: AssembleJob, material: Material, track: Path, watch: Watching) -> Path:
        """The film, labelled, tagged and signed, beside its track."""
        check, progress = watch
        path = track.with_name("film.mp4")
        mux(
            _pieces(job, material), track, _recipe(job), path, check, shelf=material,
            progress=lambda done: progress(0.5 * done),
        )  # fmt: skip
        check()
        sign_film(path, self.identity, self._claim(job, material))
        check()
        return path

    def _checked(self, job: AssembleJob, path: Path, memory: Memory, check: Callable[[], None]) -> dict[str, Any]:
        """What the release checks measured; raises Internal ``generation.checks_failed`` when one of them fails."""
        measured, errors = verify_film(path, _expected(job), self.identity, check, memory)
        if errors:
            log.error("film.checks_failed", job=job.job, errors=errors)
            detail = "the finished film did not pass its checks: " + "; ".join(errors)
            raise Internal("generation.checks_failed", detail, errors=errors)
        return measured | {"ducking_db": job.ducking_db, "shots": len(job.takes)}

    def _signer(self, job: AssembleJob) -> Callable[[Path, str], None]:
        claim = Claim(job.title, self.now(), self._consent(job), ())
        return lambda path, media_type: sign_film(path, self.identity, claim, media_type)

    def _claim(self, job: AssembleJob, material: Material) -> Claim:
        ingredients = [(f"shot {at + 1}", partial(material.take, at)) for at in range(len(job.takes))]
        return Claim(job.title, self.now(), self._consent(job), ingredients)

    def _consent(self, job: AssembleJob) -> dict[str, Any]:
        return {
            "production": job.production,
            "decision": job.decision,
            "grants": list(job.grants),
            "ledger_index": job.decision_index,
            "checkpoint": self.checkpoint(),
        }


class Album:
    """The stills of a film, handed on to be signed as they come, and small ones of those that a contact sheet shows."""

    def __init__(self, job: AssembleJob, sign: Callable[[int, bytes], Future[Extra]]) -> None:
        self._sign, self._signed = sign, dict[int, Future[Extra]]()
        self._takes = {frame: take for take, frame in enumerate(middles([take.frames for take in job.takes]))}
        self._shown = set(spread(len(job.takes), MOST_PICTURES))
        self._small: dict[int, bytes] = {}

    def lay(self, frame: int, still: Still) -> None:
        """The still of a picture of the film."""
        take = self._takes[frame]
        self._signed[take] = self._sign(take, still.png)
        if take in self._shown:
            self._small[take] = still.small

    def stills(self) -> list[Extra]:
        """All of them, signed, in the order of the film."""
        return [self._signed[take].result() for take in sorted(self._signed)]

    def small(self) -> list[Picture]:
        """RGB, in the order of the film."""
        return [opened(self._small[take]) for take in sorted(self._small)]


def _in_turn(check: Callable[[], None]) -> Callable[[], None]:
    """The guard for several threads, one at a time."""
    turn = Lock()

    def checked() -> None:
        with turn:
            check()

    return checked


def _pieces(job: AssembleJob, material: Material) -> list[Piece]:
    return [
        Piece(partial(material.take, at), take.frames, take.transition, take.sha256)
        for at, take in enumerate(job.takes)
    ]


def sweep_rooms(folder: Path) -> None:
    """Empty what workers that no longer live have left behind, and make the folder when there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.iterdir():
        owner = left.name.partition("-")[0]
        if not (owner.isdigit() and Path(f"/proc/{owner}").exists()) or owner == str(os.getpid()):
            shutil.rmtree(left, ignore_errors=True)


def _recipe(job: AssembleJob) -> Recipe:
    metadata = {
        "title": job.title,
        "comment": DEFAULT_TEXT,
        "AIGC": aigc_tag(production=job.production, output=job.output),
    }
    return Recipe(job.width, job.height, job.fps, DEFAULT_TEXT, metadata)


def _expected(job: AssembleJob) -> Expected:
    starts, frames = [], 0
    for take in job.takes:
        starts.append(frames)
        frames += take.frames
    cuts = tuple(start for start, take in zip(starts, job.takes, strict=True) if start and take.transition == "cut")
    return Expected(
        frames=frames,
        fps=job.fps,
        width=job.width,
        height=job.height,
        label=DEFAULT_TEXT,
        loudness_lufs=job.loudness_lufs,
        cuts=cuts,
        produce_id=job.production,
        takes=job.takes,
    )
