"""A contact sheet: frames of a film in rows, each with its time code and caption, under a title."""

from collections.abc import Sequence

import cv2
import numpy as np
import skia

from generation_service.previs.brush import Image, fill, linear, pixels, rgb, surface
from generation_service.previs.lettering import font, write

CELL, GAP, EDGE, HEAD, FOOT = 480, 28, 56, 132, 62


def contact_sheet(
    images: Sequence[Image],
    captions: Sequence[str],
    *,
    title: str = "Contact sheet",
    subtitle: str = "",
    columns: int = 3,
) -> bytes:
    """PNG bytes. ``images`` are RGB (h, w, 3); ``captions`` say what each shows; text before a ``|`` is set as the
    time code.
    """
    columns = max(1, min(columns, len(images)))
    shape = images[0].shape if images else (270, 480, 3)
    tall = round(CELL * shape[0] / shape[1])
    rows = max(1, -(-len(images) // columns))
    width = 2 * EDGE + columns * CELL + (columns - 1) * GAP
    height = HEAD + rows * (tall + FOOT) + (rows - 1) * GAP + EDGE
    made = surface(width, height)
    canvas = made.getCanvas()
    canvas.drawPaint(fill(shader=linear((0, 0), (0, height), [(rgb("#1b1e26"), 1), (rgb("#111319"), 1)])))
    write(canvas, _fitted(title, 34, width - 2 * EDGE, bold=True), (EDGE, 70), 34, rgb("#f3eee4"), bold=True)
    write(canvas, _fitted(subtitle, 17, width - 2 * EDGE), (EDGE, 102), 17, rgb("#9aa0ac"))
    canvas.drawRect(skia.Rect.MakeXYWH(EDGE, 22, 56, 4), fill(rgb("#ecb25c")))
    for k, (image, caption) in enumerate(zip(images, captions, strict=True)):
        x, y = EDGE + (k % columns) * (CELL + GAP), HEAD + (k // columns) * (tall + FOOT + GAP)
        _cell(canvas, image, caption, (x, y, tall))
    picture = pixels(made)[..., :3]
    done, data = cv2.imencode(".png", np.ascontiguousarray(picture[..., ::-1]))
    if not done:
        raise ValueError("the contact sheet could not be encoded as PNG")
    return bytes(data)


def _cell(canvas: "skia.Canvas", image: Image, caption: str, box: tuple[int, int, int]) -> None:
    x, y, tall = box
    small = np.asarray(cv2.resize(image, (CELL, tall), interpolation=cv2.INTER_AREA), np.uint8)
    rgba = np.ascontiguousarray(np.dstack([small, np.full(small.shape[:2], 255, np.uint8)]))
    frame = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(x, y, CELL, tall), 8, 8)
    canvas.drawRRect(frame, fill((0, 0, 0), 0.6, blur=9))
    canvas.save()
    canvas.clipRRect(frame, True)
    canvas.drawImage(skia.Image.fromarray(rgba, colorType=skia.kRGBA_8888_ColorType), x, y)
    canvas.restore()
    code, _, words = caption.partition("|") if "|" in caption else ("", "", caption)
    used = write(canvas, code.strip(), (x + 2, y + tall + 28), 17, rgb("#ecb25c"), bold=True) if code.strip() else -12.0
    write(canvas, _fitted(words.strip(), 16, CELL - used - 20), (x + 2 + used + 12, y + tall + 28), 16, rgb("#c9ccd3"))


def _fitted(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Shorten with an ellipsis until it fits."""
    letters = font(size, bold=bold)
    if letters.measureText(text) <= room:
        return text
    while text and letters.measureText(text + "…") > room:
        text = text[:-1]
    return text.rstrip() + "…"
