"""Where drawn people stand in a frame, and how large they are there."""

from dataclasses import dataclass

from generation_service.previs.cast.build import HEAD
from generation_service.previs.cast.rig import PERSON, SOLE


@dataclass(frozen=True)
class Mark:
    """Where somebody stands: the spot between the feet in pixels of the frame, and pixels per unit. ``tall``: how high
    they are drawn, seen from above or below, 1 at eye level.
    """

    x: float
    y: float
    scale: float
    tall: float = 1.0


def mark_at(across: float, frame: tuple[int, int], foot: tuple[float, float, float], *, share: float = 1.0) -> Mark:
    """Where somebody of a wide shot stands; ``foot`` as :func:`generation_service.previs.standing.foot_of` gives it.
    ``share`` of full size: who is smaller stands farther back.
    """
    _, y, tall = foot
    return Mark(across * frame[0], y - 0.225 * (1 - share) * frame[1], tall * share / PERSON)


def mark_close(across: float, frame: tuple[int, int], face: float, line: float) -> Mark:
    """Where somebody of a medium shot stands: ``face`` height and eye ``line`` in frame heights, the feet far below."""
    scale = face * frame[1] / (480.0 * HEAD)
    return Mark(across * frame[0], line * frame[1] + SOLE * scale, scale)
