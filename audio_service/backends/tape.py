"""Endless streams that are made once and heard often: the beds and room tones of a film that is edited again and again.

A stream is the same for the same name and seed, so its first minute is kept on a tape (a :class:`Spool`, which nobody
else can read); the streams heard last stay, the others are made anew when they are asked for.
"""

import weakref
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice

from audio_service.backends.beds import bed_blocks
from audio_service.backends.chunks import CHUNK, Sound
from audio_service.backends.spool import Spool
from audio_service.backends.tones import tone_blocks

_KEPT = 8
"""Beds, and as many tones: at most 368 MB of tape."""

_LONGEST = 1200
"""Blocks of 50 ms that are kept of a stream."""

_RUN = 16
"""Blocks that are made, or read, at once."""


class Tape:
    """A stream and what was heard of it so far. Several may listen, each from the beginning."""

    def __init__(self, make: Callable[[], Iterator[Sound]]) -> None:
        self._make, self._source, self._spool = make, make(), Spool()
        weakref.finalize(self, self._spool.close)

    def blocks(self) -> Iterator[Sound]:
        """The blocks of the stream, ``(2400, 2)``, without end."""
        for first in range(0, _LONGEST, _RUN):
            if len(self._spool) <= first * CHUNK:
                for block in islice(self._source, _RUN):
                    self._spool.append(block)
            run = self._spool[first * CHUNK : (first + _RUN) * CHUNK]
            yield from (run[at : at + CHUNK] for at in range(0, len(run), CHUNK))
        yield from islice(self._make(), _LONGEST, None)


def bed_tape(name: str, seed: int) -> Iterator[Sound]:
    """As :func:`bed_blocks`, from the tape."""
    return _bed(name, seed).blocks()


def tone_tape(room: str, seed: int) -> Iterator[Sound]:
    """As :func:`tone_blocks`, from the tape."""
    return _tone(room, seed).blocks()


@lru_cache(maxsize=_KEPT)
def _bed(name: str, seed: int) -> Tape:
    return Tape(lambda: bed_blocks(name, seed))


@lru_cache(maxsize=_KEPT)
def _tone(room: str, seed: int) -> Tape:
    return Tape(lambda: tone_blocks(room, seed))
