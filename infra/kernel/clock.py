"""Time as an argument: a clock port, the system's clock and one that tests set by hand. All times are UTC."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from infra.kernel.errors import Invalid


class Clock(Protocol):
    """Where a process reads time. ``now`` is wall time in UTC; ``monotonic`` seconds never go backwards."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock that stands still until it is moved; both readings move together."""

    def __init__(self, at: datetime) -> None:
        self._at, self._mono = at, 0.0

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._mono

    def advance(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)
        self._mono += seconds


def rfc3339(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``: ``2026-11-22T09:00:00.123Z``."""
    if at.tzinfo is None:
        raise Invalid("kernel.naive_time", "a time without a zone was given")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_rfc3339(text: str) -> datetime:
    """The UTC time of an RFC 3339 text with an offset; raises :class:`Invalid` otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("kernel.bad_time", "not an RFC 3339 time") from error
    if at.tzinfo is None:
        raise Invalid("kernel.bad_time", "an RFC 3339 time needs an offset")
    return at.astimezone(UTC)
