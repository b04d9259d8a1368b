"""A drawn person in parts that move: head, trunk and limbs put together in any pose, at any size, on a canvas.

Head and trunk are painted once, with the same strokes as the close pictures, so that somebody is the same person in
every shot; arms, hands, legs and shoes are drawn anew for each frame from the joints of ``rig``.
"""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, cos, degrees, hypot, sin
from typing import Any

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.previs import inks
from generation_service.previs.brush import (
    Colour,
    Image,
    Point,
    fill,
    mix,
    pixels,
    prepared,
    radial,
    smooth,
    stroke,
    surface,
    times,
)  # fmt: skip
from generation_service.previs.cast.body import draw_body, draw_neck
from generation_service.previs.cast.hair import draw_back, draw_front
from generation_service.previs.cast.hands import draw_hand, draw_shoe
from generation_service.previs.cast.head import chin_y, draw_head
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.nape import draw_nape
from generation_service.previs.cast.outfits import CLOTH_SHADE
from generation_service.previs.cast.rig import ANKLE, FORE, HIP_Y, SHIN, SOLE, THIGH, UPPER, Joint, Pose, bend
from generation_service.previs.figure import lit
from generation_service.previs.scenes.light import Mood

# Boxes of the painted parts, in units: left, top, right, bottom.
HEAD_BOX = (-350.0, -460.0, 350.0, 640.0)
TRUNK_BOX = (-640.0, 230.0, 640.0, 1660.0)
NECK = (0.0, 250.0)


@dataclass(frozen=True)
class Kit:
    """Somebody's painted parts under the light of a place. ``scale`` pixels per unit; pictures are straight RGBA,
    ready for I420; ``cloth``, ``trousers``, ``skin``, ``shoe`` are lit, ``rim`` is the light from behind.
    """

    look: Look
    scale: float
    back: Image
    trunk: Image
    head: Image
    cloth: Colour
    trousers: Colour
    skin: Colour
    shoe: Colour
    rim: Colour


@lru_cache(maxsize=48)
def kit_of(look: Look, mood: Mood, scale: float, *, turn: float = 0.0, behind: bool = False) -> Kit:
    """The parts of somebody who looks to the side by ``turn``, or away from the camera (``behind``)."""
    rng = np.random.default_rng(zlib.crc32(look.id.encode()))
    face = 480 * scale

    def part(box: tuple[float, float, float, float], *draw: Any) -> Image:
        made = surface(max(2, round((box[2] - box[0]) * scale)), max(2, round((box[3] - box[1]) * scale)))
        canvas = made.getCanvas()
        canvas.scale(scale, scale)
        canvas.translate(-box[0], -box[1])
        for one in draw:
            one(canvas)
        return _ready(lit(pixels(made), mood, face))

    back = part(HEAD_BOX, lambda c: None if behind else draw_back(c, look, rng))
    trunk = part(
        TRUNK_BOX, lambda c: draw_neck(c, look), lambda c: draw_body(c, look, rng, front=not behind, arms=False)
    )
    if behind:
        head = part(HEAD_BOX, lambda c: draw_nape(c, look, rng))
    else:
        head = part(HEAD_BOX, lambda c: draw_head(c, look, rng, turn=turn), lambda c: _hair(c, look, rng, turn))
    light = np.array(mood.key) * mood.exposure * 0.85 + 0.15 * 255 * mood.exposure
    under: Colour = (float(light[0]), float(light[1]), float(light[2]))
    trousers = mix(times(look.cloth, (120, 122, 138)), (44, 46, 56), 0.55)
    return Kit(
        look, scale, back, trunk, head, cloth=_tone(times(look.cloth, under)), trousers=_tone(times(trousers, under)),
        skin=_tone(times(look.skin, under)), shoe=_tone(times((46, 36, 34), under)), rim=_tone(mood.rim),
    )  # fmt: skip


def _hair(canvas: Any, look: Look, rng: np.random.Generator, turn: float) -> None:
    canvas.save()
    canvas.translate(turn * 16, 0)
    draw_front(canvas, look, rng)
    canvas.restore()


def _ready(picture: Image) -> Image:
    return np.ascontiguousarray(prepared(picture))


def _tone(colour: Colour) -> Colour:
    """A colour as :func:`prepared` makes it."""
    dot = np.array([[[min(255, round(c)) for c in colour]]], np.uint8)
    r, g, b = (float(v) for v in prepared(dot)[0, 0])
    return r, g, b


@dataclass(frozen=True)
class Joints:
    """Where everything is, in units below the head's own origin when standing."""

    shoulders: tuple[Joint, Joint]
    elbows: tuple[Joint, Joint]
    wrists: tuple[Joint, Joint]
    hips: tuple[Joint, Joint]
    knees: tuple[Joint, Joint]
    ankles: tuple[Joint, Joint]


def joints_of(look: Look, pose: Pose) -> Joints:
    """The joints of a pose."""
    side_on = min(1.0, abs(pose.turn))
    body = _body(pose)
    wide = (470 * look.shoulders - 106) * (1 - 0.62 * side_on)
    y = chin_y(look) + 256
    shoulders, elbows, wrists = [], [], []
    for k, side in enumerate((-1, 1)):
        a = _through(body, (side * wide, y))
        goal = _through(body, pose.hands[k])
        elbow, wrist = bend(a, goal, (UPPER, FORE), _elbow(pose.turn, side, a, goal))
        shoulders.append(a)
        elbows.append(elbow)
        wrists.append(wrist)
    hips, knees, ankles = [], [], []
    for k, side in enumerate((-1, 1)):
        hip = (pose.hips[0] + side * 118 * look.shoulders * (1 - 0.7 * side_on), HIP_Y + pose.hips[1])
        foot = (pose.feet[k][0], SOLE - ANKLE - pose.feet[k][1])
        if pose.seated:
            knee, ankle = (side * 235.0, hip[1] + 190), (side * 220.0, foot[1])
        elif side_on > 0.6:
            knee, ankle = bend(hip, foot, (THIGH, SHIN), pose.turn)
        else:  # knees that bend towards the viewer stay on the line from hip to foot
            knee, ankle = (hip[0] * 0.48 + foot[0] * 0.52 + side * 10, hip[1] * 0.49 + foot[1] * 0.51), foot
        hips.append(hip)
        knees.append(knee)
        ankles.append(ankle)
    return Joints(*((pair[0], pair[1]) for pair in (shoulders, elbows, wrists, hips, knees, ankles)))


def _elbow(turn: float, side: int, shoulder: Joint, hand: Joint) -> float:
    """To which side an elbow bends: behind the body of somebody seen from the side, else outwards, and down where the
    hand is far out or raised.
    """
    if abs(turn) > 0.6:
        way = -1.0 if turn > 0 else 1.0
        return way if hand[1] > shoulder[1] - 150 else -way
    apart = hypot(hand[0] - shoulder[0], hand[1] - shoulder[1])
    far = ((hand[0] - shoulder[0]) * side > 140 and apart > 640) or hand[1] < shoulder[1] + 40
    return -float(side) if far else float(side)


def _body(pose: Pose) -> tuple[float, float, float, float]:
    """Cosine and sine of the lean and the trunk's shift; the trunk turns about the hips."""
    return cos(pose.lean), sin(pose.lean), pose.hips[0], pose.hips[1]


def _through(body: tuple[float, float, float, float], at: Point) -> Joint:
    c, s, dx, dy = body
    x, y = at[0], at[1] - HIP_Y
    return (x * c - y * s + dx, x * s + y * c + dy + HIP_Y)


def draw_puppet(plane: "Plane", kit: Kit, pose: Pose) -> None:
    """Somebody in a pose; the plane's canvas is scaled to units with its origin where the head's is when standing."""
    joints = joints_of(kit.look, pose)
    base = plane.canvas.getTotalMatrix()
    head_on(plane.pixels, base, (kit.back, kit.scale), pose, plane.kept)
    draw_trunk(plane, kit, pose, joints)
    head_on(plane.pixels, base, (kit.head, kit.scale), pose, plane.kept)
    draw_arms(plane.canvas, kit, pose, joints)


def draw_trunk(plane: "Plane", kit: Kit, pose: Pose, joints: Joints) -> None:
    """What lies between the hair behind a head and the head: trunk, legs, the arm on the far side."""
    canvas = plane.canvas
    order = (1, 0) if pose.turn >= 0 else (0, 1)
    side_on = abs(pose.turn) > 0.6
    if side_on:
        _arm(canvas, kit, joints, order[0], pose, dim=0.72)
    if not pose.seated:
        for k in order:
            _leg(canvas, kit, joints, k, pose, dim=0.78 if side_on and k == order[0] else 1.0)
    trunk = skia.Matrix()
    trunk.setRotate(degrees(pose.lean), 0, HIP_Y)
    trunk.postTranslate(*pose.hips)
    trunk.preScale(1 - 0.26 * min(1.0, abs(pose.turn)), 1)
    full = canvas.getTotalMatrix()
    full.preConcat(trunk)
    _part(plane.pixels, (kit.trunk, kit.scale), TRUNK_BOX, full, plane.kept)
    if pose.seated:
        for k in order:
            _leg(canvas, kit, joints, k, pose)


def draw_arms(canvas: Any, kit: Kit, pose: Pose, joints: Joints) -> None:
    """The arms before the trunk."""
    if abs(pose.turn) > 0.6:
        _arm(canvas, kit, joints, 0 if pose.turn >= 0 else 1, pose)
    else:
        for k in (0, 1):
            _arm(canvas, kit, joints, k, pose)


def head_on(
    below: Image, base: Any, part: tuple[Image, float], pose: Pose, kept: dict[Any, Image], *, keep: bool = True
) -> None:
    """A head's picture, or the hair behind it, over ``below`` (RGB or premultiplied RGBA). ``base`` takes units to
    pixels; ``part`` is the picture and its pixels per unit; ``keep`` it in ``kept`` when it never changes.
    """
    full = skia.Matrix()
    full.setConcat(base, _head_matrix(pose))
    _part(below, part, HEAD_BOX, full, kept, keep=keep)


def _head_matrix(pose: Pose) -> Any:
    """Where the head sits: it rolls about the neck and goes along with the trunk."""
    roll, dx, dy = pose.head
    made = skia.Matrix()
    made.setRotate(degrees(roll + pose.lean * 0.4), *NECK)
    at = _through(_body(pose), NECK)
    made.postTranslate(at[0] - NECK[0] + dx, at[1] - NECK[1] + dy)
    return made


def _part(
    below: Image, part: tuple[Image, float], box: tuple[float, ...], full: Any, kept: dict[Any, Image], *,
    keep: bool = True,
) -> None:  # fmt: skip
    """A painted part through the matrix ``full``. OpenCV's warp is several times faster here than skia's sampling."""
    picture, scale = part
    ready = kept.get(id(picture)) if keep else None
    if ready is None:
        ready = np.empty(picture.shape, np.uint8)
        inks.premultiply(np.ascontiguousarray(picture), ready)
        if keep:
            kept[id(picture)] = ready
    full.preTranslate(box[0], box[1])
    full.preScale(1 / scale, 1 / scale)
    step = np.array(
        [
            [full.getScaleX(), full.getSkewX(), full.getTranslateX()],
            [full.getSkewY(), full.getScaleY(), full.getTranslateY()],
        ]
    )
    step[:, 2] += 0.5 * (step[:, 0] + step[:, 1]) - 0.5
    rows, columns = ready.shape[:2]
    corners = step @ np.array([[0, columns, 0, columns], [0, 0, rows, rows], [1, 1, 1, 1]])
    x0, y0 = (max(0, int(np.floor(v)) - 1) for v in corners.min(axis=1))
    x1 = min(below.shape[1], int(np.ceil(corners[0].max())) + 1)
    y1 = min(below.shape[0], int(np.ceil(corners[1].max())) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    step[:, 2] -= (x0, y0)
    shrunk = float(np.hypot(step[0, 0], step[1, 0])) < 0.5
    flags = cv2.INTER_AREA if shrunk else cv2.INTER_LINEAR
    source, inner = (ready, step) if not shrunk else _smaller(kept, picture, ready, step)
    placed = cv2.warpAffine(source, inner, (x1 - x0, y1 - y0), flags=flags)
    lay = inks.lay_upon if below.shape[2] == 4 else inks.lay_premultiplied
    lay(below, np.asarray(placed, np.uint8), x0, y0)


def _smaller(
    kept: dict[Any, Image], picture: Image, ready: Image, step: NDArray[np.float64]
) -> tuple[Image, NDArray[np.float64]]:
    """The part reduced by whole steps until the warp shrinks it by less than half, and the matrix for that."""
    factor = 2 ** int(np.floor(np.log2(1 / max(1e-3, float(np.hypot(step[0, 0], step[1, 0]))))))
    key = (id(picture), factor)
    small = kept.get(key)
    if small is None:
        size = (max(1, ready.shape[1] // factor), max(1, ready.shape[0] // factor))
        small = np.asarray(cv2.resize(ready, size, interpolation=cv2.INTER_AREA), np.uint8)
        kept[key] = small
    inner = step.copy()
    inner[:, 0] *= ready.shape[1] / small.shape[1]
    inner[:, 1] *= ready.shape[0] / small.shape[0]
    return small, inner


@dataclass(frozen=True)
class Plane:
    """What a puppet is drawn on: ``pixels`` (rows, columns, 4) premultiplied, ``canvas`` that draws into the same
    memory, and ``kept``, parts made ready, which lives as long as the kit.
    """

    pixels: Image
    canvas: Any
    kept: dict[Any, Image]


def plane_of(rows: int, columns: int, kept: dict[Any, Image] | None = None) -> Plane:
    """An empty plane."""
    pixels_ = np.zeros((max(1, rows), max(1, columns), 4), np.uint8)
    canvas = skia.Surface(pixels_, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
    return Plane(pixels_, canvas, {} if kept is None else kept)


def _arm(canvas: Any, kit: Kit, joints: Joints, k: int, pose: Pose, *, dim: float = 1.0) -> None:
    a, b, c = joints.shoulders[k], joints.elbows[k], joints.wrists[k]
    tone = mix((0, 0, 0), kit.cloth, dim * (0.93 if k == 0 else 0.82))
    way = atan2(c[1] - b[1], c[0] - b[0])
    draw_hand(canvas, c, way, pose.grips[k], skin=mix((0, 0, 0), kit.skin, dim), side=-1 if k == 0 else 1)
    _limb(canvas, ((a, 146.0), (b, 122.0), (c, 90.0)), tone, kit.rim, folds=True)


def _leg(canvas: Any, kit: Kit, joints: Joints, k: int, pose: Pose, *, dim: float = 1.0) -> None:
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


def mesh_turned(mesh: NDArray[np.float64], turn: float, shift: float, narrow: float) -> NDArray[np.float64]:
    """The face mesh (n, 3) in units after the features have wandered by ``turn``."""
    moved = mesh.copy()
    moved[:, 0] = moved[:, 0] * (1 - narrow * abs(turn)) + shift * turn
    return moved
