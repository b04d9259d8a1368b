"""Those who sit at the desks of a set, where words tell of them: pupils before the board, clerks before their screens.

They are seen from behind, between their desk and the camera, in the space of the set itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import skia

from generation_service.contract.shots import Place, Shot
from generation_service.previs.blocking import in_frame
from generation_service.previs.brush import Image, fill, mix, oval, rgb, stroke, times
from generation_service.previs.camera import through
from generation_service.previs.cast.body import below_of
from generation_service.previs.cast.limbs import draw_arm
from generation_service.previs.cast.looks import Look
from generation_service.previs.cast.parts import Plane, lay_part, plane_of
from generation_service.previs.cast.pose import PERSON, SEAT, SOLE, Cue
from generation_service.previs.cast.puppet import SEATED_HEM, head_on, joints_of, kit_of
from generation_service.previs.cast.rig import pose_of
from generation_service.previs.passers import Passer
from generation_service.previs.scenes.halls import OFFICE_DESKS, swivel_back
from generation_service.previs.scenes.light import Mood
from generation_service.previs.scenes.plate import Plate
from generation_service.previs.scenes.schools import SCHOOL_DESKS, school_chair
from generation_service.previs.scenes.space import FOCAL, Room, seen
from generation_service.previs.scenes.space import PERSON as METRES
from generation_service.previs.stations import station_of
from generation_service.previs.strangers import GREY, STRANGER_LOOKS, Sort, muted, stranger

SEATED = "seated"
STILLS, ROUND_S, VEIL, BARELY = 4, 5.2, 0.06, 0.5
# Farther from the middle than this nobody is seen, and this near to one of the cast a seat stays empty (frame widths).
OUT, NEAR_CAST = 0.56, 0.045
WIDE = {"WS", "EWS"}


@dataclass(frozen=True)
class Desks:
    """A set's desks: where who sits at one sits (x, z in metres), how tall they are beside a grown-up, what they do,
    what of the seat is before them, and the number that one empty seat is drawn from. ``depths`` lie just before the
    desks'.
    """

    seats: tuple[tuple[float, float], ...]
    depths: tuple[float, ...]
    tall: float
    deeds: tuple[str, ...]
    before: Callable[[Room, tuple[float, float]], None]
    empty: int
    looks: tuple[int, ...] = tuple(range(STRANGER_LOOKS))


YOUNG = tuple(k for k in range(STRANGER_LOOKS) if stranger(k).style != "bald" and stranger(k).hair != rgb(GREY))
DESKS = {
    "school": Desks(
        SCHOOL_DESKS, (0.39,) * 4 + (0.25,) * 4, 0.84, ("write", "table", "write", "read"), school_chair, 11, YOUNG
    ),
    "office": Desks(OFFICE_DESKS, (0.47,) * 3 + (0.33,) * 2, 1.0, ("type", "type", "write", "table"), swivel_back, 12),
}


@dataclass(frozen=True)
class _Seat:
    """One who sits: ``look`` and ``deed``, the desk's number, pixels per unit of the painting, and blur in pixels."""

    look: int
    deed: str
    number: int
    scale: float
    blur: float


def sitters_of(shot: Shot, plate: Plate, frame: tuple[int, int], seed: int, focus: float) -> list[Passer]:
    """Who sits at the desks of a shot's place, far to near; nobody where no words tell of them. ``focus`` is the blur
    at depth 1 in pixels.
    """
    place, desks = shot.place, DESKS.get(shot.place.kind)
    if desks is None or not place.interior or SEATED not in place.elements:
        return []
    here = [part for part in in_frame(shot) if station_of(part, shot, plate.to_frame) is None]
    taken = [part.across for part in here] if shot.size in WIDE else []
    found = []
    for number, (x, z) in enumerate(desks.seats):
        foot_x, foot_y, grow = through(plate.to_frame, *seen(x, 0.0, z))
        near = any(abs(foot_x / frame[0] - one) < NEAR_CAST for one in taken)
        if near or number == seed % desks.empty or abs(foot_x / frame[0] - 0.5) > OUT:
            continue
        depth = desks.depths[number]
        kind = _Seat(
            desks.looks[(seed + 7 * number) % len(desks.looks)],
            desks.deeds[(seed // 7 + number) % len(desks.deeds)], number, round(grow, 3),
            round(focus * (0.35 + depth), 1),
        )  # fmt: skip
        pictures = _pictures(kind, place, plate.mood)
        found.append(
            Passer(
                pictures, at=(foot_x, foot_y), tall=pictures[0].shape[0] / 1.12, speed=0.0, depth=depth,
                phase=number * 0.37 % 1.0, frame=frame, fps=shot.fps, round_s=ROUND_S + 0.6 * (number % 3),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: -one.depth)


@lru_cache(maxsize=48)
def _pictures(kind: _Seat, place: Place, mood: Mood) -> tuple[Image, ...]:
    """Who sits, as premultiplied pictures of a few moments, the foot in the middle near their lower edge."""
    desks = DESKS[place.kind]
    x, z = desks.seats[kind.number]
    foot = seen(x, 0.0, z)
    metre = FOCAL / z * kind.scale
    shape = (round(1.5 * metre * 1.12), round(1.25 * metre))
    look = stranger(kind.look)
    body = kind.scale * FOCAL / z * METRES * desks.tall / PERSON
    kit = kit_of(look, mood, max(0.035, round(body, 3)), behind=True)
    quiet = Sort(kind.look, 0.0, walks=False, seated=True, tall=shape[0], blur=0.0, veil=VEIL)
    made = []
    for k in range(STILLS):
        plane = plane_of(*shape)
        plane.canvas.translate(shape[1] / 2, shape[0] * 0.965)
        cue = Cue(ROUND_S * k / STILLS, phase=kind.look / 7)
        pose = pose_of(kind.deed, "", 0.0, cue, broad=look.shoulders)
        plane.canvas.save()
        plane.canvas.scale(body, body)
        plane.canvas.translate(0, -SOLE)
        _shins(plane, look, mood)
        _back_of(plane, kit, pose)
        plane.canvas.restore()
        plane.pixels[:] = muted(plane.pixels, mood, quiet)
        plane.canvas.scale(kind.scale, kind.scale)
        plane.canvas.translate(-foot[0], -foot[1])
        desks.before(Room((plane.canvas, place, mood, np.random.default_rng(0))), (x, z))
        blurred = cv2.GaussianBlur(plane.pixels, (0, 0), 0.6 * kind.blur) if kind.blur > BARELY else plane.pixels
        made.append(np.ascontiguousarray(blurred, np.uint8))
    return tuple(made)


def _shins(plane: Plane, look: Look, mood: Mood) -> None:
    """What is seen of the legs under the seat, in its shade."""
    tone = mix(times(below_of(look), mood.ambient), (6, 5, 10), 0.42)
    for side in (-1, 1):
        plane.canvas.drawLine(140 * side, SOLE - SEAT, 165 * side, SOLE - 150, stroke(tone, 150))
        plane.canvas.drawOval(oval(170 * side, SOLE - 110, 84, 60), fill((18, 16, 18)))


def _back_of(plane: Plane, kit: Any, pose: Any) -> None:
    """Somebody on a chair from behind: their hands lie before them, the chair hides the legs."""
    joints = joints_of(kit.look, pose)
    for k in (0, 1):
        draw_arm(plane.canvas, kit, joints, k, pose)
    full = plane.canvas.getTotalMatrix()
    trunk = skia.Matrix()
    trunk.postTranslate(*pose.hips)
    full.preConcat(trunk)
    lay_part(plane.pixels, kit.hips, full)
    lay_part(plane.pixels, kit.trunk.above(SEATED_HEM), full)
    head_on(plane.pixels, plane.canvas.getTotalMatrix(), kit.head, pose)
