"""Lightning in the sky of a shot: a branching stroke behind everything that stands before the sky."""

import numpy as np

from generation_service.contract.shots import Shot
from generation_service.previs import inks
from generation_service.previs.brush import Image
from generation_service.previs.life import glow_of
from generation_service.previs.scenes import air

WIDE = {"WS", "EWS"}
SEEN = 0.16  # strength of the flash above which the stroke itself is seen


class Bolt:
    """The strokes of a shot's flashes, each at a place and of a shape of its own; drawn while its flash is strong."""

    still, depth = False, 0.93

    def __init__(self, times: tuple[float, ...], shot: Shot, frame: tuple[int, int], seed: int) -> None:
        self._times, self._fps, self._frame, self._seed = times, shot.fps, frame, seed
        rng = np.random.default_rng((seed + 5) & 0xFFFFFFFF)
        self._across = [float(rng.uniform(0.14, 0.86)) for _ in times]

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The stroke of the flash that lights frame ``index``, and the cloud it comes from; nothing between flashes."""
        t = (index + 0.5) / self._fps
        strength = air.flash_at(self._times, t)
        if strength < SEEN:
            return
        number = int(np.argmin([abs(t - time) for time in self._times]))
        height, width = below.shape[:2]
        stroke = air.bolt(max(16, round(0.60 * height / 2) * 2), self._seed + number)
        x = self._across[number] * width + view[1] * height / self._frame[1]
        cloud = glow_of(max(8, round(0.8 * height / 8) * 8), (176, 172, 240))
        inks.add_light(below, cloud, int(x - cloud.shape[1] / 2), int(-0.5 * cloud.shape[0]), int(150 * strength))
        inks.add_light(below, stroke, int(x - stroke.shape[1] / 2), 0, int(256 * min(1.0, 1.5 * strength)))


def lightning(shot: Shot, frame: tuple[int, int], seed: int) -> list[Bolt]:
    """The lightning of a wide shot; closer ones show its light alone."""
    times = air.flashes_of(shot, seed) if shot.size in WIDE else ()
    return [Bolt(times, shot, frame, seed)] if times else []
