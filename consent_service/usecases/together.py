"""Doing for many at once what came one by one: who comes while another works shares the next turn.

There is no thread of its own and no waiting for company: whoever finds nobody at work leads at once. Works in plain
threads and green ones. It decides nothing; what is done for a group is the caller's.
"""

import copy
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from infra.kernel.errors import AssentError, Unavailable

T = TypeVar("T")
R = TypeVar("R")


class _One(Generic[T, R]):
    """Something that waits to be done, and what came of it."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.done = False
        self.result: list[R] = []
        self.error: Exception | None = None


class Together(Generic[T, R]):
    """One for a kind of work and a process; ``limit`` bounds a group."""

    def __init__(self, limit: int = 64) -> None:
        self._limit = limit
        self._turn = threading.Lock()
        self._waiting: deque[_One[T, R]] = deque()

    def do(self, item: T, work: Callable[[Sequence[T]], Sequence[R]]) -> R:
        """The result for ``item`` of ``work`` on a group that holds it. Raises what ``work`` raises for it."""
        one = _One[T, R](item)
        self._waiting.append(one)
        with self._turn:  # served by the one before us, mostly
            while not one.done:
                self._lead(work)
        if one.error is not None:
            raise copy.copy(one.error)
        return one.result[0]

    def _lead(self, work: Callable[[Sequence[T]], Sequence[R]]) -> None:
        group = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
        try:
            _settle(group, work)
        finally:  # a leader that was ended leaves nobody waiting
            for one in group:
                if not one.done:
                    one.done, one.error = True, _ended()


def _settle(group: Sequence[_One[T, R]], work: Callable[[Sequence[T]], Sequence[R]]) -> None:
    try:
        results = work([one.item for one in group])
    except Exception as error:  # noqa: BLE001 - our bug about one must not be everybody's error
        if len(group) > 1 and not isinstance(error, AssentError):
            for one in group:
                _settle([one], work)
            return
        for one in group:
            one.done, one.error = True, error
        return
    for one, result in zip(group, results, strict=True):
        one.done, one.result = True, [result]


def _ended() -> Unavailable:
    return Unavailable(
        "consent.not_entered", "who worked for all was ended meanwhile", fix="ask again with the same command id"
    )
