"""Whether the answer to the running command is one that was given before: told by the event log that keeps the answers,
heard by whoever serves the command. One value per thread, green thread or task; nothing is decided by it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_replayed: ContextVar[bool] = ContextVar("replayed", default=False)


def note_replay() -> None:
    """The command was answered before: what follows is its first answer again."""
    _replayed.set(True)


@contextmanager
def listening() -> Iterator[Callable[[], bool]]:
    """Within the block nothing was replayed yet; the given function tells whether something has been since."""
    token = _replayed.set(False)
    try:
        yield _replayed.get
    finally:
        _replayed.reset(token)
