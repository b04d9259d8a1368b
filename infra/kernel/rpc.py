"""What a remote method is: a name, the command it takes and the answer it gives. Carriers live in infra.messaging."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

C = TypeVar("C", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)


class Message(BaseModel):
    """Base of every command, answer and event: frozen, and closed (an unknown field is an error)."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Empty(Message):
    """A command without fields, or an answer that only says *done*."""


@dataclass(frozen=True)
class Method(Generic[C, A]):
    """One method of a service: on the wire ``<service>.<name>`` with one argument, the command as a JSON object.

    ``deadline_s`` is how long a caller waits when it names no deadline of its own; no answer in time means *no*.
    """

    service: str
    name: str
    command: type[C]
    answer: type[A]
    deadline_s: float = 5.0
