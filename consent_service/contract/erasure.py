"""Erasing a subject: what is signed to ask for it, and what is answered."""

from datetime import datetime
from typing import Literal

from consent_service.contract.ledger import Recorded
from infra.kernel.rpc import Message

ERASURE_CONTEXT = "assent/erasure/v1"
SUBJECT_ERASED = "consent.subject-erased.v1"


class Erasure(Message):
    """What is signed (context ``assent/erasure/v1``, all fields), by the subject, or by an operator (``by``) for one of
    the stated reasons. It cannot be undone.
    """

    subject: str
    by: str
    reason: Literal["request", "consent_withdrawn", "unlawful", "legal_order", "deceased"]
    at: datetime


class EraseSubject(Message):
    """Destroy everything that tells who a subject is and what was typed about them. The ledger's entries stay."""

    command_id: str
    erasure: Erasure
    signature: str


class SubjectErased(Message):
    """``recorded`` is the subject-erased entry."""

    subject: str
    recorded: Recorded
