"""The remote methods of the audio service."""

from typing import TypeVar

from audio_service.contract.speech import StockVoice
from infra.kernel.rpc import Empty, Message, Method


class Voices(Message):
    voices: tuple[StockVoice, ...]


class KnownEffect(Message):
    """A spot effect and the words of a screenplay that mean it, the strongest first."""

    name: str
    words: tuple[str, ...]


class Beds(Message):
    """What can sound besides voices: beds under a scene, and spot effects at a moment."""

    beds: tuple[str, ...]
    effects: tuple[KnownEffect, ...] = ()


class JobStatus(Message):
    """Where a job stands: ``state`` queued | running | done | stopped; ``fraction`` 0..1 of the running phase."""

    job: str
    state: str
    fraction: float


class GetJobs(Message):
    production: str


class Jobs(Message):
    jobs: tuple[JobStatus, ...]


C = TypeVar("C", bound=Message)
A = TypeVar("A", bound=Message)


def _method(name: str, command: type[C], answer: type[A], deadline_s: float = 5.0) -> Method[C, A]:
    return Method("audio", name, command, answer, deadline_s)


list_voices = _method("list_voices", Empty, Voices)
list_beds = _method("list_beds", Empty, Beds)
get_jobs = _method("get_jobs", GetJobs, Jobs)
