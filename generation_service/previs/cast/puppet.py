"""A drawn person in parts that move: head, trunk and limbs put together in any pose, at any size, on a canvas.

Head and trunk are painted once, with the same strokes as the close pictures, so that somebody is the same person in
every shot; arms, hands, legs and shoes are drawn anew for each frame from the joints of ``rig``.
"""

from math import degrees
from typing import Any

import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs.brush import Image, smooth, stroke
from generation_service.previs.cast.build import CHIN, HEAD, SUNK, build_of
from generation_service.previs.cast.joints import Joints, joints_of, lean_of, through
from generation_service.previs.cast.kit import HEAD_BOX, TRUNK_BOX, Kit, kit_of
from generation_service.previs.cast.limbs import draw_arm, draw_leg, draw_shadow, shade_arm
from generation_service.previs.cast.outfits import CUTS
from generation_service.previs.cast.parts import Painted, Plane, lay_part, plane_of
from generation_service.previs.cast.rig import HIP_Y, Pose

__all__ = [
    "HEAD_BOX", "TRUNK_BOX", "Joints", "Kit", "Painted", "Plane", "draw_arms", "draw_puppet", "draw_shadow",
    "draw_trunk", "head_on", "joints_of", "kit_of", "mesh_turned", "plane_of",
]  # fmt: skip

NECK = (0.0, 250.0)
# How far down a long garment reaches on somebody who sits.
SEATED_HEM = 1530.0
# How much higher than the hip the knee of somebody on the ground is when the leg stands before the trunk.
DRAWN_UP = 260.0
# What limbs on the far side keep of their light.
FAR = 0.72


def draw_puppet(plane: "Plane", kit: Kit, pose: Pose) -> None:
    """Somebody in a pose; the plane's canvas is scaled to units with its origin where the head's is when standing."""
    joints = joints_of(kit.look, pose)
    base = plane.canvas.getTotalMatrix()
    head_on(plane.pixels, base, kit.back, pose)
    draw_trunk(plane, kit, pose, joints)
    head_on(plane.pixels, base, kit.head, pose)
    draw_arms(plane.canvas, kit, pose, joints)


def draw_trunk(plane: "Plane", kit: Kit, pose: Pose, joints: Joints) -> None:
    """What lies between the hair behind a head and the head: legs, trunk, the arm on the far side."""
    canvas = plane.canvas
    order = sorted((0, 1), key=lambda k: joints.depths.hips[k] + joints.depths.knees[k])
    for k in (0, 1):
        if joints.behind[k]:
            draw_arm(canvas, kit, joints, k, pose, dim=FAR)
    side_on = abs(pose.turn) > 0.6
    trunk = skia.Matrix()
    trunk.setRotate(degrees(pose.lean), 0, HIP_Y)
    trunk.postTranslate(*pose.hips)
    full = canvas.getTotalMatrix()
    full.preConcat(trunk)
    lay_part(plane.pixels, kit.hips, full)
    raised = [pose.seated and joints.knees[k][1] < joints.hips[k][1] - DRAWN_UP for k in (0, 1)]
    for k in order:
        if not raised[k]:
            draw_leg(canvas, kit, joints, k, dim=FAR if side_on and k == order[0] else 1.0)
    hem = CUTS[kit.look.outfit].hem
    _hem_shade(canvas, kit, pose, min(hem, SEATED_HEM) if pose.seated else hem)
    lay_part(plane.pixels, kit.trunk.above(SEATED_HEM) if pose.seated else kit.trunk, full)
    for k in order:
        if raised[k]:
            draw_leg(canvas, kit, joints, k)
    for k in (0, 1):
        if not joints.behind[k]:
            shade_arm(canvas, joints, k, 74 * build_of(kit.look).limb)


def _hem_shade(canvas: Any, kit: Kit, pose: Pose, hem: float) -> None:
    """The soft dark that the garment's hem leaves on the legs, and only there."""
    y = hem + pose.hips[1]
    half = build_of(kit.look).half(1500) + 40
    for wide, alpha in ((110.0, 0.12), (76.0, 0.14), (46.0, 0.16)):
        paint = stroke((5, 4, 12), wide, alpha)
        paint.setBlendMode(skia.BlendMode.kSrcATop)
        canvas.drawPath(
            smooth([(pose.hips[0] - half, y), (pose.hips[0], y + 16), (pose.hips[0] + half, y)], close=False), paint
        )


def draw_arms(canvas: Any, kit: Kit, pose: Pose, joints: Joints) -> None:
    """The arms before the trunk."""
    for k in (0, 1):
        if not joints.behind[k]:
            draw_arm(canvas, kit, joints, k, pose)


def head_on(below: Image, base: Any, part: Painted, pose: Pose) -> None:
    """A head's picture, or the hair behind it, over ``below`` (h, w, 4). ``base`` takes units to pixels."""
    full = skia.Matrix()
    full.setConcat(base, _head_matrix(pose))
    lay_part(below, part, full)


def _head_matrix(pose: Pose) -> Any:
    """Where the head sits: smaller than it was painted, rolled about the neck, along with the trunk."""
    roll, dx, dy = pose.head
    made = skia.Matrix()
    made.setScale(HEAD, HEAD, 0.0, CHIN)
    made.postTranslate(0.0, SUNK)
    made.postRotate(degrees(roll + pose.lean * 0.4), *NECK)
    at = through(lean_of(pose), NECK)
    made.postTranslate(at[0] - NECK[0] + dx, at[1] - NECK[1] + dy)
    return made


def mesh_turned(mesh: NDArray[np.float64], turn: float, shift: float, narrow: float) -> NDArray[np.float64]:
    """The face mesh (n, 3) in units after the features have wandered by ``turn``."""
    moved = mesh.copy()
    moved[:, 0] = moved[:, 0] * (1 - narrow * abs(turn)) + shift * turn
    return moved
