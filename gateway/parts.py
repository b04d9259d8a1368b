"""What the routes work with: ports to the services, the blobs and the intake checks, built by ``bootstrap`` alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from fastapi import Request
from pydantic import BaseModel

from gateway.context import Metrics
from gateway.limits import Quota
from infra.blobs import BlobStore
from infra.kernel.clock import Clock
from infra.kernel.errors import Unavailable
from infra.kernel.rpc import Method

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


class Rpc(Protocol):
    """The services. ``call`` raises the kernel's errors; no answer by the deadline is ``Unavailable``."""

    async def call(self, method: Method[C, A], command: C, deadline_s: float | None = None) -> A: ...


@dataclass(frozen=True)
class Inspected:
    """A reference file after intake: re-encoded bytes, their type, and what was measured on them."""

    data: bytes
    media_type: str
    quality: dict[str, float | int | str]


Inspect = Callable[[bytes], Inspected]
"""Reads an uploaded file, in a child process of its own, and raises ``Invalid`` for what cannot be a reference."""


Compare = Callable[[list[tuple[bytes, int, str]], str], bytes]
"""Draws takes side by side: (MP4, frames a second, what it is) of each, and ``png`` or ``mp4``."""


def no_comparison(_takes: list[tuple[bytes, int, str]], _form: str) -> bytes:
    """Where nothing was wired that can draw."""
    raise Unavailable("gateway.no_comparison", "takes cannot be compared here")


@dataclass(frozen=True)
class Parts:
    """Everything a route may touch."""

    rpc: Rpc
    blobs: BlobStore
    clock: Clock
    inspect_face: Inspect
    inspect_voice: Inspect
    notice: str
    admin_key: str
    poll_s: float = 0.2
    compare: Compare = no_comparison
    quota: Quota = field(default_factory=Quota)
    metrics: Metrics = field(default_factory=Metrics)


def parts_of(request: Request) -> Parts:
    """The parts of the running app, for routes."""
    parts: Parts = request.app.state.parts
    return parts
