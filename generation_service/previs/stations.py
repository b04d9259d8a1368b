"""What people and a set make of each other: where in it somebody has to be for what they do, as at the board of a
classroom, and which of its furniture is left out because somebody already has it under them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Place, Shot
from generation_service.previs.blocking import AT_DESK, Part, in_frame
from generation_service.previs.camera import through
from generation_service.previs.cast.rig import PERSON
from generation_service.previs.marks import Mark
from generation_service.previs.scenes.space import FOCAL, seen
from generation_service.previs.scenes.space import PERSON as METRES

# By set and deed: x, height of the floor and z in metres, and the depth in the set.
STATIONS: dict[tuple[str, str], tuple[float, float, float, float]] = {("school", "board"): (-0.06, 0.18, 8.0, 0.41)}

# The one piece of furniture that a set has and people bring with them.
OWNED = {"hall": {"throne"}, "bedroom": {"bed"}, "den": {"desk"}}
FROM_AFAR = {"WS", "EWS", "MS"}


@dataclass(frozen=True)
class Station:
    """A mark far in the set, and the depth to be drawn at."""

    mark: Mark
    depth: float


def station_of(part: Part, shot: Shot, to_frame: NDArray[np.float64]) -> Station | None:
    """Where somebody of a wide shot goes for their deed; None who stays where they stand."""
    found = STATIONS.get((shot.place.kind, part.deed)) if shot.place.interior and shot.size == "WS" else None
    if found is None or shot.width < shot.height:
        return None
    x, y, z, depth = found
    foot_x, foot_y, grow = through(to_frame, *seen(x, y, z))
    return Station(Mark(foot_x, foot_y, grow * FOCAL / z * METRES / PERSON), depth)


def cleared(shot: Shot) -> Place:
    """The shot's place without the throne, bed or desk that somebody in the picture sits on, lies in or sits at: a set
    has one of each, and it is drawn with them.
    """
    if shot.size not in FROM_AFAR or not shot.place.interior:
        return shot.place
    used = {name for part in in_frame(shot) for name in _uses(part)}
    gone = tuple(f"no {name}" for name in sorted(used & OWNED.get(shot.place.kind, set())))
    return shot.place.model_copy(update={"elements": (*shot.place.elements, *gone)}) if gone else shot.place


def _uses(part: Part) -> set[str]:
    lies = part.deed == "lie" and part.seat in {"", "bed"} and not part.character.face
    return {
        name
        for name, has in (
            ("throne", part.seat == "throne"), ("bed", lies or part.seat == "bed"),
            ("desk", part.at_table or part.deed in AT_DESK),
        )
        if has
    }  # fmt: skip
