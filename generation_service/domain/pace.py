"""How far a film has come in each phase, and how long it will still take by the rates that were measured. Pure.

A phase that is under way is judged by its own speed; one that has not begun by what the house needed for its last
films, in seconds of work for a second of film; a house without films by what two cores need for 720p.
"""

from collections.abc import Mapping
from datetime import datetime

from generation_service.domain.production import Production
from generation_service.domain.timing import film_seconds

PHASES = ("speech", "pictures", "sound", "assembly")
SHARES = {"speech": 0.1, "pictures": 0.7, "sound": 0.1, "assembly": 0.1}
_BEGINS = {
    "speech": "generation.production-submitted.v1", "pictures": "generation.shot-timed.v1",
    "sound": "generation.mix-asked.v1", "assembly": "generation.assembly-asked.v1",
}  # fmt: skip
_ENDS = {
    "speech": "generation.line-spoken.v1", "pictures": "generation.take-rendered.v1",
    "sound": "generation.track-mixed.v1", "assembly": "generation.film-released.v1",
}  # fmt: skip
_ENOUGH_S, _ENOUGH = 1.5, 0.04
"""A speed is one after this much time and this much of the work."""

_FIRST = {"sound": 0.2, "assembly": 1.0}

Times = Mapping[str, tuple[datetime, datetime]]
"""First and last time of each type of event of a production."""


def phases(state: Production, progress: Mapping[str, float]) -> dict[str, float]:
    """0..1 of each phase. ``progress`` is that of running shots by id, and of the assembly under ``assembly``."""
    lines = sum(len(shot.lines) for shot in state.planned.shots)
    shots = state.shots()
    whole = sum(shot.seconds for shot in shots)
    drawn = sum(shot.seconds * (1.0 if shot.id in state.takes else progress.get(shot.id, 0.0)) for shot in shots)
    sealed = 0.9 if state.sealed else min(0.9, progress.get("assembly", 0.0))
    return {
        "speech": round(len(state.lines) / lines, 3) if lines else 1.0,
        "pictures": round(drawn / whole, 3),
        "sound": 1.0 if state.track else 0.0,
        "assembly": 1.0 if state.released else round(sealed, 3),
    }


def eta(
    state: Production, done: Mapping[str, float], times: Times, rates: Mapping[str, float], now: datetime
) -> float | None:
    """Seconds left; None while nothing is known. Speech and pictures overlap: the longer of the two counts."""
    seconds, left = film_seconds(state.shots()), {}
    for phase in PHASES:
        if done[phase] >= 1.0:
            left[phase] = 0.0
            continue
        begun = times.get(_BEGINS[phase])
        elapsed = (now - begun[0]).total_seconds() if begun else 0.0
        if done[phase] >= _ENOUGH and elapsed >= _ENOUGH_S:
            left[phase] = elapsed * (1 - done[phase]) / done[phase]
        elif (rate := rates.get(phase, _FIRST.get(phase))) is not None:
            left[phase] = max(0.0, rate * seconds - elapsed)
    if "pictures" not in left:
        return None
    return round(max(left["pictures"], left.get("speech", 0.0)) + left["sound"] + left["assembly"], 1)


def rates(state: Production, times: Times) -> dict[str, float]:
    """Seconds of work for a second of film that each phase of a finished production took."""
    seconds, found = film_seconds(state.shots()), {}
    for phase in PHASES:
        begun, ended = times.get(_BEGINS[phase]), times.get(_ENDS[phase])
        if begun and ended and seconds > 0:
            found[phase] = max(0.0, (ended[1] - begun[0]).total_seconds()) / seconds
    return found
