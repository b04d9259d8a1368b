"""Cutting lists of a film: OpenTimelineIO, and CMX 3600 for tools that read nothing newer.

Every clip names the take it shows by its digest and says in its metadata what made it: shot key, seed, alternate, lock,
painter, and the permit, grants and ledger entry that allowed it. The media are the film itself and its stems, so the
list opens on the files that lie beside it.
"""

from collections.abc import Iterator
from typing import Any

import opentimelineio as otio

from generation_service.contract.jobs import AssembleJob, TakeRef

FILM = "film.mp4"
_REEL = "FILM"


def timeline(job: AssembleJob, stems: tuple[str, ...] = ()) -> str:
    """The film as OpenTimelineIO JSON: one picture track, one track of sound for each stem (the mix where none)."""
    frames = sum(take.frames for take in job.takes)
    line = otio.schema.Timeline(name=job.title, global_start_time=_at(0, job))
    line.metadata["assent"] = {
        "production": job.production, "output": job.output, "decision": job.decision,
        "decision_index": job.decision_index, "grants": list(job.grants), "painter": job.made_with,
    }  # fmt: skip
    pictures = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    start = 0
    for number, take in enumerate(job.takes, 1):
        pictures.append(_clip(job, take, number, start))
        start += take.frames
    line.tracks.append(pictures)
    for name in stems or (FILM,):
        sound = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
        sound.append(_media(job, name.rpartition("/")[2], name, (0, frames)))
        line.tracks.append(sound)
    return str(otio.adapters.write_to_string(line, "otio_json"))


def _clip(job: AssembleJob, take: TakeRef, number: int, start: int) -> Any:
    clip = _media(job, f"{number:03d} {take.note.key or take.shot}", FILM, (start, take.frames))
    clip.metadata["assent"] = {
        "take": take.sha256, "shot": take.shot, "transition": take.transition, "size": take.size,
        **take.note.model_dump(mode="json"),
    }  # fmt: skip
    color = "GREEN" if take.note.lock else "BLUE"
    text = f"{take.caption}{' (locked)' if take.note.lock else ''}"
    marker = otio.schema.Marker(name=text, color=color, marked_range=_range(start, 1, job))
    clip.markers.append(marker)
    return clip


def _media(job: AssembleJob, name: str, url: str, span: tuple[int, int]) -> Any:
    frames = sum(take.frames for take in job.takes)
    media = otio.schema.ExternalReference(target_url=url, available_range=_range(0, frames, job))
    return otio.schema.Clip(name=name, media_reference=media, source_range=_range(*span, job))


def _at(frame: int, job: AssembleJob) -> Any:
    return otio.opentime.RationalTime(frame, job.fps)


def _range(start: int, frames: int, job: AssembleJob) -> Any:
    return otio.opentime.TimeRange(_at(start, job), _at(frames, job))


def edit_list(job: AssembleJob) -> str:
    """The film as a CMX 3600 edit decision list, non-drop time code from 01:00:00:00. What it has no field for stands
    in comments, one ``ASSENT`` line for each event, which readers keep or pass over.
    """
    return "\n".join([f"TITLE: {_plain(job.title)[:60]}", "FCM: NON-DROP FRAME", "", *_events(job)]) + "\n"


def _events(job: AssembleJob) -> Iterator[str]:
    start, hour = 0, 3600 * job.fps
    for number, take in enumerate(job.takes, 1):
        end = start + take.frames
        times = " ".join(_code(frame, job.fps) for frame in (start, end, hour + start, hour + end))
        yield f"{number:03d}  {_REEL:<8} V     C        {times}"
        yield f"* FROM CLIP NAME: {number:03d} {take.note.key or take.shot}"
        yield f"* FROM FILE: {FILM}"
        note = take.note
        grants = ",".join(note.grants) or "none"
        yield (
            f"* ASSENT: TAKE {take.sha256} SEED {note.seed} ALTERNATE {note.alternate} "
            f"LOCK {'yes' if note.lock else 'no'} GRANTS {grants} PERMIT {note.permit or 'none'} "
            f"ENTRY {'none' if note.ledger_index is None else note.ledger_index} TRANSITION {take.transition}"
        )
        start = end


def _code(frame: int, fps: int) -> str:
    seconds, rest = divmod(frame, fps)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{rest:02d}"


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
