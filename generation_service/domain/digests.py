"""The addresses of takes and of spoken lines: digests of all that makes them, and of nothing else.

Where a shot stands in the film, how the film comes into it, what lies under it in the mix and who allowed it make no
difference to its picture and are left out. Grants are never part of an address: whoever finds something by it asks for
consent again before using it.
"""

from collections.abc import Sequence

from audio_service.contract.jobs import LineJob
from generation_service.contract.shots import Shot
from infra.kernel.canonical import digest

ELSEWHERE = frozenset(
    {"id", "key", "number", "scene", "source_line", "transition", "bed", "effects", "label", "lock", "alternate"}
)
"""Fields of a shot that its picture does not show. Another ``alternate`` is another ``seed``, which it does show."""


def take_digest(shot: Shot, spoken: Sequence[str], painter: str) -> str:
    """Names everything that makes a take: the shot with its cast and references, the sound its lines are spoken with,
    the painter and its version.
    """
    picture = shot.model_dump(mode="json", exclude=set(ELSEWHERE))
    for line in picture["lines"]:
        line.pop("index")
    return digest({"shot": picture, "lines": list(spoken), "backend": painter})


def line_digest(job: LineJob) -> str:
    """Names what a line sounds like but for the engine: words, voice, delivery, language and seed."""
    return digest(job.model_dump(mode="json", include={"text", "voice", "style", "language", "seed"}))


def other_seed(seed: int, alternate: int) -> int:
    """The seed of the ``alternate``-th take of a shot; that of the first is the shot's own."""
    return seed if alternate == 1 else (seed * 1_000_003 + 7_919 * alternate) % 2**31
