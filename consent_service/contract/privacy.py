"""What is kept about a subject beside the ledger, for the subject's own eyes."""

from pydantic import Field

from consent_service.contract.private import Opened
from infra.kernel.rpc import Message


class GetOpenings(Message):
    subject: str = Field(min_length=1, max_length=200)


class SubjectOpenings(Message):
    """Every text that is committed to in an entry about the subject, with its salt. Empty after an erasure."""

    opened: tuple[Opened, ...]
