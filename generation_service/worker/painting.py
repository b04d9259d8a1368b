"""The previs backend behind the use cases' :class:`~generation_service.usecases.parts.Painter`, and contact sheets."""

import io
import time
from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from audio_service.contract.speech import VoiceRef
from generation_service.contract.jobs import AssembleJob
from generation_service.contract.shots import Character, Place, Shot
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.film.stills import MOST_PICTURES, middles, spread
from generation_service.previs import PrevisBackend, contact_sheet
from generation_service.usecases.parts import Painted
from infra.kernel.errors import Invalid

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


def draw_sheet(pictures: Sequence[Picture], job: AssembleJob) -> bytes:
    """PNG of one picture (RGB) from each of the shots that a sheet shows, with its time; see ``stills.spread``."""
    frames = [take.frames for take in job.takes]
    places, captions = middles(frames), []
    for at in spread(len(frames), MOST_PICTURES):
        seconds = places[at] / job.fps
        captions.append(f"{int(seconds // 60):02d}:{seconds % 60:04.1f} | {job.takes[at].caption}")
    length, size = sum(frames) / job.fps, f"{job.width}×{job.height}"
    subtitle = f"{len(frames)} shots, {length:.1f} s, {size} at {job.fps} frames a second"
    return contact_sheet(list(pictures), captions, title=job.title, subtitle=subtitle)
