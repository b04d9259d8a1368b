"""Camera moves as smooth paths: zoom and shift per frame, with sub-pixel accuracy and no step at either end."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import CameraMove

BACKGROUND_SHARE = 0.55


@dataclass(frozen=True)
class Path:
    """Per frame: ``zoom`` (1 = as framed) and ``shift`` (f, 2) in frame heights, positive to the right and down."""

    zoom: NDArray[np.float64]
    shift: NDArray[np.float64]

    def at(self, frame: int, height: int, *, depth: float) -> tuple[float, float, float]:
        """Zoom and shift in pixels for a layer: ``depth`` 0 is the person's plane, 1 the far background."""
        share = 1 - (1 - BACKGROUND_SHARE) * depth
        dx, dy = self.shift[frame] * height * share
        return float(1 + (self.zoom[frame] - 1) * share), float(dx), float(dy)


def path(move: CameraMove, frames: int, fps: float, seed: int) -> Path:
    """The path of a move over a shot. Travel grows with the shot's length up to a limit, so speed stays calm."""
    t = (np.arange(frames) + 0.5) / frames
    eased = 0.35 * t + 0.65 * (t * t * (3 - 2 * t))
    reach = float(np.clip(frames / fps / 5.0, 0.35, 1.0))
    zoom, shift = np.ones(frames), np.zeros((frames, 2))
    if move == "push-in":
        zoom = 1 + 0.13 * reach * eased
    elif move == "pull-out":
        zoom = 1 + 0.13 * reach * (1 - eased)
    elif move in {"pan-left", "pan-right"}:
        shift[:, 0] = (1 if move == "pan-left" else -1) * 0.11 * reach * (eased - 0.5)
        zoom += 0.03
    elif move in {"tilt-up", "tilt-down"}:
        shift[:, 1] = (1 if move == "tilt-up" else -1) * 0.08 * reach * (eased - 0.5)
        zoom += 0.03
    elif move == "handheld":
        rng = np.random.default_rng(seed)
        shift = 0.0060 * _float(rng, frames, fps, 0.75) + 0.0018 * _float(rng, frames, fps, 0.22)
        zoom = 1.02 + 0.003 * _float(rng, frames, fps, 1.2)[:, 0]
    return Path(zoom, shift)


def _float(rng: np.random.Generator, frames: int, fps: float, tau: float) -> NDArray[np.float64]:
    """Two channels of smooth noise of unit spread, correlated over ``tau`` seconds."""
    sigma = max(tau * fps / 2, 0.8)
    reach = int(3 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= np.sqrt((kernel**2).sum())
    noise = [np.convolve(rng.normal(0, 1, frames + 2 * reach), kernel, mode="valid") for _ in range(2)]
    return np.stack(noise, axis=1)
