"""The cutting room of the worker: takes and track to a finished film in a private folder that is emptied behind it.

The film is in clear for as long as this takes, in a folder only this user can read; a worker that starts empties what
a killed one left behind.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from generation_service.contract.jobs import AssembleJob
from generation_service.film.checks import Expected, verify_film
from generation_service.film.credentials import Claim, Identity, sign_film
from generation_service.film.label import DEFAULT_TEXT
from generation_service.film.mux import Piece, Recipe, aigc_tag, mux
from generation_service.usecases.parts import Film
from infra.kernel.errors import Internal
from infra.telemetry import log


@dataclass(frozen=True)
class LocalRoom:
    """``checkpoint`` answers the ledger's latest signed note; ``sheet`` draws a contact sheet of a film file."""

    folder: Path
    identity: Identity
    checkpoint: Callable[[], str]
    sheet: Callable[[Path, AssembleJob], bytes]
    now: Callable[[], datetime]

    def finish(self, job: AssembleJob, takes: Sequence[bytes], wav: bytes, check: Callable[[], None]) -> Film:
        """Join, label, tag, sign and check, in the order of formats.md; after the signature nothing is remuxed."""
        pieces = [
            Piece(mp4, take.frames, take.transition) for mp4, take in zip(takes, job.takes, strict=True)
        ]  # fmt: skip
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=self.folder) as name:
            path = Path(name) / "film.mp4"
            mux(pieces, wav, _recipe(job), path, check)
            check()
            sign_film(path, self.identity, self._claim(job, takes))
            check()
            measured, errors = verify_film(path, _expected(job), self.identity, check)
            if errors:
                log.error("film.checks_failed", job=job.job, errors=errors)
                detail = "the finished film did not pass its checks: " + "; ".join(errors)
                raise Internal("generation.checks_failed", detail, errors=errors)
            check()
            measured |= {"ducking_db": job.ducking_db, "shots": len(job.takes)}
            return Film(path.read_bytes(), float(measured["seconds"]), self.sheet(path, job), measured)

    def _claim(self, job: AssembleJob, takes: Sequence[bytes]) -> Claim:
        consent: dict[str, Any] = {
            "production": job.production,
            "decision": job.decision,
            "grants": list(job.grants),
            "ledger_index": job.decision_index,
            "checkpoint": self.checkpoint(),
        }
        ingredients = [(f"shot {number}", mp4) for number, mp4 in enumerate(takes, 1)]
        return Claim(job.title, self.now(), consent, ingredients)


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
