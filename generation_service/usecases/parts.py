"""What the render worker's use cases need from outside: permission, the library, a painter, a cutting room.

``Consent`` and ``Run`` have the shape of ``consent_service.client``; tests put simulators behind all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from consent_service.contract.decisions import LeaseClosed, Use
from generation_service.contract.jobs import AssembleJob
from generation_service.contract.shots import Shot


class Run(Protocol):
    """A running lease. ``token`` is its permit."""

    @property
    def token(self) -> str: ...

    def check(self) -> None:
        """The guard: returns at once while everything stands, raises Denied, Paused or Unavailable when not."""
        ...

    def complete(self, *, output_sha256: str, seconds: float, takes: Sequence[str] = ()) -> LeaseClosed:
        """The publish gate: raises when anything was withdrawn or paused since."""
        ...


class Consent(Protocol):
    """Leases for jobs. Leaving the context without ``complete`` closes the lease as aborted or failed."""

    def lease(
        self,
        *,
        decision: str,
        job: str,
        uses: tuple[Use, ...],
        features: tuple[str, ...],
        kind: Literal["synthesis", "release"] = "synthesis",
        film_grants: tuple[str, ...] = (),
    ) -> AbstractContextManager[Run]:
        """``film_grants`` are watched too: a film that loses one stops, whoever the shot shows."""
        ...


class Faces(Protocol):
    """The reference library: the photo of a face, opened by a permit that names it."""

    def open(self, sha256: str, permit: str) -> bytes: ...


@dataclass(frozen=True)
class Painted:
    """A rendered take: MP4 bytes, number of frames, and what the painter measured on the way."""

    mp4: bytes
    frames: int
    measured: dict[str, Any] = field(default_factory=dict)


class Painter(Protocol):
    """A picture backend. ``faces`` maps asset digests to image bytes; ``check`` is read at every batch of frames and
    may raise; ``progress`` takes 0..1.
    """

    def paint(
        self, shot: Shot, faces: Mapping[str, bytes], check: Callable[[], None], progress: Callable[[float], None]
    ) -> Painted: ...


@dataclass(frozen=True)
class Extra:
    """A file beside the film. ``name`` is its path in a delivery, such as ``stems/dialogue.wav``."""

    name: str
    media_type: str
    path: Path


@dataclass(frozen=True)
class Film:
    """A finished, checked and signed film, its contact sheet as PNG, and what is delivered beside it."""

    path: Path
    seconds: float
    contact_sheet: bytes
    checks: dict[str, Any]
    extras: tuple[Extra, ...] = ()


class Material(Protocol):
    """What a film is joined from, opened one thing at a time; and the shelf of parts that films have in common."""

    def take(self, number: int) -> bytes:
        """The MP4 of the take at this place of the film, from 0."""
        ...

    def track(self, target: Path) -> None:
        """Write the mixed sound (AAC in an MP4) to a file."""
        ...

    def stem(self, name: str, target: Path) -> None: ...

    def find(self, name: str, shot: int) -> bytes | None:
        """A part of the shot at this place that some film of this partner was made of before."""
        ...

    def keep(self, name: str, data: bytes, shot: int) -> None:
        """Keep a part of the shot at this place for the next film."""
        ...


class CuttingRoom(Protocol):
    """Joins, labels, signs and checks. Raises Internal ``generation.checks_failed`` with ``errors`` when a release
    check fails, and whatever ``check`` raises. The files of a film are gone when its context is left.
    """

    def finish(
        self, job: AssembleJob, material: Material, check: Callable[[], None], progress: Callable[[float], None]
    ) -> AbstractContextManager[Film]: ...
