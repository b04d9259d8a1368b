"""Two takes of one shot side by side: as a picture with where they differ, or as a film. Both carry the visible label.

For other services that hold two opened takes. Nothing is kept and nothing is asked: who may see them is decided before.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from generation_service.film.codec import Format, decode_piece, encode_piece
from generation_service.film.label import DEFAULT_TEXT, draw_label, make_label
from generation_service.film.stills import to_rgb
from infra.kernel.errors import Invalid

Picture = NDArray[np.uint8]
ROWS, CELL = 4, 480
_HEAD, _GAP = 44, 8
_INK, _PAPER = (235, 235, 235), 24


@dataclass(frozen=True)
class Side:
    """One take: its MP4, its length, and a line that says what it is."""

    mp4: bytes
    frames: int
    form: Format
    says: str

    @classmethod
    def read(cls, mp4: bytes, fps: int, says: str) -> "Side":
        """A side from a take's own file; Invalid ``generation.take_broken`` when it is none."""
        try:
            with av.open(io.BytesIO(mp4), "r") as container:
                stream = container.streams.video[0]
                form = Format(stream.width, stream.height, fps)
                return cls(mp4, sum(packet.pts is not None for packet in container.demux(stream)), form, says)
        except (av.FFmpegError, IndexError) as error:
            raise Invalid("generation.take_broken", "a take does not open") from error


def compare_picture(left: Side, right: Side) -> bytes:
    """PNG: a row for each of four moments, left, right, and how far each point is apart (black: not at all). Moments
    are the same share of each take, so takes of different length can be compared.
    """
    rows = [
        np.hstack([_gap(one), one, _gap(one), other, _gap(one), _difference(one, other), _gap(one)])
        for one, other in zip(_moments(left), _moments(right), strict=True)
    ]
    if not rows:
        raise Invalid("generation.take_broken", "a take has no pictures")
    space = np.full((_GAP, rows[0].shape[1], 3), _PAPER, np.uint8)
    body = np.vstack([part for row in rows for part in (row, space)])
    page = Image.fromarray(np.vstack([np.full((_HEAD, body.shape[1], 3), _PAPER, np.uint8), body]))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(size=16)
    for place, text in enumerate((left.says, right.says, "difference")):
        draw.text((_GAP + place * (rows[0].shape[1] // 3), 12), text[:70], font=font, fill=_INK)
    done, data = cv2.imencode(".png", np.asarray(page)[:, :, ::-1])
    if not done:
        raise Invalid("generation.take_broken", "the comparison could not be drawn")
    return bytes(data.tobytes())


def compare_film(left: Side, right: Side) -> bytes:
    """MP4 without sound: both takes next to each other, half size, at the rate of the left one; the shorter one stands
    still at its end.
    """
    width, height = left.form.width // 4 * 2, left.form.height // 8 * 4
    form = Format(2 * width, height, left.form.fps)
    label = make_label(DEFAULT_TEXT, form.width, form.height)

    def pictures() -> Iterator[Picture]:
        pair = [_held(side, max(left.frames, right.frames)) for side in (left, right)]
        for one, other in zip(*pair, strict=True):
            yield draw_label(label, _beside(_scaled(one, width, height), _scaled(other, width, height)))

    return encode_piece(pictures(), form)


def _held(side: Side, frames: int) -> Iterator[Picture]:
    last: Picture | None = None
    for last in decode_piece(side.mp4, side.frames, side.form):
        yield last
    for _ in range(frames - side.frames):
        if last is not None:
            yield last


def _planes(picture: Picture) -> list[Picture]:
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    u, v = picture[height : height + height // 4], picture[height + height // 4 :]
    return [picture[:height], u.reshape(height // 2, width // 2), v.reshape(height // 2, width // 2)]


def _scaled(picture: Picture, width: int, height: int) -> list[Picture]:
    sizes = [(width, height), (width // 2, height // 2), (width // 2, height // 2)]
    return [
        np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        for plane, size in zip(_planes(picture), sizes, strict=True)
    ]


def _beside(left: list[Picture], right: list[Picture]) -> Picture:
    joined = [np.hstack(pair) for pair in zip(left, right, strict=True)]
    width = joined[0].shape[1]
    return np.vstack([joined[0], *(plane.reshape(-1, width) for plane in joined[1:])])


def _moments(side: Side) -> list[Picture]:
    """RGB pictures at the middles of four equal parts, ``CELL`` pixels on the long side, with the label."""
    wanted = {side.frames * (2 * n + 1) // (2 * ROWS) for n in range(ROWS)}
    label = make_label(DEFAULT_TEXT, side.form.width, side.form.height)
    size = _fitted(side.form)
    return [
        np.asarray(cv2.resize(to_rgb(draw_label(label, picture)), size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        for number, picture in enumerate(decode_piece(side.mp4, side.frames, side.form))
        if number in wanted
    ]


def _fitted(form: Format) -> tuple[int, int]:
    scale = Fraction(CELL, max(form.width, form.height))
    return round(form.width * scale), round(form.height * scale)


def _difference(one: Picture, other: Picture) -> Picture:
    """Mean difference of the channels as heat, four times as strong as it is."""
    if one.shape != other.shape:
        other = np.asarray(cv2.resize(other, (one.shape[1], one.shape[0])), dtype=np.uint8)
    apart = np.abs(one.astype(np.int16) - other).mean(axis=2)
    heat = cv2.applyColorMap(np.clip(4 * apart, 0, 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    return np.ascontiguousarray(np.asarray(heat, dtype=np.uint8)[:, :, ::-1])


def _gap(like: Picture) -> Picture:
    return np.full((like.shape[0], _GAP, 3), _PAPER, np.uint8)
