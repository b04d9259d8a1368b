"""What becomes of things afterwards: outputs that were called back, references that are due for deletion."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from consent_service.contract.terms import Sha256
from infra.kernel.rpc import Message


class GetOutput(Message):
    """By the SHA-256 of the file as delivered."""

    output_sha256: Sha256


class OutputStanding(Message):
    """Whether a released output may still be handed out. ``takedown_by`` is when copies elsewhere must be gone."""

    output_sha256: Sha256
    state: Literal["released", "recalled", "unknown"]
    production: str | None = None
    partner: str | None = None
    grants: tuple[str, ...] = ()
    released_at: datetime | None = None
    recalled_at: datetime | None = None
    recalled_for: str | None = Field(default=None, description="the grant whose withdrawal called it back")
    takedown_by: datetime | None = None


class DueQuery(Message):
    """``now`` is the service's own when left out; a later time shows what will be due by then."""

    now: datetime | None = None
    limit: int = Field(default=100, ge=1, le=1000)
    after: str | None = Field(default=None, description="the subject the last page ended with")


class DueDeletion(Message):
    """References of one subject that nothing keeps any longer, since ``due`` at the latest."""

    subject: str
    assets: tuple[Sha256, ...]
    due: datetime
    grants: tuple[str, ...]
    evidence_until: datetime | None = Field(description="until when the record that it was permitted is kept")


class DueDeletions(Message):
    deletions: tuple[DueDeletion, ...]
    more_after: str | None = Field(default=None, description="ask again with this as ``after``; None at the end")


class RecordDeletion(Message):
    """Said by the service that deleted them. The list no longer names these references afterwards."""

    command_id: str
    subject: str
    assets: tuple[Sha256, ...] = Field(min_length=1, max_length=256)
