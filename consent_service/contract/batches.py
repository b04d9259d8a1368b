"""Many grants and requests at once, for catalogues: one commit, and an answer to each as if it had come alone."""

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from consent_service.contract.ledger import Recorded, RecordGrant, RequestGrant
from infra.kernel.rpc import Message

BATCH_LIMIT = 256


def _kind(command: Any) -> str:
    """A signed grant or a request: which of the two is told by the signature, so that errors are about that one."""
    signed = "signature" in command if isinstance(command, dict) else isinstance(command, RecordGrant)
    return "grant" if signed else "request"


Entering = Annotated[
    Annotated[RecordGrant, Tag("grant")] | Annotated[RequestGrant, Tag("request")], Discriminator(_kind)
]


class RecordBatch(Message):
    """Each command has an id of its own; a repeat finds its first answer, in whatever batch it comes."""

    commands: tuple[Entering, ...] = Field(min_length=1, max_length=BATCH_LIMIT)

    @model_validator(mode="after")
    def _named_once(self) -> "RecordBatch":
        ids = [command.command_id for command in self.commands]
        if len(set(ids)) != len(ids):
            raise ValueError("two commands of a batch have one id")
        return self


class Refusal(Message):
    """Why a command was refused, as its error would have crossed the bus."""

    kind: str
    code: str
    detail: str
    fix: str | None = None
    info: dict[str, Any] = Field(default_factory=dict)


class BatchAnswer(Message):
    """Exactly one of the two."""

    recorded: Recorded | None = None
    refused: Refusal | None = None


class BatchRecorded(Message):
    """Answers in the order of the commands."""

    answers: tuple[BatchAnswer, ...]
