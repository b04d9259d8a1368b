"""Arms, legs and the shadow under the feet: what of a drawn body is laid anew along the bones of each pose."""

from math import atan2, degrees, hypot
from typing import Any

import skia

from generation_service.previs.brush import fill, radial, smooth, stroke
from generation_service.previs.cast.joints import Joints
from generation_service.previs.cast.kit import Kit
from generation_service.previs.cast.lap import LONG
from generation_service.previs.cast.parts import Painted
from generation_service.previs.cast.ribbon import lay_strip
from generation_service.previs.cast.rig import SOLE, Joint, Pose

__all__ = ["draw_arm", "draw_leg", "draw_shadow", "shade_arm"]

# From how much nearer than the hip a knee is, its thigh is drawn foreshortened.
TOWARDS = 420.0


def draw_arm(canvas: Any, kit: Kit, joints: Joints, k: int, pose: Pose, *, dim: float = 1.0) -> None:
    """Arm ``k`` (0 the left one on screen), its hand first unless that is nearer; ``dim`` below 1 lies in shade."""
    a, b, c = joints.shoulders[k], joints.elbows[k], joints.wrists[k]
    turn = degrees(atan2(c[1] - b[1], c[0] - b[0])) - 90
    near = joints.depths.wrists[k] > joints.depths.elbows[k] + 200

    def hand() -> None:
        if pose.grips[k] != "pocket":
            _lay(canvas, kit.hand(pose.grips[k]), c, turn, mirrored=k == 0, dim=dim)

    if not near:
        hand()
    lay_strip(canvas, kit.sleeves[k], (a, b, c), dim=dim)
    if near:
        hand()


def shade_arm(canvas: Any, joints: Joints, k: int, half: float) -> None:
    """The soft dark that an arm leaves on the body behind it, and only there."""
    (ax, ay), (bx, by) = joints.shoulders[k], joints.elbows[k]
    bones = ((ax + 0.42 * (bx - ax), ay + 0.42 * (by - ay)), joints.elbows[k], joints.wrists[k])
    line = smooth([(x + 12, y + 18) for x, y in bones], close=False)
    for wide, alpha in ((2.6, 0.05), (2.4, 0.06), (2.2, 0.07), (2.0, 0.08), (1.8, 0.08)):
        paint = stroke((5, 4, 12), wide * half, alpha)
        paint.setBlendMode(skia.BlendMode.kSrcATop)
        canvas.drawPath(line, paint)


def draw_leg(canvas: Any, kit: Kit, joints: Joints, k: int, *, dim: float = 1.0) -> None:
    """Leg ``k`` with its shoe; as :func:`draw_arm`. A thigh that comes towards the viewer lies over the shin."""
    hip, knee, ankle = joints.hips[k], joints.knees[k], joints.ankles[k]
    aim = joints.aims[k]
    beside = abs(aim) > 0.5
    left = aim < 0 if beside or abs(aim) > 0.05 else k == 0
    tip = degrees(joints.toes[k]) if beside else 0.0
    _lay(canvas, kit.shoe(beside=beside), ankle, -tip if left else tip, mirrored=left, dim=dim)
    if joints.depths.knees[k] - joints.depths.hips[k] <= TOWARDS:
        lay_strip(canvas, kit.legs[k], (hip, knee, ankle), dim=dim)
        return
    lay_strip(
        canvas, kit.legs[k], ((knee[0], knee[1] - 230), (knee[0], knee[1] + 70), ankle), dim=dim * 0.92, whole=False
    )
    long = hypot(knee[0] - hip[0], knee[1] - hip[1])
    turn = degrees(atan2(knee[1] - hip[1], knee[0] - hip[0])) - 90
    _lay(canvas, kit.lap(), hip, turn, mirrored=k == 0, dim=dim, long=max(0.5, long / LONG))


def _lay(canvas: Any, part: Painted, at: Joint, turn: float, *, mirrored: bool, dim: float, long: float = 1.0) -> None:
    """A painted part at a joint, turned by degrees; ``mirrored`` from left to right, ``long`` times its length."""
    base = canvas.getTotalMatrix()
    grow = abs(base.getScaleX()) / part.scale
    part = part.reduced(2 if grow < 0.5 else 1)
    paint = skia.Paint(AntiAlias=True)
    if dim < 1:
        grey = round(255 * dim)
        paint.setColorFilter(
            skia.ColorFilters.Blend(skia.ColorSetARGB(255, grey, grey, grey), skia.BlendMode.kModulate)
        )
    canvas.save()
    canvas.translate(*at)
    canvas.rotate(turn)
    canvas.scale(-1 if mirrored else 1, long)
    smoothly = skia.SamplingOptions(skia.FilterMode.kLinear)
    canvas.drawImageRect(part.image(), skia.Rect.MakeLTRB(*part.box), smoothly, paint)
    canvas.restore()


def draw_shadow(canvas: Any, pose: Pose, strength: float, *, cast: float = 0.0) -> None:
    """The soft dark under the feet that ties somebody to the ground; ``cast`` 0..1 how clearly the sun, which stands to
    the right, throws their shadow to the left.
    """
    if cast > 0:
        canvas.save()
        canvas.translate(pose.hips[0] - 40.0, SOLE - 10.0)
        canvas.skew(0.0, -0.20)
        canvas.scale(1.0, 0.15)
        ramp = [((6, 8, 22), 0.60 * cast), ((6, 8, 22), 0.46 * cast), ((6, 8, 22), 0.0)]
        canvas.drawCircle(-360, 0, 520, fill(shader=radial((-240, 0), 640, ramp, [0, 0.45, 1])))
        canvas.restore()
    for x, high in pose.feet:
        near = max(0.15, 1 - high / 420)
        at = (x + (60 if pose.turn > 0.6 else -60 if pose.turn < -0.6 else 0), SOLE + 4.0)
        canvas.save()
        canvas.translate(*at)
        canvas.scale(1.0, 0.20)
        shade = radial((0, 0), 250, [((4, 5, 12), 0.62 * strength * near), ((4, 5, 12), 0.0)])
        canvas.drawCircle(0, 0, 250, fill(shader=shade))
        canvas.restore()
    canvas.save()
    canvas.translate(pose.hips[0], SOLE + 6.0)
    canvas.scale(1.0, 0.15)
    canvas.drawCircle(0, 0, 520, fill(shader=radial((0, 0), 520, [((4, 5, 12), 0.46 * strength), ((4, 5, 12), 0.0)])))
    canvas.restore()
