"""The back of a head: how somebody is seen from behind."""

from typing import Any

import numpy as np

from generation_service.previs.brush import blob, fill, linear, mix, oval, smooth, stroke, times
from generation_service.previs.cast.cover import as_points, draw_curls, tones
from generation_service.previs.cast.head import outline
from generation_service.previs.cast.looks import WARM_SHADE, Look

# How far down the hair reaches behind, below the eyes.
REACH = {"long": 470.0, "bob": 250.0, "scarf": 380.0}


def draw_nape(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """Hair from the crown down, longer for long styles; a bun on top; a bald crown over a fringe."""
    if look.style == "curly":
        draw_curls(canvas, look, rng, 318, behind=True)
        return
    t = tones(look)
    low = REACH.get(look.style, 214.0)
    head = [(x * 1.10, y * 1.10 if y < 0 else y * low / 296) for x, y in outline(look)]
    path = smooth(head)
    if look.style == "bun":
        canvas.drawOval(oval(0, -356, 84, 78), fill(shader=linear((-84, -430), (84, -280), [(t[3], 1), (t[0], 1)])))
    canvas.drawPath(path, fill(shader=linear((-220, -300), (220, low), [(t[3], 1), (t[1], 1), (t[0], 1)])))
    canvas.save()
    canvas.clipPath(path, True)
    for _ in range(420):
        u = float(rng.uniform(-1, 1))
        line = as_points([(u * 60, -310), (u * 215, -130), (u * 222, 60), (u * 170, low + 10)]) + rng.normal(
            0, 4, (4, 2)
        )
        tone = t[int(rng.integers(5))] if u < 0.3 else t[int(rng.integers(3))]
        canvas.drawPath(smooth([(float(x), float(y)) for x, y in line], close=False), stroke(tone, 2.4, 0.5))
    if look.style == "bald":
        _crown(canvas, look)
    canvas.restore()


def _crown(canvas: Any, look: Look) -> None:
    """Bare skin down to a fringe."""
    shade = times(look.skin, WARM_SHADE)
    ramp = [(mix(look.skin, (255, 240, 222), 0.2), 1), (look.skin, 1), (mix(look.skin, shade, 0.8), 1)]
    bare = oval(0, -190, 320, 236)
    canvas.drawOval(bare, fill(shader=linear((-200, -320), (200, 60), ramp), blur=5))
    blob(canvas, (-70, -240), (70, 46), (255, 246, 232), 0.22, blur=24)
