"""The back of a head: how somebody is seen from behind."""

from typing import Any

import numpy as np

from generation_service.previs.brush import fill, linear, smooth, stroke
from generation_service.previs.cast.cover import as_points, draw_curls, tones
from generation_service.previs.cast.head import outline
from generation_service.previs.cast.looks import Look


def draw_nape(canvas: Any, look: Look, rng: np.random.Generator) -> None:
    """The back of a head: hair from the crown down, longer for long styles."""
    t = tones(look)
    if look.style == "curly":
        draw_curls(canvas, look, rng, 318, behind=True)
        return
    low = {"long": 470.0, "bob": 250.0, "scarf": 380.0}.get(look.style, 150.0)
    head = [(x * 1.10, y * 1.10 if y < 0 else y * low / 296) for x, y in outline(look)]
    path = smooth(head)
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
    canvas.restore()
