"""The previs backend behind the use cases' :class:`~generation_service.usecases.parts.Painter`, and contact sheets."""

import io
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import VoiceRef
from generation_service.contract.jobs import AssembleJob
from generation_service.contract.shots import Character, Place, Shot
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.previs import PrevisBackend, contact_sheet
from generation_service.usecases.parts import Painted
from infra.kernel.errors import Invalid

_MOST_PICTURES = 24
Picture = NDArray[np.uint8]


class PrevisPainter:
    """Renders with one backend, shot after shot."""

    def __init__(self) -> None:
        self._backend = PrevisBackend()

    def warm_up(self) -> None:
        """Draw one small close-up, so that compiling kernels and loading models never holds up a running lease."""
        face = Character(name="warm-up", stock=next(iter(VOICE_OF_STOCK)), voice=VoiceRef())
        place = Place(name="warm-up", kind="room", interior=True)
        shot = Shot(
            id="warm-up", number=1, scene=1, heading="INT. ROOM", place=place, size="CU", characters=(face,),
            speaker=face.name, frames=2, width=320, height=180,
        )  # fmt: skip
        self._backend.still(shot, 0.0)

    def paint(
        self, shot: Shot, faces: Mapping[str, bytes], check: Callable[[], None], progress: Callable[[float], None]
    ) -> Painted:
        """A take of exactly ``shot.frames`` frames. What ``check`` raises leaves here unchanged."""
        started, out = time.perf_counter(), io.BytesIO()
        pictures = {sha256: decode_photo(data) for sha256, data in faces.items()}
        take = self._backend.render(shot, faces=pictures, out=out, check=check, progress=progress)
        rate = take.frames / max(1e-9, time.perf_counter() - started)
        return Painted(out.getvalue(), take.frames, {"frames_per_second": round(rate, 1)})


def decode_photo(data: bytes) -> Picture:
    """RGB picture (height, width, 3) of a library photo; Invalid ``generation.bad_photo`` when it is none."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise Invalid("generation.bad_photo", "the permitted reference does not decode as a picture")
    return np.ascontiguousarray(np.asarray(picture, dtype=np.uint8)[:, :, ::-1])


def draw_sheet(path: Path, job: AssembleJob) -> bytes:
    """PNG of one picture from the middle of each shot (at most 24 shots, spread over the film), with its time."""
    chosen = np.unique(np.linspace(0, len(job.takes) - 1, min(_MOST_PICTURES, len(job.takes))).round().astype(int))
    starts = np.cumsum([0, *(take.frames for take in job.takes)])
    wanted = {int(starts[at]) + job.takes[at].frames // 2: at for at in chosen}
    pictures, captions = [], []
    for number, picture in _pictures(path, set(wanted)):
        seconds = number / job.fps
        pictures.append(picture)
        captions.append(f"{int(seconds // 60):02d}:{seconds % 60:04.1f} | {job.takes[wanted[number]].caption}")
    length = float(starts[-1]) / job.fps
    subtitle = f"{len(job.takes)} shots, {length:.1f} s, {job.width}×{job.height} at {job.fps} frames a second"
    return contact_sheet(pictures, captions, title=job.title, subtitle=subtitle)


def _pictures(path: Path, wanted: set[int]) -> list[tuple[int, Picture]]:
    found = []
    with av.open(str(path), "r") as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in wanted:
                found.append((number, np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)))
    return found
