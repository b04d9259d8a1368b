"""Where the camera stands and how it moves: smooth paths with parallax by depth, and the view that an angle gives.

A push is a zoom with a little parallax, a pan turns on the spot, a dolly carries the camera: near things pass, far
things stay. Low and high angles turn the camera up and down, which bends the picture by a homography.
"""

from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from generation_service.contract.shots import Angle, CameraMove

BACKGROUND_SHARE = 0.55
# Share of a move that the farthest layer makes; the people's plane makes all of it.
FAR_SHARE = {"dolly": 0.22, "pan": 0.80, "tilt": 0.80, "handheld": 0.62}
# Pitch in degrees (positive looks up), how much nearer the camera stands so that no edge of the painting shows, and how
# far it is aimed higher or lower (painting units) so that people stay in the picture.
PITCH: dict[Angle, tuple[float, float, float]] = {
    "eye": (0.0, 1.0, 0.0), "low": (14.0, 1.11, 350.0), "high": (-19.0, 1.10, -350.0),
    "overhead": (-28.0, 1.16, -600.0), "dutch": (0.0, 1.0, 0.0),
}  # fmt: skip
# How high people are drawn, seen from above and from below.
FORESHORTENED: dict[Angle, float] = {"eye": 1.0, "low": 1.05, "high": 0.88, "overhead": 0.70, "dutch": 1.0}
DUTCH_DEGREES, DUTCH_ZOOM = 6.5, 1.14
_FOCAL = 1500.0


@dataclass(frozen=True)
class Path:
    """Per frame: ``zoom`` (1 = as framed) and ``shift`` (f, 2) in frame heights, positive to the right and down.
    ``far`` is the share of the move that a layer at depth 1 makes.
    """

    zoom: NDArray[np.float64]
    shift: NDArray[np.float64]
    far: float = BACKGROUND_SHARE

    def at(self, frame: int, height: int, *, depth: float) -> tuple[float, float, float]:
        """Zoom and shift in pixels for a layer: ``depth`` 0 is the person's plane, 1 the far background, below 0 what
        is nearer than the person.
        """
        share = 1 - (1 - self.far) * depth
        dx, dy = self.shift[frame] * height * share
        return float(1 + (self.zoom[frame] - 1) * share), float(dx), float(dy)

    @property
    def rests(self) -> bool:
        """Whether the camera stands still."""
        return bool(np.ptp(self.zoom) == 0 and np.ptp(self.shift) == 0)


def path(move: CameraMove, frames: int, fps: float, seed: int) -> Path:
    """The path of a move over a shot. Travel grows with the shot's length up to a limit, so speed stays calm."""
    t = (np.arange(frames) + 0.5) / frames
    eased = 0.35 * t + 0.65 * (t * t * (3 - 2 * t))
    reach = float(np.clip(frames / fps / 5.0, 0.35, 1.0))
    zoom, shift = np.ones(frames), np.zeros((frames, 2))
    kind, _, way = move.partition("-")
    if kind in {"push", "pull", "dolly"} and way in {"in", "out"}:
        gain = 0.20 if kind == "dolly" else 0.13
        zoom = 1 + gain * reach * (eased if way == "in" else 1 - eased)
    elif kind in {"pan", "dolly"}:
        shift[:, 0] = (1 if way == "left" else -1) * (0.15 if kind == "dolly" else 0.11) * reach * (eased - 0.5)
        zoom += 0.03
    elif kind == "tilt":
        shift[:, 1] = (1 if way == "up" else -1) * 0.08 * reach * (eased - 0.5)
        zoom += 0.03
    elif move == "handheld":
        rng = np.random.default_rng(seed)
        shift = 0.0060 * _float(rng, frames, fps, 0.75) + 0.0018 * _float(rng, frames, fps, 0.22)
        zoom = 1.02 + 0.003 * _float(rng, frames, fps, 1.2)[:, 0]
    return Path(zoom, shift, FAR_SHARE.get(kind, BACKGROUND_SHARE))


@dataclass(frozen=True)
class View:
    """Which part of the painting a shot sees: ``zoom`` 1 is all of it, (``x``, ``y``) the painting's point in the
    middle of the frame, ``angle`` the camera's.
    """

    zoom: float = 1.0
    x: float = 800.0
    y: float = 450.0
    angle: Angle = "eye"

    def matrix(self, width: float, height: float) -> NDArray[np.float64]:
        """3 x 3 from painting units (1600 x 900) to pixels of a picture of that size."""
        degrees, closer, aim = PITCH[self.angle]
        scale = max(width / 1600, height / 900) * self.zoom * closer
        tilt = np.radians(degrees)
        turn = np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]])
        lens = np.diag([_FOCAL, _FOCAL, 1.0])
        middle = np.array([[1, 0, -self.x], [0, 1, -self.y - aim / self.zoom], [0, 0, 1.0]])
        fit = np.array([[scale, 0, width / 2], [0, scale, height / 2], [0, 0, 1.0]])
        made = fit @ lens @ turn @ np.linalg.inv(lens) @ middle
        return np.asarray(made / made[2, 2], np.float64)

    def skia(self, width: float, height: float) -> "skia.Matrix":
        """The same matrix for a canvas."""
        return skia.Matrix([float(v) for v in self.matrix(width, height).reshape(-1)])


def through(matrix: NDArray[np.float64], x: float, y: float) -> tuple[float, float, float]:
    """A point through a homography, and the scale there (pixels per unit, upright)."""

    def point(px: float, py: float) -> NDArray[np.float64]:
        u, v, w = matrix @ np.array([px, py, 1.0])
        return np.array([u / w, v / w])

    here = point(x, y)
    return float(here[0]), float(here[1]), float(np.linalg.norm(point(x, y - 1.0) - here))


def _float(rng: np.random.Generator, frames: int, fps: float, tau: float) -> NDArray[np.float64]:
    """Two channels of smooth noise of unit spread, correlated over ``tau`` seconds."""
    sigma = max(tau * fps / 2, 0.8)
    reach = int(3 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    noise = [np.convolve(rng.normal(0, 1, frames + 2 * reach), kernel, mode="valid") for _ in range(2)]
    return np.stack(noise, axis=1)
