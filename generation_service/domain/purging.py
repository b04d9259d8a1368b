"""Permissions that ended after a film was made: which are told, and what of a film stands on them. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from consent_service.contract.erasure import SUBJECT_ERASED
from consent_service.contract.events import GRANT_WITHDRAWN, OUTPUT_RECALLED
from generation_service.contract.shots import Shot
from generation_service.domain.ports import Tie
from generation_service.domain.production import Production
from infra.kernel.rpc import Message

Cause = Literal["consent.grant_withdrawn", "consent.subject_erased", "consent.output_recalled"]
TIE_OF: Mapping[Cause, Tie] = {
    "consent.grant_withdrawn": "grant", "consent.subject_erased": "subject", "consent.output_recalled": "output",
}  # fmt: skip

_ENDS: Mapping[str, tuple[Cause, str]] = {
    GRANT_WITHDRAWN: ("consent.grant_withdrawn", "grant"),
    SUBJECT_ERASED: ("consent.subject_erased", "subject"),
    OUTPUT_RECALLED: ("consent.output_recalled", "output_sha256"),
}


class Ended(Message):
    """A permission that ended: ``ref`` is the grant, the subject's handle, or the SHA-256 of the recalled film.

    ``takedown_by`` (RFC 3339) is when copies elsewhere must be gone.
    """

    cause: Cause
    ref: str
    grant: str | None = None
    takedown_by: str | None = None
    ledger_index: int | None = None


class Noted(Protocol):
    """What was ever purged, kept outside the database. ``note`` is durable when it returns, and may be repeated."""

    def note(self, ended: Ended) -> None: ...
    def all(self) -> list[Ended]: ...


def ended_by(event_type: str, data: Mapping[str, Any], ledger_index: int | None) -> Ended:
    """What an entry of the ledger ends. Raises KeyError for a type that ends nothing here."""
    cause, ref = _ENDS[event_type]
    return Ended(
        cause=cause, ref=str(data[ref]), grant=data.get("grant"), takedown_by=data.get("takedown_by"),
        ledger_index=ledger_index,
    )  # fmt: skip


def made_with(state: Production, ended: Ended) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The shots and the spoken lines that were made with what ended. A mouth that moves to a line follows its voice."""
    plan = state.planned
    used = [key.split("/") for key, grant in plan.decision.grants.items() if ended.ref in (grant, key.split("/")[0])]
    faces = {subject for subject, modality in used if not modality.startswith("voice.")}
    voices = {subject for subject, modality in used if modality.startswith("voice.")}

    def heard(shot: Shot) -> tuple[int, ...]:
        return tuple(line.index for line in shot.lines if plan.member(shot.id, line.character).subject in voices)

    shots = tuple(
        shot.id for shot in plan.shots if heard(shot) or any(seen.subject in faces for seen in shot.characters)
    )
    return shots, tuple(index for shot in plan.shots for index in heard(shot))
