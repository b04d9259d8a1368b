"""The built-in picture backend: painted places, drawn or permitted people, lips from phonemes. On the CPU alone."""

import hashlib
import io
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np

from generation_service.backends import Capabilities, RenderedTake
from generation_service.contract.shots import Shot
from generation_service.film.codec import key_pictures
from generation_service.previs.brush import Image
from generation_service.previs.encode import Encoder
from generation_service.previs.stage import Stage

BATCH = 4
CAPABILITIES = Capabilities(
    name="previs", version="6", native_sound=False, references=("face.image",), frame_multiple=1, size_multiple=2,
    longest_frames=24 * 180, stop="between frame batches of at most 4", needs_gpu=False,
)  # fmt: skip


class PrevisBackend:
    """See :class:`generation_service.backends.PictureBackend`. One instance renders many shots, one after another."""

    capabilities = CAPABILITIES

    def render(
        self,
        shot: Shot,
        *,
        faces: dict[str, Image],
        out: BinaryIO | str | Path,
        check: Callable[[], None],
        progress: Callable[[float], None],
    ) -> RenderedTake:
        """Render to a video-only MP4. ``check`` runs before the set-up and before every batch of at most four frames;
        what it raises leaves here unchanged, after the encoder has ended, and the output is then no film.
        """
        check()
        stage = Stage(shot, faces, check=check)
        check()
        fps = Fraction(shot.fps)
        target = out if not isinstance(out, (str, Path)) else io.BytesIO()
        keys = key_pictures(shot.frames)
        with Encoder(target, width=stage.width, height=stage.height, fps=shot.fps, keys=keys) as encoder:
            for index in range(shot.frames):
                if index % BATCH == 0:
                    check()
                encoder.put_made(partial(stage.finished, stage.composed(index), index))
                if (index + 1) % BATCH == 0:
                    progress((index + 1) / shot.frames)
        check()
        progress(1.0)
        digest = _finish(target, out)
        return RenderedTake(frames=shot.frames, fps=fps, width=stage.width, height=stage.height, sha256=digest)

    def still(self, shot: Shot, t: float, faces: dict[str, Image] | None = None) -> Image:
        """The frame at ``t`` seconds as RGB (h, w, 3), as a viewer of the take would see it."""
        stage = Stage(shot, faces or {})
        index = min(shot.frames - 1, max(0, int(t * shot.fps)))
        return to_rgb(stage.frame(index))


def to_rgb(i420: Image) -> Image:
    """BT.709 limited-range I420 to RGB. OpenCV's own conversion is BT.601, so the sums are written out."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    flat = i420.reshape(-1)
    count = height * width
    luma = (i420[:height].astype(np.float32) - 16) * (255 / 219)
    planes = [
        flat[count + k * count // 4 : count + (k + 1) * count // 4].reshape(height // 2, width // 2) for k in (0, 1)
    ]
    cb, cr = (
        cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128 for plane in planes
    )
    scale = 255 / 224
    red, blue = luma + 1.5748 * scale * cr, luma + 1.8556 * scale * cb
    green = luma - 0.1873 * scale * cb - 0.4681 * scale * cr
    return np.clip(np.dstack([red, green, blue]) + 0.5, 0, 255).astype(np.uint8)


def _finish(target: BinaryIO, out: BinaryIO | str | Path) -> str:
    """Digest of the finished file; a path is written last and in one go, so it never holds half a film."""
    target.seek(0)
    data = target.read()
    if isinstance(out, (str, Path)):
        Path(out).write_bytes(data)
    return hashlib.sha256(data).hexdigest()
