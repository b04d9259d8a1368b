"""The compiled loop that draws one eye: ball, highlight, lid down to its edge, lashes. See :mod:`eyes`."""

from typing import Any

import numpy as np

from generation_service.previs.kernels import _jit


@_jit
def _sample(layer: Any, u: float, v: float, c: int) -> Any:
    """Bilinear value of channel ``c`` at (u, v), which lies inside."""
    i, j = int(u), int(v)
    fu, fv = u - i, v - j
    upper = layer[j, i, c] * (1 - fu) + layer[j, i + 1, c] * fu
    return upper * (1 - fv) + (layer[j + 1, i, c] * (1 - fu) + layer[j + 1, i + 1, c] * fu) * fv


@_jit
def _sheet_light(t: float, down: float, bulge: float, taper: float) -> Any:
    """The lid as a curved sheet, ``t`` 0 at the crease .. 1 at the edge: light on the bulge, shade in the fold and
    above the lashes.
    """
    fold = np.exp(-(((t - 0.06) / 0.07) ** 2)) * (1.0 - 0.55 * down)
    light = 0.08 * bulge * np.exp(-(((t - 0.45) / 0.26) ** 2))
    return 1.0 + (light - 0.14 * t * t * t - 0.12 * fold) * taper


@_jit
def _lash(fringe: Any, below: float, along: float, size: Any) -> Any:
    """Coverage by lashes ``below`` pixels under the lid's edge; ``size``: lash length, line, closure, whole, taper."""
    long, line, down, whole, taper = size
    hair, depth = 0.0, below / long
    if 0.0 <= depth < 1.0:
        place = min(max(along, 0.0), 1.0) * (fringe.shape[1] - 1)
        hair = fringe[int(depth * 15.99), int(place)] * whole * 0.7
    near = below / line
    return max(hair, np.exp(-near * near) * min(1.0, 4.0 * down) * (0.35 + 0.65 * taper) * 0.92)


@_jit
def _ball(layers: Any, glint: Any, at: Any, spot: Any, c: int) -> Any:
    """The eyeball's colour: white, iris, the shadow of the lid, the highlight. ``spot``: x, y, shadow, shine."""
    white, iris = layers[2], layers[3]
    x, y, shadow, shine = spot
    half = iris.shape[0] // 2
    u, v = x - at[0] + half, y - at[1] + half
    eye = white[y, x, c]
    if 0 <= u < iris.shape[1] - 1 and 0 <= v < iris.shape[0] - 1:
        eye += (_sample(iris, u, v, c) - eye) * _sample(iris, u, v, 3)
    return min(eye * shadow + shine, 255.0)


@_jit
def draw_eye(target: Any, layers: Any, planes: Any, curves: Any, at: Any, ink: Any) -> None:  # noqa: PLR0917  (numba)
    """One eye into ``target`` (rows, columns, >= 3).

    ``layers``: resting picture, lid skin, white of the ball (rows, columns, 3), iris (m, m, 4), lash fringe (16, n);
    ``planes``: where lid skin may stand, glint (rows, columns); ``curves`` (columns, 4): crease, upper, lower, place
    along the eye; ``at``: iris x, y, closure, height of the opening, shift of the glint; ``ink`` (3,).
    """
    base, skin = layers[0], layers[1]
    mask, glint = planes
    rows, columns = target.shape[0], target.shape[1]
    closure, tall = at[2], at[3]
    down = min(max(closure, 0.0), 1.0)
    whole = min(down / 0.45, 1.0)
    whole = whole * whole * (3 - 2 * whole)
    line = max(0.8, 0.045 * tall)
    for x in range(columns):
        crease, upper, lower, along = curves[x, 0], curves[x, 1], curves[x, 2], curves[x, 3]
        inside = 0.0 < along < 1.0 and lower > upper
        edge = upper + closure * (lower - upper) + 0.6 * down
        taper = min(max(min(along, 1.0 - along) * 7.0, 0.0), 1.0)
        bulge = np.exp(-(((along - 0.5) / 0.30) ** 2))
        gx = min(max(x - at[4], 0.0), columns - 1.001)
        g0 = int(gx)
        for y in range(rows):
            source = crease + (y - crease) * (upper - crease) / max(edge - crease, 1.0)
            source = source if inside and crease < y <= edge + 1 else float(y)
            source = min(max(source, 0.0), rows - 1.001)
            s0 = int(source)
            st = source - s0
            swap = whole * mask[y, x]
            t = min(max((y - crease) / max(edge - crease, 1.0), 0.0), 1.0)
            dome = _sheet_light(t, down, bulge, taper) if swap > 0.0 else 1.0
            ball = inside and min(edge, upper) - 1 < y < lower + 1
            lid = min(max(edge - y + 0.5, 0.0), 1.0) if inside else 1.0
            seen = min(max(lower - y + 0.5, 0.0), 1.0)
            shadow = 1.0
            if ball and down > 0.0:
                shadow -= 0.42 * min(1.0, 3.0 * down) * np.exp(-max(y - edge, 0.0) / (0.16 * tall))
            shine = glint[y, g0] * (1 - (gx - g0)) + glint[y, g0 + 1] * (gx - g0)
            hair = 0.0
            if down > 0.02 and -0.02 < along < 1.02 and y > edge - 1.5 * line:
                hair = _lash(layers[4], y - edge, along, (0.38 * tall, line, down, whole, taper))
            for c in range(3):
                under = base[y, x, c]
                if ball:
                    under += (_ball(layers, glint, at, (x, y, shadow, shine), c) - under) * seen
                sheet = base[s0, x, c] * (1 - st) + base[s0 + 1, x, c] * st
                sheet += (skin[y, x, c] * dome * (1.0 - 0.012 * c * taper) - sheet) * swap
                value = under + (sheet - under) * lid
                if y > edge and not ball:
                    value = base[y, x, c] + (skin[y, x, c] - base[y, x, c]) * swap
                value += (min(ink[c], value) - value) * hair
                target[y, x, c] = np.uint8(min(max(value + 0.5, 0.0), 255.0))
