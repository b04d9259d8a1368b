"""The cutting room of the worker: takes and track to a finished film in a private folder that is emptied behind it.

The film is in clear for as long as this takes, in a folder only this user can read; a worker that starts empties what
a killed one left behind.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from generation_service.contract.jobs import AssembleJob
from generation_service.film.checks import Expected, verify_film
from generation_service.film.credentials import Claim, Identity, sign_film
from generation_service.film.label import DEFAULT_TEXT
from generation_service.film.mux import Piece, Recipe, aigc_tag, mux
from generation_service.film.stills import MOST_PICTURES, Picture, middles, pictures_at, spread, thumbnail
from generation_service.usecases.parts import Film, Material
from generation_service.worker.delivery import Desktop, extras, manifest
from infra.kernel.errors import Internal
from infra.telemetry import log


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
        """Join, label, tag, sign and check, in the order of formats.md; after the signature nothing is remuxed."""
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=self.folder) as name:
            folder = Path(name)
            path, wav = folder / "film.mp4", folder / "track.wav"
            material.track(wav)
            mux(
                _pieces(job, material), wav, _recipe(job), path, check, shelf=material,
                progress=lambda done: progress(0.5 * done),
            )  # fmt: skip
            wav.unlink()
            check()
            sign_film(path, self.identity, self._claim(job, material))
            check()
            measured, errors = verify_film(path, _expected(job), self.identity, check)
            if errors:
                log.error("film.checks_failed", job=job.job, errors=errors)
                detail = "the finished film did not pass its checks: " + "; ".join(errors)
                raise Internal("generation.checks_failed", detail, errors=errors)
            progress(0.8)
            measured |= {"ducking_db": job.ducking_db, "shots": len(job.takes)}
            yield self._delivery(job, material, Laid(path, folder, measured), check)

    def _delivery(self, job: AssembleJob, material: Material, laid: "Laid", check: Callable[[], None]) -> Film:
        """The film with all that lies beside it."""
        wanted, shown = middles([take.frames for take in job.takes]), set(spread(len(job.takes), MOST_PICTURES))
        small: list[Picture] = []

        def pictures() -> Iterator[Picture]:
            for number, picture in enumerate(pictures_at(laid.film, wanted, job.fps, check)):
                if number in shown:
                    small.append(thumbnail(picture))
                yield picture

        desktop = Desktop(laid.folder / "beside", self._signer(job), check)
        files = list(extras(job, material, desktop, pictures()))
        files.append(desktop.lay("manifest.json", "application/json", manifest(job, laid.film, files, laid.checks)))
        sheet = self.sheet(small, job)
        return Film(laid.film, float(laid.checks["seconds"]), sheet, laid.checks, tuple(files))

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


@dataclass(frozen=True)
class Laid:
    """A signed and checked film in its folder, and what was measured on it."""

    film: Path
    folder: Path
    checks: dict[str, Any]


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
