"""What lies beside the film: captions, cutting lists, stems and stills, and a manifest that says what each file is.

Every picture and every stem is signed like the film. A still is made of the finished film, so it is made again for
every version; the rest is text or is there already.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation_service.contract.jobs import AssembleJob
from generation_service.film.captions import captions, sub_rip, web_vtt
from generation_service.film.mux import aigc_tag
from generation_service.film.stills import tagged
from generation_service.film.timeline import edit_list, timeline
from generation_service.usecases.parts import Extra, Material

WAV, PNG = "audio/wav", "image/png"
Sign = Callable[[Path, str], None]
"""Signs a file in place, by its media type."""


@dataclass(frozen=True)
class Desktop:
    """Where files are laid out, and how they are signed. ``check`` is the guard."""

    folder: Path
    sign: Sign
    check: Callable[[], None]

    def lay(self, name: str, media_type: str, data: bytes | str) -> Extra:
        """Write a file under its name in the delivery."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return Extra(name, media_type, path)

    def signed(self, extra: Extra) -> Extra:
        """A file that lies here, with its credential."""
        self.check()
        self.sign(extra.path, extra.media_type)
        return extra


def texts(job: AssembleJob, desktop: Desktop) -> Iterator[Extra]:
    """Cutting lists and captions."""
    yield desktop.lay("timeline.otio", "application/vnd.opentimelineio+json", timeline(job, _stems(job)))
    yield desktop.lay("timeline.edl", "text/plain", edit_list(job))
    if job.captions:
        made = captions(job.spoken)
        yield desktop.lay("captions.vtt", "text/vtt", web_vtt(made))
        yield desktop.lay("captions.srt", "application/x-subrip", sub_rip(made))


def stems(job: AssembleJob, material: Material, desktop: Desktop) -> Iterator[Extra]:
    """The sound in layers, signed."""
    for name, file in zip(sorted(job.stems), _stems(job), strict=True):
        desktop.check()
        path = desktop.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        material.stem(name, path)
        yield desktop.signed(Extra(file, WAV, path))


def still(job: AssembleJob, desktop: Desktop, number: int, png: bytes) -> Extra:
    """The picture of the shot at this place of the film, from 0, not signed yet."""
    take = job.takes[number]
    name = f"stills/{number + 1:03d}-{_plain(take.note.key or take.shot)}.png"
    return desktop.lay(name, PNG, tagged(png, aigc_tag(production=job.production, output=job.output)))


def _stems(job: AssembleJob) -> tuple[str, ...]:
    return tuple(f"stems/{_plain(name)}.wav" for name in sorted(job.stems))


def manifest(job: AssembleJob, film: Path, files: list[Extra], checks: dict[str, Any]) -> str:
    """JSON: what the delivery is, what allowed it, and the digest of every file of it."""
    listed = [Extra("film.mp4", "video/mp4", film), *files]
    return json.dumps(
        {
            "title": job.title,
            "production": job.production,
            "output": job.output,
            "decision": {"id": job.decision, "ledger_index": job.decision_index, "grants": list(job.grants)},
            "painter": job.made_with,
            "files": [_listed(one) for one in listed],
            "shots": [
                {"shot": take.shot, "take": take.sha256, "frames": take.frames, "transition": take.transition,
                 **take.note.model_dump(mode="json")}
                for take in job.takes
            ],
            "checks": checks,
        },
        indent=1, ensure_ascii=False, default=str,
    )  # fmt: skip


def _listed(one: Extra) -> dict[str, Any]:
    found = hashlib.sha256()
    with one.path.open("rb") as file:
        while data := file.read(1 << 20):
            found.update(data)
    return {
        "name": one.name, "media_type": one.media_type, "bytes": one.path.stat().st_size, "sha256": found.hexdigest()
    }  # fmt: skip


def _plain(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "shot"
