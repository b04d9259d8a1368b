"""The visible disclosure (formats.md, Marking 2): drawn on the first frames, and looked for in the finished file.

The text is at least 5 % of the picture's short side and stays at least 2 s. It lies on a dark plate, so that the check
can compare the light of the letters with the plate around them whatever the picture shows.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

DEFAULT_TEXT = "Made with AI"
HEIGHT_OF_SHORT_SIDE = 0.05
SECONDS = 3.0
MIN_SECONDS = 2.0
_LETTER_LUMA, _PLATE_LUMA = 235, 24
_MIN_CONTRAST = 80.0
Plane = NDArray[np.uint8]


@dataclass(frozen=True)
class Label:
    """Where the label lies. ``plate`` is its rectangle (top, bottom, left, right) in pixels, all even; ``letters``
    the coverage 0..1 of the text inside it.
    """

    plate: tuple[int, int, int, int]
    letters: NDArray[np.float32]
    text_height: int


@lru_cache(maxsize=8)
def make_label(text: str, width: int, height: int) -> Label:
    """The label for a picture of this size. Capital letters are 5 % of the short side or more."""
    wanted = int(np.ceil(min(width, height) * HEIGHT_OF_SHORT_SIDE))
    size = wanted
    while _cap_height(size) < wanted:
        size += 1
    font = ImageFont.load_default(size=size)
    left, top, right, bottom = font.getbbox(text)
    pad = wanted // 2
    box_w, box_h = _even(right - left + 2 * pad), _even(bottom - top + 2 * pad)
    picture = Image.new("L", (min(box_w, width), box_h), 0)
    ImageDraw.Draw(picture).text((pad - left, pad - top), text, font=font, fill=255)
    y, x = _even(height - box_h - wanted), _even(wanted)
    letters = np.asarray(picture, dtype=np.float32) / 255.0
    letters = letters[:, : _even(min(letters.shape[1], width - x) - 1)]
    return Label((y, y + letters.shape[0], x, x + letters.shape[1]), letters, _cap_height(size))


def draw_label(label: Label, frame: Plane) -> Plane:
    """The label on an I420 frame of shape (height * 3 / 2, width); the input is not changed."""
    top, bottom, left, right = label.plate
    height = frame.shape[0] * 2 // 3
    marked = frame.copy()
    under = marked[top:bottom, left:right].astype(np.float32)
    plate = 0.2 * under + 0.8 * _PLATE_LUMA
    marked[top:bottom, left:right] = (plate + (_LETTER_LUMA - plate) * label.letters).astype(np.uint8)
    for chroma in _chroma_planes(marked, height):
        box = chroma[top // 2 : bottom // 2, left // 2 : right // 2]
        box[:] = (0.2 * box + 0.8 * 128).astype(np.uint8)
    return marked


def find_label(label: Label, luma: Plane) -> bool:
    """Whether the letters stand out from their plate in a decoded luma plane of shape (height, width)."""
    top, bottom, left, right = label.plate
    box = luma[top:bottom, left:right].astype(np.float32)
    inside, outside = label.letters > 0.9, label.letters < 0.02
    if box.shape != label.letters.shape or not inside.any():
        return False
    similar = np.corrcoef(box.ravel(), label.letters.ravel())[0, 1] if box.std() > 1 else 0.0
    return bool(box[inside].mean() - box[outside].mean() > _MIN_CONTRAST and similar > 0.8)


def _chroma_planes(frame: Plane, height: int) -> tuple[Plane, Plane]:
    """Views of both planes; heights that four does not divide share a row between them."""
    width = frame.shape[1]
    planes = frame.reshape(-1)[height * width :].reshape(2, height // 2, width // 2)
    return planes[0], planes[1]


def _cap_height(size: int) -> int:
    left_top_right_bottom = ImageFont.load_default(size=size).getbbox("M")
    return int(left_top_right_bottom[3] - left_top_right_bottom[1])


def _even(value: float) -> int:
    return int(value) + int(value) % 2
