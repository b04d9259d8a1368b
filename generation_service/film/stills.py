"""One picture of each shot, from the finished film, as PNG that says in itself that it is synthetic.

Pictures are taken from the middle of a shot. They leave the house on their own, so each carries the visible label and
the ``AIGC`` text (formats.md, Marking 2 and 3). Only the seconds around a picture are decoded.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.film.label import draw_label, make_label
from infra.kernel.errors import Internal

Picture = NDArray[np.uint8]
MOST_PICTURES = 24
"""On a contact sheet."""

_PNG_HEAD = 8 + 25
"""Signature and IHDR: text chunks come after them."""


def middles(frames: Sequence[int]) -> list[int]:
    """The frame in the middle of each shot, counted from the start of the film."""
    starts = np.cumsum([0, *frames])
    return [int(start) + count // 2 for start, count in zip(starts, frames, strict=False)]


def spread(count: int, most: int) -> list[int]:
    """At most ``most`` of ``count`` places, evenly spread, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(most, count))})


def thumbnail(picture: Picture, width: int = 640) -> Picture:
    """An I420 picture as RGB, at most ``width`` pixels wide."""
    rgb = to_rgb(picture)
    if rgb.shape[1] <= width:
        return rgb
    size = (width, round(rgb.shape[0] * width / rgb.shape[1]))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def pictures_at(path: Path, wanted: Sequence[int], fps: int, check: Callable[[], None]) -> Iterator[Picture]:
    """The I420 pictures of these frames of a film, in order; each is sought on its own."""
    with av.open(str(path), "r") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        base = Fraction(stream.time_base or 1)
        for number in wanted:
            check()
            container.seek(round(Fraction(number, fps) / base), stream=stream)
            yield _next(container, number, fps)


def _next(container: "av.container.InputContainer", number: int, fps: int) -> Picture:
    for frame in container.decode(video=0):
        if round((frame.pts or 0) * Fraction(frame.time_base or 1) * fps) >= number:
            return np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
    raise Internal("generation.no_picture", f"the film has no picture {number}")


def to_rgb(picture: Picture) -> Picture:
    """BT.709 limited-range I420 to RGB (height, width, 3)."""
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    frame.colorspace, frame.color_range = 1, 1
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def labelled_png(picture: Picture, label: str, tag: str) -> bytes:
    """An I420 picture as PNG, with the visible label and the ``AIGC`` text."""
    width, height = picture.shape[1], picture.shape[0] * 2 // 3
    marked = to_rgb(draw_label(make_label(label, width, height), picture))
    done, data = cv2.imencode(".png", marked[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise Internal("generation.no_picture", "a still could not be encoded")
    png = data.tobytes()
    return png[:_PNG_HEAD] + _text("AIGC", tag) + png[_PNG_HEAD:]


def _text(keyword: str, text: str) -> bytes:
    """A ``tEXt`` chunk (PNG, 11.3.4.3)."""
    body = b"tEXt" + keyword.encode("latin-1") + b"\x00" + text.encode("latin-1")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
