"""Approval of each use: what the subject is shown and signs before a decision that waits becomes a yes.

The statement names the ledger's own digest of the request and its commitment to the words, so that an approval is of
exactly one film. :class:`PendingApproval` carries everything the signer needs to compute both again.
"""

from datetime import datetime
from typing import Literal

from consent_service.contract.decisions import DecisionRequest
from consent_service.contract.terms import Sha256
from infra.kernel.canonical import digest
from infra.kernel.rpc import Message

USE_CONTEXT = "assent/use-approval/v1"


def request_digest(request: DecisionRequest) -> str:
    """The digest of a request without its texts, as the ledger and an approval name it."""
    return digest(request.model_dump(mode="json", exclude={"words", "screenplay", "title"}))


class UseApproval(Message):
    """What the subject (or whoever signed its grant) signs, all fields, in the context ``assent/use-approval/v1``."""

    decision: str
    grant: str
    request_digest: Sha256
    words_commitment: Sha256
    verdict: Literal["approve", "refuse"]
    at: datetime


class ApproveUse(Message):
    """``signature`` is base64url, by the key that signed the grant."""

    command_id: str
    approval: UseApproval
    signature: str


class GetApproval(Message):
    decision: str


class PendingApproval(Message):
    """A decision that waits, whole: ``grants`` wait for approval, ``answered`` says what was signed so far.

    ``salt`` (base64url) and ``entry_id`` open ``words_commitment``; ``request_digest`` is that of the request without
    its words, screenplay and title.
    """

    decision: str
    partner: str
    production: str
    grants: tuple[str, ...]
    answered: dict[str, Literal["approve", "refuse"]]
    request: DecisionRequest
    request_digest: Sha256
    words_commitment: Sha256
    salt: str
    entry_id: str
    spent_by: str | None = None
    at: datetime
