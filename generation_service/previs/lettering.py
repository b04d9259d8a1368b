"""Text on pictures: the visible label of a film and the words of a contact sheet.

The face is DejaVu Sans (Bitstream Vera licence, free), read from matplotlib's data, so no font of the system is needed.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import skia

from generation_service.previs.brush import Colour, Image, fill, linear, pixels, surface
from infra.kernel.errors import Internal

LABEL_CAP_HEIGHT = 0.052


@lru_cache(maxsize=4)
def font_file(name: str = "DejaVuSans.ttf") -> str:
    """Path of a typeface's file, in matplotlib's font folder."""
    spec = find_spec("matplotlib")
    for root in (spec.submodule_search_locations or []) if spec else []:
        path = Path(root) / "mpl-data" / "fonts" / "ttf" / name
        if path.is_file():
            return str(path)
    raise Internal("generation.font_missing", "the picture backend's typeface is not installed")


@lru_cache(maxsize=4)
def typeface(name: str = "DejaVuSans.ttf") -> Any:
    """The typeface, as skia holds it."""
    found = skia.Typeface.MakeFromFile(font_file(name))
    if found is None:
        raise Internal("generation.font_missing", "the picture backend's typeface cannot be read")
    return found


def font(size: float, *, bold: bool = False) -> Any:
    """A font of ``size`` pixels to the em, with sub-pixel edges."""
    made = skia.Font(typeface("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"), size)
    made.setEdging(skia.Font.Edging.kAntiAlias)
    made.setSubpixel(True)
    return made


def write(
    canvas: Any,
    text: str,
    at: tuple[float, float],
    size: float,
    colour: Colour,
    *,
    alpha: float = 1.0,
    bold: bool = False,
) -> float:
    """Draw ``text`` with its baseline starting at ``at``; returns its width in pixels."""
    letters = font(size, bold=bold)
    canvas.drawString(text, float(at[0]), float(at[1]), letters, fill(colour, alpha))
    return float(letters.measureText(text))


def lines_of(text: str, letters: Any, room: float) -> list[str]:
    """Break ``text`` into lines of at most ``room`` pixels; a single word is never broken."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and letters.measureText(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


@lru_cache(maxsize=8)
def label(text: str, width: int, height: int) -> tuple[Image, int]:
    """The disclosure as an RGBA strip over the whole width, and its top row. Capitals are at least 5 % of the short
    side tall; both numbers are even so that the strip sits on chroma samples.
    """
    short = min(width, height)
    letters = font(LABEL_CAP_HEIGHT * short / 0.729, bold=True)
    lines = lines_of(text, letters, width * 0.90)
    leading = letters.getSize() * 1.32
    strip = int(leading * len(lines) + short * 0.11) // 2 * 2
    made = surface(width, strip)
    canvas = made.getCanvas()
    ramp = [((6, 8, 14), 0.0), ((6, 8, 14), 0.55), ((6, 8, 14), 0.78)]
    canvas.drawPaint(fill(shader=linear((0, 0), (0, strip), ramp, [0.0, 0.5, 1.0])))
    for i, line in enumerate(lines):
        base = strip - short * 0.040 - leading * (len(lines) - 1 - i)
        canvas.drawString(line, width * 0.04 + 2, base + 2, letters, fill((0, 0, 0), 0.7, blur=3))
        canvas.drawString(line, width * 0.04, base, letters, fill((255, 252, 246), 0.96))
    canvas.drawRect(
        skia.Rect.MakeXYWH(
            width * 0.04 - short * 0.018,
            strip - short * 0.045 - leading * (len(lines) - 1) - letters.getSize() * 0.72,
            short * 0.006,
            leading * (len(lines) - 1) + letters.getSize() * 0.78,
        ),
        fill((236, 178, 92), 0.95),
    )
    picture = pixels(made)
    picture.setflags(write=False)
    return picture, (height - strip) // 2 * 2


def burn(i420: Image, strip: Image, at: tuple[int, int], share: float) -> None:
    """An RGBA ``strip`` over an I420 frame in place at (left, top), all even, with ``share`` 0..1 of its alpha."""
    rows, columns = strip.shape[0] // 2 * 2, strip.shape[1] // 2 * 2
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    left, top = at
    alpha = strip[:rows, :columns, 3].astype(np.float32) * (share / 255)
    tone = strip[:rows, :columns, :3].astype(np.float32)
    luma = i420[top : top + rows, left : left + columns]
    luma[:] = luma * (1 - alpha) + (16 + tone @ _LUMA * (219 / 255)) * alpha + 0.5
    half = alpha[::2, ::2]
    flat, count = i420.reshape(-1), height * width
    for k, sums in enumerate((_BLUE, _RED)):
        plane = flat[count + k * count // 4 : count + (k + 1) * count // 4].reshape(height // 2, width // 2)
        box = plane[top // 2 : (top + rows) // 2, left // 2 : (left + columns) // 2]
        box[:] = box * (1 - half) + (128 + tone[::2, ::2] @ sums * (224 / 255)) * half + 0.5


_LUMA, _BLUE, _RED = (np.array(row, np.float32) for row in (
    (0.2126, 0.7152, 0.0722), (-0.114572, -0.385428, 0.5), (0.5, -0.454153, -0.045847),
))  # fmt: skip
