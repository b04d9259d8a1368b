"""The port every picture engine stands behind, what an engine can say about itself, and the engines there are."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from generation_service.contract.shots import Shot
from infra.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]


@dataclass(frozen=True)
class Capabilities:
    """What an engine offers. Planning reads this, never the engine's name.

    ``references`` lists the modalities it can use (``face.image`` …); frame counts are rounded up to a multiple of
    ``frame_multiple`` and sizes to ``size_multiple``; ``longest_frames`` bounds one shot; ``stop`` says in words where
    the guard is read.
    """

    name: str
    version: str
    native_sound: bool
    references: tuple[str, ...]
    frame_multiple: int
    size_multiple: int
    longest_frames: int
    stop: str
    needs_gpu: bool


@dataclass(frozen=True)
class RenderedTake:
    """A finished take: exactly ``frames`` pictures at ``fps``, and the SHA-256 (hex) of the file as written."""

    frames: int
    fps: Fraction
    width: int
    height: int
    sha256: str


class PictureBackend(Protocol):
    """Renders one shot to a video-only MP4.

    Durability: the output is complete only when ``render`` returns. Retries: none inside; the same shot and faces give
    the same picture, so a caller may run it again. Errors: :class:`infra.kernel.errors.Invalid` for a shot or face that
    cannot be used; whatever ``check`` raises comes out unchanged, with the output closed and to be thrown away.
    """

    capabilities: Capabilities

    def render(
        self,
        shot: Shot,
        *,
        faces: "dict[str, Image]",
        out: BinaryIO | str | Path,
        check: Callable[[], None],
        progress: Callable[[float], None],
    ) -> RenderedTake:
        """``faces`` maps the SHA-256 of a reference to its RGB pixels; ``progress`` is told the share done, 0..1."""
        ...

    def still(self, shot: Shot, t: float, faces: "dict[str, Image] | None" = None) -> "Image":
        """One frame at ``t`` seconds as RGB (h, w, 3)."""
        ...


def _previs() -> PictureBackend:
    from generation_service.previs.backend import PrevisBackend  # noqa: PLC0415  (loads OpenCV and numba)

    return PrevisBackend()


BACKENDS: dict[str, Callable[[], PictureBackend]] = {"previs": _previs}


def open_backend(name: str = "previs") -> PictureBackend:
    """The engine of that name. Raises ``generation.backend_unknown``."""
    make = BACKENDS.get(name)
    if make is None:
        raise Invalid(
            "generation.backend_unknown",
            f"there is no picture backend {name!r}",
            fix="use one of: " + ", ".join(sorted(BACKENDS)),
            backend=name,
        )
    return make()
