"""The registration policy: by which rules and figures this release decides, as one value that the ledger can hold.

Adopting a policy is an entry (``consent.policy-adopted.v1``) with all its parameters; every decision names the policy
it was made under by its digest. An auditor who holds the rules of that version can make each decision again. What is
too large for an entry, the word lists and the statutory table, is named by the digest of its file.
"""

from functools import cache
from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.flags import FEATURES_OF_MODALITY
from consent_service.contract.permits import MAX_TO_START_S
from consent_service.domain.evaluation import PREREQUISITES
from consent_service.domain.signed import TOLERANCE
from consent_service.domain.statutory import table
from consent_service.domain.themes import lexicon
from infra.eventlog.log import Event, NewEvent
from infra.kernel.canonical import digest
from infra.kernel.rpc import Message

STREAM = "policy"
RULES = "2026-11-22.2"
"""The version of the rules in code: it changes when the same request could get another answer."""


class Policy(Message):
    """``digest`` is the SHA-256 of the canonical parameters."""

    version: str
    digest: str
    parameters: dict[str, Any]

    def named(self) -> dict[str, str]:
        """How an entry names it."""
        return {"version": self.version, "digest": self.digest}


@cache
def current_policy() -> Policy:
    """The policy of this release."""
    parameters: dict[str, Any] = {
        "rules": RULES,
        "closed_world": True,
        "features_of_modality": {key: list(value) for key, value in FEATURES_OF_MODALITY.items()},
        "prerequisites": {key: list(value) for key, value in PREREQUISITES.items()},
        "permit_seconds_to_start": MAX_TO_START_S,
        "statement_tolerance_seconds": int(TOLERANCE.total_seconds()),
        "modality_signatures": "required",
        "themes": {"version": lexicon().version, "sha256": lexicon().digest},
        "statutory_terms": {"version": table().version, "sha256": table().digest},
    }
    return Policy(version=RULES, digest=digest(parameters), parameters=parameters)


def adopted(history: list[Event], policy: Policy, now: Any) -> NewEvent | None:
    """The entry that adopts ``policy``; None when it is the one in force."""
    last = history[-1] if history else None
    if last is not None and last.data["digest"] == policy.digest:
        return None
    data = {
        **policy.named(), "parameters": policy.parameters, "replaces": None if last is None else last.data["digest"],
    }  # fmt: skip
    return NewEvent(kinds.POLICY_ADOPTED, data, now)
