"""The log entry of a decision: who asked what, what was seen, the answer in codes, the policy it was made under.

It holds what a replay needs and no text: the request without what people typed, the versions of everything that was
read, and the codes of what the checks of texts found. The texts are there as commitments; the salt (32 random bytes)
that opens them is kept where it can be erased.
"""

from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.approvals import request_digest
from consent_service.contract.decisions import DecisionRequest
from consent_service.domain.commitments import commitment
from consent_service.domain.decisions import Verdict, World, features_of
from infra.eventlog.log import NewEvent
from infra.kernel.canonical import canonical
from infra.kernel.ids import uuid7

TYPED = frozenset({"words", "screenplay", "title", "project", "brand", "on_behalf_of", "themes"})
"""Fields of a request that people type; the ledger has commitments to them, or to what was found in them."""
_LARGEST = 40_000
"""Bytes of a request that still goes into the entry whole; a larger one is there as its digest."""


def texts_of(request: DecisionRequest) -> dict[str, Any]:
    """The texts that an entry's second commitment is to."""
    return {"screenplay": request.screenplay, "title": request.title}


def made(
    decision: str, request: DecisionRequest, verdict: Verdict, world: World, *, salt: bytes,
    policy: dict[str, str] | None = None,
) -> NewEvent:  # fmt: skip
    """The entry of a decision."""
    entry = uuid7()
    about = {"code", "subject", "modality", "grant", "flag", "ledger_index"}
    data: dict[str, Any] = {
        "decision": decision, "partner": request.partner, "production": request.production, "allow": verdict.allow,
        "request_digest": request_digest(request), "words_commitment": commitment(salt, request.words, entry),
        "text_commitment": commitment(salt, texts_of(request), entry),
        "grants": verdict.grants, "features": list(features_of(request)), "flags_version": world.flags_version,
        "reasons": [why.model_dump(mode="json", include=about, exclude_none=True) for why in verdict.reasons],
        "waits_for": list(verdict.waits_for), "seen": seen(verdict, world), "policy": policy or {},
    }  # fmt: skip
    asked = request.model_dump(mode="json", exclude=set(TYPED))
    if len(canonical(asked)) <= _LARGEST:
        data["request"] = asked
    actor = {"kind": "partner", "ref": request.partner}
    return NewEvent(kinds.DECISION_MADE, data, world.now, actor=actor, id=entry)


def seen(verdict: Verdict, world: World) -> dict[str, Any]:
    """The versions of everything the decision read, and what was found in texts: ``{grant: codes}``."""
    return {
        "parties": {handle: party.version for handle, party in sorted(world.parties.items())},
        "flags": {key: flag.version for key, flag in sorted(world.flags.items())},
        "grants": {grant.id: grant.version for grant in world.grants},
        "uses": {grant.id: grant.uses for grant in world.grants},
        "approved": sorted(world.approved),
        "texts": {grant: [why.code for why in found] for grant, found in sorted(verdict.sealed.items()) if found},
    }
