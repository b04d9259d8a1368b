"""Tiny takes and tracks made on the spot: moving gradients as H.264, tones as the mixer encodes them."""

import io
from fractions import Fraction
from functools import lru_cache

import av
import numpy as np
from numpy.typing import NDArray

from audio_service.backends.coding import Coder

WIDTH, HEIGHT, FPS = 320, 180, 24


@lru_cache(maxsize=16)
def take(frames: int, luma: int = 90, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """An MP4 of exactly ``frames`` frames around a luma of its own, moving a little."""
    out = io.BytesIO()
    y, x = np.mgrid[0:height, 0:width]
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(FPS), options={"preset": "ultrafast", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = np.full((height * 3 // 2, width), 128, np.uint8)
            wave = np.sin(x / 23 + number / 9) + np.cos(y / 17 + luma)
            picture[:height] = (luma + 12 * wave).clip(16, 235).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(stream.encode(None))
    return out.getvalue()


@lru_cache(maxsize=4)
def track(seconds: float) -> bytes:
    """A tone with a slow swell, as a mixed track."""
    return coded(tone(seconds))


def tone(seconds: float) -> NDArray[np.float32]:
    """The sound of :func:`track`, shape (n, 2)."""
    at = np.arange(round(seconds * 48_000)) / 48_000
    swelling = 0.2 * np.sin(2 * np.pi * 330 * at) * (0.8 + 0.2 * np.sin(at))
    return np.stack([swelling, swelling], axis=1).astype(np.float32)


def coded(sound: NDArray[np.float32]) -> bytes:
    """Sound at 48 kHz, shape (n, 2), as a mixed track."""
    coder = Coder()
    coder.put(sound)
    return coder.finish()
