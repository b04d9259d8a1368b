"""The life of one job as a stream ``job-<id>``: started once or more, then spoken, mixed or stopped, exactly once."""

from dataclasses import dataclass
from typing import Any, Literal

from audio_service.contract.jobs import AudioJobStopped, LineSpoken, TrackMixed
from infra.eventlog.log import Event

STARTED = "audio.job-started.v1"
LINE_SPOKEN = "audio.line-spoken.v1"
TRACK_MIXED = "audio.track-mixed.v1"
JOB_STOPPED = "audio.job-stopped.v1"

Outcome = LineSpoken | TrackMixed | AudioJobStopped
"""How a job ends; also what is published about it."""

_ENDS: dict[type[Outcome], tuple[str, str]] = {
    LineSpoken: (LINE_SPOKEN, "line_spoken"),
    TrackMixed: (TRACK_MIXED, "track_mixed"),
    AudioJobStopped: (JOB_STOPPED, "job_stopped"),
}


@dataclass(frozen=True)
class JobState:
    """``tries`` counts starts; ``ended`` is how it ended, None while it has not."""

    version: int = 0
    tries: int = 0
    ended: Literal["done", "stopped"] | None = None


def stream_of(job: str) -> str:
    """The stream of a job's events."""
    return f"job-{job}"


def fold(events: list[Event]) -> JobState:
    """The state of a job from its events, oldest first."""
    tries = sum(event.type == STARTED for event in events)
    ends = [event.type for event in events if event.type != STARTED]
    ended: Literal["done", "stopped"] | None = None
    if ends:
        ended = "stopped" if ends[0] == JOB_STOPPED else "done"
    return JobState(len(events), tries, ended)


def may_start(state: JobState) -> bool:
    """Whether a delivery of the job has anything left to do."""
    return state.ended is None


def may_end(state: JobState) -> bool:
    """Whether an outcome may still be recorded: only the first one counts."""
    return state.ended is None


def recorded(outcome: Outcome) -> dict[str, Any]:
    """What the service's own log keeps of an outcome for ever: ids and measurements of the sound. The words, their
    times and how like a person it sounds are for the production alone, where they can be erased.
    """
    return outcome.model_dump(mode="json", exclude={"timing", "similarity_before", "similarity_after"})


def event_type(outcome: Outcome) -> str:
    """The type of the event that records an outcome."""
    return _ENDS[type(outcome)][0]


def published_type(outcome: Outcome) -> str:
    """The type of the public event about an outcome."""
    return _ENDS[type(outcome)][1]
