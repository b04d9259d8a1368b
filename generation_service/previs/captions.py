"""Words burnt into the picture: what is said, page by page as it is said, and title cards.

Text is shaped by Pillow's raqm (HarfBuzz and FriBidi), so right-to-left scripts read as they should. Signs that the
shipped typeface cannot draw (emoji) are left out rather than shown as boxes; words that it has no letters for (Chinese,
Thai …) are not burnt at all, for half of them would be another text. Everything stays inside the inner 90 % of the
frame, in upright films above what players lay over them, and on a dark plate, so it is legible over any picture.
"""

import re
import unicodedata
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from generation_service.contract.shots import Line, Shot
from generation_service.previs.brush import Image
from generation_service.previs.lettering import burn, font_file, typeface

SAFE = 0.05
UPRIGHT, UPRIGHT_SAFE = 1.5, 0.20
"""Players of upright films (9:16) lay names and buttons over their lowest fifth."""
SIZE, TITLE_SIZE = 0.050, 0.105
MOST_LINES = 2
FADE_S, LEAST_PAGE_S = 0.40, 0.7
# The disclosure lies in the lowest part of the first seconds of a film: captions keep above it.
LABEL_SHARE, LABEL_SECONDS = 0.16, 3.2

_SELECTORS = frozenset("\ufe0e\ufe0f\u20e3")
"""What chooses between a sign and its emoji, and the keycap around a digit: never drawn on their own."""


@dataclass(frozen=True)
class Page:
    """Words shown from ``start`` to ``end`` (seconds): an RGBA picture, its corner, and how long it fades."""

    start: float
    end: float
    picture: Image
    at: tuple[int, int]
    fade: float = 0.0

    def share(self, t: float) -> float:
        """How much of it is seen at ``t``, 0..1."""
        if not self.start <= t < self.end:
            return 0.0
        if self.fade <= 0:
            return 1.0
        return float(min(1.0, (t - self.start) / self.fade, (self.end - t) / self.fade))


def drawable(text: str) -> str:
    """The text without signs the typeface has no picture for, and empty where it lacks a letter; runs of white space
    become one space.
    """
    face, kept = typeface(), list[str]()
    for c in unicodedata.normalize("NFC", text):
        if c in _SELECTORS:
            continue
        if c.isspace() or face.unicharToGlyph(ord(c)) != 0:
            kept.append(c)
        elif unicodedata.category(c)[0] in "LM":
            return ""
    return re.sub(r"\s+", " ", "".join(kept)).strip()


class Words:
    """All words burnt into a shot."""

    def __init__(self, shot: Shot, frame: tuple[int, int]) -> None:
        self._fps, self.pages = shot.fps, []
        if shot.title_card and (text := drawable(shot.title_card)):
            self.pages.append(_title(text, shot.seconds, frame, _title_height(shot)))
        if shot.captions:
            for line in shot.lines:
                self.pages.extend(_pages(line, shot, frame))

    def draw(self, i420: Image, index: int) -> None:
        """The words of frame ``index`` over an I420 frame in place."""
        t = (index + 0.5) / self._fps
        for page in self.pages:
            share = page.share(t)
            if share > 0:
                burn(i420, page.picture, page.at, share)


def _pages(line: Line, shot: Shot, frame: tuple[int, int]) -> list[Page]:
    """A line in pages of at most two rows, each shown as long as its share of the words."""
    text = drawable(line.text)
    if not text:
        return []
    width, height = frame
    size = max(8, round(SIZE * min(width, height)))
    face = ImageFont.truetype(font_file("DejaVuSans.ttf"), size, layout_engine=ImageFont.Layout.RAQM)
    rows = wrapped(text, face, width * (1 - 2 * SAFE) - 2 * size)
    groups = [rows[k : k + MOST_LINES] for k in range(0, len(rows), MOST_LINES)]
    total, clock, pages = sum(len(row) for row in rows), line.start_s, []
    until = max(line.seconds, LEAST_PAGE_S * len(groups))
    early = shot.number == 1 and line.start_s < LABEL_SECONDS
    lift = LABEL_SHARE * min(width, height) if early else 0.0
    if height > UPRIGHT * width:
        lift = max(lift, (UPRIGHT_SAFE - SAFE) * height)
    if line.dual:
        lift += size * 3.2
    for group in groups:
        seconds = until * sum(len(row) for row in group) / max(1, total)
        picture = _plate(group, face, size)
        left = (width - picture.shape[1]) // 2
        top = int(height * (1 - SAFE) - picture.shape[0] - lift)
        end = min(shot.seconds + 1, clock + seconds + (0.25 if group is groups[-1] else 0.0))
        pages.append(Page(clock, end, picture, (max(0, left) // 2 * 2, max(0, top) // 2 * 2)))
        clock += seconds
    return pages


def wrapped(text: str, face: ImageFont.FreeTypeFont, room: float) -> list[str]:
    """Rows of at most ``room`` pixels; a word that is too long on its own is cut."""
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and face.getlength(longer) <= room:
            rows[-1] = longer
            continue
        rest = word
        while face.getlength(rest) > room and len(rest) > 1:
            cut = next((k for k in range(len(rest) - 1, 0, -1) if face.getlength(rest[:k]) <= room), 1)
            rows.append(rest[:cut])
            rest = rest[cut:]
        rows.append(rest)
    return rows


def _plate(rows: list[str], face: ImageFont.FreeTypeFont, size: int) -> Image:
    """Rows of text, centred, white with a dark edge, on a dark translucent plate: RGBA with even sides."""
    leading, pad = round(size * 1.34), round(size * 0.42)
    wide = max(round(face.getlength(row)) for row in rows) + 2 * pad + size
    tall = leading * len(rows) + 2 * pad
    made = Pillow.new("RGBA", (wide + wide % 2, tall + tall % 2), (0, 0, 0, 0))
    pen = ImageDraw.Draw(made)
    pen.rounded_rectangle((0, 0, made.width - 1, made.height - 1), radius=size * 0.35, fill=(8, 9, 14, 148))
    for k, row in enumerate(rows):
        at = (made.width / 2, pad + leading * (k + 0.5))
        pen.text(
            at,
            row,
            font=face,
            fill=(255, 253, 248, 255),
            anchor="mm",
            stroke_width=max(1, size // 14),
            stroke_fill=(0, 0, 0, 255),
        )
    return np.ascontiguousarray(np.asarray(made, np.uint8))


def _title_height(shot: Shot) -> float:
    """Where a title is centred, in frame heights: over the heads of a wide shot, under the chin of a face."""
    if not shot.characters:
        return 0.5
    return 0.24 if shot.size in {"WS", "EWS"} else 0.70


def _title(text: str, seconds: float, frame: tuple[int, int], middle: float = 0.5) -> Page:
    """A title centred at ``middle`` of the frame's height under a veil of shade, as large as fits in three rows."""
    width, height = frame
    room, size = width * (1 - 4 * SAFE), round(TITLE_SIZE * min(width, height))
    while True:
        face = ImageFont.truetype(font_file("DejaVuSans-Bold.ttf"), size, layout_engine=ImageFont.Layout.RAQM)
        longest = max(face.getlength(word) for word in text.split())
        rows = wrapped(text, face, room)
        if (longest <= room and len(rows) <= 3) or size <= max(10, 0.03 * min(width, height)):
            break
        size = max(8, int(size * 0.9))
    made = Pillow.new("L", (width // 2 * 2, height // 2 * 2), 0)
    pen, leading = ImageDraw.Draw(made), size * 1.28
    for k, row in enumerate(rows):
        y = height * middle + leading * (k - (len(rows) - 1) / 2)
        pen.text((width / 2, y), row, font=face, fill=255, anchor="mm")
    letters = np.asarray(made, np.float32) / 255
    shadow = cv2.GaussianBlur(letters, (0, 0), size * 0.10) * 0.75
    away = np.abs(np.linspace(-2 * middle, 2 - 2 * middle, made.height, dtype=np.float32))[:, None]
    block = min(1.0, 1.5 * leading * len(rows) / height)
    veil = 0.46 * np.clip(1.3 - away / max(block, 0.35), 0, 1) * np.ones_like(letters)
    alpha = np.clip(letters + (1 - letters) * np.clip(veil + shadow * (1 - veil), 0, 0.92), 0, 1)
    tone = letters[..., None] * np.array([255, 250, 240], np.float32)
    tone = tone / np.maximum(alpha[..., None], 1e-3)
    rgba = np.dstack([np.clip(tone, 0, 255), alpha * 255]).astype(np.uint8)
    rows_used = np.flatnonzero(alpha.max(axis=1) > 0.01)
    top, bottom = int(rows_used[0]) // 2 * 2, min(made.height, (int(rows_used[-1]) + 2) // 2 * 2)
    fade = min(FADE_S, seconds / 5)
    return Page(0.0, seconds + fade * 0.4, np.ascontiguousarray(rgba[top:bottom]), (0, top), fade)
