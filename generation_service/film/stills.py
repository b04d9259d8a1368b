"""One picture of each shot, from the finished film, as PNG that says in itself that it is synthetic.

Pictures are taken from the middle of a shot. They leave the house on their own, so each carries the visible label and
the ``AIGC`` text (formats.md, Marking 2 and 3).
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

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

_SMALL = 640
"""Pixels across of a small picture."""


@dataclass(frozen=True)
class Still:
    """Two PNGs of one picture: with the visible label, and small for a contact sheet."""

    png: bytes
    small: bytes


def middles(frames: Sequence[int]) -> list[int]:
    """The frame in the middle of each shot, counted from the start of the film."""
    starts = np.cumsum([0, *frames])
    return [int(start) + count // 2 for start, count in zip(starts, frames, strict=False)]


def spread(count: int, most: int) -> list[int]:
    """At most ``most`` of ``count`` places, evenly spread, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, count - 1, min(most, count))})


def to_rgb(picture: Picture) -> Picture:
    """BT.709 limited-range I420 to RGB (height, width, 3)."""
    frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
    frame.colorspace, frame.color_range = 1, 1
    return np.asarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def still_of(picture: Picture, label: str) -> Still:
    """An I420 picture as a still with the visible label, and small as it is."""
    width, height = picture.shape[1], picture.shape[0] * 2 // 3
    marked = to_rgb(draw_label(make_label(label, width, height), picture))
    return Still(_png(marked, 3), _png(_made_small(to_rgb(picture)), 1))


def _made_small(rgb: Picture) -> Picture:
    if rgb.shape[1] <= _SMALL:
        return rgb
    size = (_SMALL, round(rgb.shape[0] * _SMALL / rgb.shape[1]))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def opened(png: bytes) -> Picture:
    """The RGB picture in a PNG that was made here."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise Internal("generation.no_picture", "a still does not open")
    return np.asarray(picture[:, :, ::-1], np.uint8)


def tagged(png: bytes, tag: str) -> bytes:
    """A PNG with the ``AIGC`` text."""
    return png[:_PNG_HEAD] + _text("AIGC", tag) + png[_PNG_HEAD:]


def _png(rgb: Picture, level: int) -> bytes:
    done, data = cv2.imencode(".png", rgb[:, :, ::-1], [cv2.IMWRITE_PNG_COMPRESSION, level])
    if not done:
        raise Internal("generation.no_picture", "a still could not be encoded")
    return bytes(data.tobytes())


def _text(keyword: str, text: str) -> bytes:
    """A ``tEXt`` chunk (PNG, 11.3.4.3)."""
    body = b"tEXt" + keyword.encode("latin-1") + b"\x00" + text.encode("latin-1")
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
