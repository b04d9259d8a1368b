"""Work in one other thread, in the order in which it was given. It knows nothing of what the work is."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

_AHEAD = 4
"""Pieces of work that wait at most; who gives more waits too, so that memory does not grow."""


class Beside:
    """``with Beside() as beside: beside.do(work)``. All is done when the block is left; an error of the work is raised
    by a later ``do`` or there. A block that is left by an exception drops what has not begun.
    """

    def __init__(self) -> None:
        self._hand = ThreadPoolExecutor(1, "beside")
        self._waiting: deque[Future[None]] = deque()

    def do(self, work: Callable[[], None]) -> None:
        """Hand over a piece of work."""
        if len(self._waiting) >= _AHEAD:
            self._waiting.popleft().result()
        self._waiting.append(self._hand.submit(work))

    def __enter__(self) -> "Beside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hand.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for one in self._waiting:
                one.result()
