"""The painter's hand: colours, smooth paths, soft shapes and arrays on top of skia. It knows no subject matter.

Coordinates are pixels of the surface, y down. Colours are ``(r, g, b)`` in 0..255 or ``#rrggbb``.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Point = tuple[float, float]
Image = NDArray[np.uint8]


def rgb(text: str) -> Colour:
    """``#rrggbb`` to a triple."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """``a`` at t = 0, ``b`` at t = 1, linear in sRGB values."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def times(a: Colour, b: Colour) -> Colour:
    """Multiply: paint ``a`` seen under light ``b`` (255 = full)."""
    return (a[0] * b[0] / 255, a[1] * b[1] / 255, a[2] * b[2] / 255)


def argb(colour: Colour, alpha: float = 1.0) -> int:
    """Skia's packed colour; ``alpha`` in 0..1."""
    r, g, b = (int(min(255, max(0, round(c)))) for c in colour)
    return int(skia.ColorSetARGB(int(min(255, max(0, round(alpha * 255)))), r, g, b))


def surface(width: int, height: int) -> Any:
    """A transparent RGBA surface."""
    made = skia.Surface(width, height)
    made.getCanvas().clear(0)
    return made


def pixels(made: Any) -> Image:
    """The surface as straight-alpha RGBA, shape (height, width, 4), uint8."""
    return np.array(made.toarray(colorType=skia.kRGBA_8888_ColorType), copy=True)


def fill(
    colour: Colour = (0, 0, 0), alpha: float = 1.0, *, blur: float = 0.0, shader: Any = None, mode: Any = None
) -> Any:
    """A filling paint; ``blur`` is a gaussian sigma in pixels."""
    paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha))
    if shader is not None:
        paint.setShader(shader)
    if blur > 0:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    if mode is not None:
        paint.setBlendMode(mode)
    return paint


def stroke(colour: Colour, width: float, alpha: float = 1.0, *, blur: float = 0.0) -> Any:
    """A stroking paint with round caps and joins."""
    paint = fill(colour, alpha, blur=blur)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    return paint


def linear(a: Point, b: Point, colours: Sequence[tuple[Colour, float]], stops: Sequence[float] | None = None) -> Any:
    """A linear gradient of ``(colour, alpha)`` from ``a`` to ``b``."""
    packed = [argb(c, alpha) for c, alpha in colours]
    return skia.GradientShader.MakeLinear([skia.Point(*a), skia.Point(*b)], packed, list(stops) if stops else None)


def radial(centre: Point, radius: float, colours: Sequence[tuple[Colour, float]], stops: Any = None) -> Any:
    """A radial gradient of ``(colour, alpha)`` from the centre outwards."""
    packed = [argb(c, alpha) for c, alpha in colours]
    return skia.GradientShader.MakeRadial(skia.Point(*centre), radius, packed, list(stops) if stops else None)


def poly(points: Iterable[Point], *, close: bool = True) -> Any:
    """A path of straight lines."""
    path = skia.Path()
    for i, (x, y) in enumerate(points):
        (path.lineTo if i else path.moveTo)(float(x), float(y))
    if close:
        path.close()
    return path


def smooth(points: Sequence[Point], *, close: bool = True, tension: float = 1.0) -> Any:
    """A Catmull-Rom curve through the points, as cubic segments."""
    n = len(points)
    path = skia.Path()
    path.moveTo(float(points[0][0]), float(points[0][1]))
    for i in range(n if close else n - 1):
        p0 = points[(i - 1) % n] if close or i > 0 else points[0]
        p1, p2 = points[i], points[(i + 1) % n]
        p3 = points[(i + 2) % n] if close or i + 2 < n else points[-1]
        k = tension / 6
        path.cubicTo(
            float(p1[0] + (p2[0] - p0[0]) * k), float(p1[1] + (p2[1] - p0[1]) * k),
            float(p2[0] - (p3[0] - p1[0]) * k), float(p2[1] - (p3[1] - p1[1]) * k),
            float(p2[0]), float(p2[1]),
        )  # fmt: skip
    if close:
        path.close()
    return path


def mirrored(points: Sequence[Point]) -> list[Point]:
    """A closed outline from its right half, listed from top to bottom, by reflection about x = 0."""
    left = [(-x, y) for x, y in reversed(points) if abs(x) > 1e-6]
    return [*points, *left]


def oval(cx: float, cy: float, rx: float, ry: float) -> Any:
    """An ellipse's bounding rectangle, for ``drawOval``."""
    return skia.Rect.MakeLTRB(cx - rx, cy - ry, cx + rx, cy + ry)


def blob(canvas: Any, at: Point, radii: Point, colour: Colour, alpha: float, *, blur: float, mode: Any = None) -> None:
    """A soft ellipse: light, shade, blush."""
    canvas.drawOval(oval(at[0], at[1], radii[0], radii[1]), fill(colour, alpha, blur=blur, mode=mode))


def strands(
    canvas: Any,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    tones: Sequence[Colour],
    *,
    count: int,
    rng: np.random.Generator,
    width: tuple[float, float] = (1.0, 3.0),
    alpha: float = 0.5,
    waves: float = 0.0,
    ragged: float = 0.0,
) -> None:
    """Hair: ``count`` curves, each between the curves ``start`` and ``end`` (n x 2 control points, same n).
    ``waves`` bends them sideways (pixels); ``ragged`` varies where they end.
    """
    for _ in range(count):
        t = rng.random()
        line = start * (1 - t) + end * t
        side = np.stack([np.zeros(len(line)), np.zeros(len(line))], axis=1)
        if waves:
            phase = rng.random() * 0.8 + t * 5
            side[:, 0] = np.sin(np.linspace(0, 7, len(line)) + phase) * waves * np.linspace(0.2, 1, len(line))
        line = line + side + rng.normal(0, 2.0, line.shape)
        if ragged:
            line[-1] = line[-2] + (line[-1] - line[-2]) * rng.uniform(1 - ragged, 1 + 0.5 * ragged)
        tone = tones[int(rng.integers(len(tones)))]
        paint = stroke(tone, float(rng.uniform(*width)), float(alpha * rng.uniform(0.5, 1.0)))
        canvas.drawPath(smooth([(float(x), float(y)) for x, y in line], close=False), paint)


def over(below: Image, above: Image) -> Image:
    """Straight-alpha RGBA over opaque RGB of the same size; the result is RGB."""
    alpha = above[..., 3:4].astype(np.float32) / 255
    return np.clip(below[..., :3] * (1 - alpha) + above[..., :3] * alpha + 0.5, 0, 255).astype(np.uint8)


# OpenCV's fast conversion to I420 uses BT.601 sums; our files say BT.709. This is inverse(BT.601) x BT.709 for RGB:
# applied once to every picture that frames are made of, it makes the fast conversion give BT.709 exactly.
_K601 = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
_K709 = np.array([[0.2126, 0.7152, 0.0722], [-0.114572, -0.385428, 0.5], [0.5, -0.454153, -0.045847]])
_TURN = (np.linalg.inv(_K601) @ _K709).astype(np.float32)


def prepared(picture: Image) -> Image:
    """RGB or RGBA made ready for :func:`to_i420`; alpha is kept."""
    turned = np.clip(picture[..., :3].astype(np.float32) @ _TURN.T + 0.5, 0, 255).astype(np.uint8)
    return turned if picture.shape[2] == 3 else np.dstack([turned, picture[..., 3]])
