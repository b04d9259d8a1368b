"""A thigh that comes towards the viewer, as of somebody who sits: foreshortened, with its knee in front.

Its own coordinates: the hip's joint at (0, 0), the knee's at (0, ``LONG``), x outwards.
"""

from typing import Any

from generation_service.previs.brush import blob, fill, linear, radial, smooth, stroke
from generation_service.previs.cast.body import below_of
from generation_service.previs.cast.build import build_of
from generation_service.previs.cast.cloth import cloth_of, fold
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.parts import Box

LAP_BOX: Box = (-220.0, -190.0, 220.0, 480.0)
LONG = 300.0


def draw_lap(canvas: Any, look: Look) -> None:
    """The thigh from the hip to the knee, its upper side in the light, the knee round."""
    cloth, f = cloth_of(below_of(look)), build_of(look).limb
    r, w = 126 * f, 172 * f
    half = [
        (-w * 0.7, -110),
        (-w, 20),
        (-w * 0.98, 160),
        (-r - 4, LONG - 20),
        (-r * 0.86, LONG + 74),
        (0, LONG + 116 * f),
    ]
    shape = [
        *half,
        (r * 0.86, LONG + 74),
        (r + 4, LONG - 20),
        (w * 1.02, 160),
        (w * 1.06, 20),
        (w * 0.8, -120),
        (0, -150),
    ]
    path = smooth([(float(x), float(y)) for x, y in shape], tension=0.85)
    ramp = [(cloth.dark, 1), (cloth.mid, 1), (cloth.lit, 1), (cloth.mid, 1), (cloth.dark, 1)]
    canvas.drawPath(path, fill(shader=linear((0, -110), (20, LONG + 120 * f), ramp, [0.0, 0.16, 0.58, 0.80, 1.0])))
    canvas.save()
    canvas.clipPath(path, True)
    top = (-16.0, LONG - 46)
    canvas.drawCircle(*top, r, fill(shader=radial(top, r, [(cloth.edge, 0.45), (cloth.edge, 0.0)])))
    blob(canvas, (10, LONG + 104 * f), (r, 24), cloth.deep, 0.35, blur=18)
    inner = smooth([(-w, 0), (-w, 160), (-r - 4, LONG + 20)], close=False)
    canvas.drawPath(inner, stroke(cloth.deep, 40, 0.45, blur=18))
    outer = smooth([(w * 1.06, 0), (w, 160), (r + 4, LONG)], close=False)
    canvas.drawPath(outer, stroke(cloth.deep, 34, 0.40, blur=15))
    for k, y in enumerate((-40, 14, 76)):
        fold(canvas, cloth, [(-w, y + 24), (-10, y + 10 - 8 * k), (w, y - 22)], 14, 0.38)
    fold(canvas, cloth, [(-r, LONG + 52), (0, LONG + 72), (r, LONG + 48)], 14, 0.34)
    canvas.restore()
