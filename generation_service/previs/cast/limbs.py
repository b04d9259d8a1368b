"""Arms, legs and the shadow under the feet: what of a drawn body is drawn anew for each pose."""

from math import atan2, hypot
from typing import Any

from generation_service.previs.brush import Colour, fill, mix, radial, smooth, stroke, times
from generation_service.previs.cast.hands import draw_hand, draw_shoe
from generation_service.previs.cast.joints import Joints
from generation_service.previs.cast.kit import Kit
from generation_service.previs.cast.outfits import CLOTH_SHADE
from generation_service.previs.cast.rig import SOLE, Joint, Pose


def draw_arm(canvas: Any, kit: Kit, joints: Joints, k: int, pose: Pose, *, dim: float = 1.0) -> None:
    """Arm ``k`` (0 the left one on screen), its hand first; ``dim`` below 1 lies in the body's shade."""
    a, b, c = joints.shoulders[k], joints.elbows[k], joints.wrists[k]
    tone = mix((0, 0, 0), kit.cloth, dim * (0.93 if k == 0 else 0.82))
    way = atan2(c[1] - b[1], c[0] - b[0])
    draw_hand(canvas, c, way, pose.grips[k], skin=mix((0, 0, 0), kit.skin, dim), side=-1 if k == 0 else 1)
    _limb(canvas, ((a, 146.0), (b, 122.0), (c, 90.0)), tone, kit.rim, folds=True)


def draw_leg(canvas: Any, kit: Kit, joints: Joints, k: int, pose: Pose, *, dim: float = 1.0) -> None:
    """Leg ``k`` with its shoe; as :func:`draw_arm`."""
    hip, knee, ankle = joints.hips[k], joints.knees[k], joints.ankles[k]
    tone = mix((0, 0, 0), kit.trousers, dim)
    draw_shoe(canvas, ankle, pose.turn, mix((0, 0, 0), kit.shoe, dim), -1 if k == 0 else 1)
    widths = (250.0, 215.0, 140.0) if pose.seated else (250.0, 186.0, 140.0)
    if pose.seated:
        _limb(canvas, ((knee, 196.0), (ankle, 134.0), (ankle, 134.0)), mix(tone, (0, 0, 0), 0.15), kit.rim, folds=False)
        _limb(canvas, ((hip, widths[0]), (knee, widths[1]), (knee, widths[1])), tone, kit.rim, folds=False)
        return
    _limb(canvas, ((hip, widths[0]), (knee, widths[1]), (ankle, widths[2])), tone, kit.rim, folds=True)


def _limb(canvas: Any, bones: tuple[tuple[Joint, float], ...], tone: Colour, rim: Colour, *, folds: bool) -> None:
    """Two tapering bones as one shape: lit from the upper left, shaded to the right, creased at the joint."""
    light, dark = mix(tone, (255, 244, 228), 0.16), times(tone, CLOTH_SHADE)
    (a, wa), (b, wb), (c, wc) = bones
    n1, n2 = _normal(a, b), _normal(b, c) if c != b else _normal(a, b)
    n = _unit(n1[0] + n2[0], n1[1] + n2[1])

    def off(at: Joint, way: Joint, by: float) -> Joint:
        return (at[0] + way[0] * by, at[1] + way[1] * by)

    one = [off(a, n1, wa / 2), off(b, n, wb / 2), off(c, n2, wc / 2)]
    two = [off(c, n2, -wc / 2), off(b, n, -wb / 2), off(a, n1, -wa / 2)]
    cap = (a[0] + n1[1] * wa * 0.46, a[1] - n1[0] * wa * 0.46)
    lit_side, shade_side = (two, one) if n[0] + 0.4 * n[1] > 0 else (one, two)
    shape = smooth([*one, *two, cap], tension=0.75)
    if canvas.quickReject(shape):
        return
    canvas.drawPath(shape, fill(tone))
    canvas.save()
    canvas.clipPath(shape, True)
    for share, alpha in ((0.95, 0.20), (0.60, 0.26), (0.30, 0.30)):
        canvas.drawPath(smooth(shade_side, close=False), stroke(dark, wb * share, alpha))
    canvas.drawPath(smooth(lit_side, close=False), stroke(light, wb * 0.55, 0.35))
    canvas.drawPath(smooth(shade_side, close=False), stroke(rim, 12, 0.22))
    canvas.restore()
    if folds:
        for k in (-1, 1):
            crease = [(b[0] - wb * 0.40, b[1] + 26 * k), (b[0], b[1] + 34 * k), (b[0] + wb * 0.32, b[1] + 14 * k)]
            canvas.drawPath(smooth(crease, close=False), stroke(dark, 9, 0.30))


def _normal(a: Joint, b: Joint) -> Joint:
    return _unit(b[1] - a[1], a[0] - b[0])


def _unit(x: float, y: float) -> Joint:
    long = max(1e-6, hypot(x, y))
    return (x / long, y / long)


def draw_shadow(canvas: Any, pose: Pose, strength: float) -> None:
    """The soft dark under the feet that ties somebody to the ground."""
    for x, high in pose.feet:
        near = max(0.15, 1 - high / 420)
        at = (x + (60 if pose.turn > 0.6 else -60 if pose.turn < -0.6 else 0), SOLE + 4.0)
        canvas.save()
        canvas.translate(*at)
        canvas.scale(1.0, 0.16)
        shade = radial((0, 0), 250, [((4, 5, 12), 0.62 * strength * near), ((4, 5, 12), 0.0)])
        canvas.drawCircle(0, 0, 250, fill(shader=shade))
        canvas.restore()
    canvas.save()
    canvas.translate(pose.hips[0], SOLE + 6.0)
    canvas.scale(1.0, 0.10)
    canvas.drawCircle(0, 0, 520, fill(shader=radial((0, 0), 520, [((4, 5, 12), 0.38 * strength), ((4, 5, 12), 0.0)])))
    canvas.restore()
