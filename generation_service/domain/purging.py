"""Permissions that ended after a film was made: which are told, and what of a film stands on them. Pure."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from consent_service.contract.erasure import SUBJECT_ERASED
from consent_service.contract.events import (
    BIOMETRICS_DELETED,
    GRANT_INVALIDATED,
    GRANT_WITHDRAWN,
    OUTPUT_RECALLED,
)
from generation_service.contract.shots import Shot
from generation_service.domain.ports import Tie
from generation_service.domain.production import Production
from infra.kernel.rpc import Message

Cause = Literal[
    "consent.grant_withdrawn", "consent.grant_invalidated", "consent.references_deleted", "consent.subject_erased",
    "consent.output_recalled",
]  # fmt: skip
TIE_OF: Mapping[Cause, Tie] = {
    "consent.grant_withdrawn": "grant", "consent.grant_invalidated": "grant", "consent.references_deleted": "subject",
    "consent.subject_erased": "subject", "consent.output_recalled": "output",
}  # fmt: skip
TAKES_ONLY: frozenset[Cause] = frozenset(
    {"consent.grant_withdrawn", "consent.grant_invalidated", "consent.references_deleted"}
)
"""Causes that leave a film which is out where it is, and a running one to its guards."""

_ENDS: Mapping[str, tuple[Cause, str]] = {
    GRANT_WITHDRAWN: ("consent.grant_withdrawn", "grant"),
    GRANT_INVALIDATED: ("consent.grant_invalidated", "grant"),
    BIOMETRICS_DELETED: ("consent.references_deleted", "subject"),
    SUBJECT_ERASED: ("consent.subject_erased", "subject"),
    OUTPUT_RECALLED: ("consent.output_recalled", "output_sha256"),
}


class Ended(Message):
    """A permission that ended: ``ref`` is the grant, the subject's handle, or the SHA-256 of the recalled film.

    ``assets`` are the digests of deleted reference files; ``takedown_by`` (RFC 3339) is when copies elsewhere must be
    gone.
    """

    cause: Cause
    ref: str
    grant: str | None = None
    assets: tuple[str, ...] = ()
    takedown_by: str | None = None
    ledger_index: int | None = None


class Noted(Protocol):
    """What was ever purged, kept outside the database. ``note`` is durable when it returns, and may be repeated."""

    def note(self, ended: Ended) -> None: ...
    def all(self) -> list[Ended]: ...


def ended_by(event_type: str, data: Mapping[str, Any], ledger_index: int | None) -> Ended | None:
    """What an entry of the ledger ends; None for one that takes nothing away that was made before. A grant that time or
    another grant has ended is such a one: only an operator's change says that it should never have stood.
    """
    if event_type not in _ENDS or (event_type == GRANT_INVALIDATED and "change" not in data):
        return None
    cause, ref = _ENDS[event_type]
    return Ended(
        cause=cause, ref=str(data[ref]), grant=data.get("grant"), assets=tuple(data.get("assets", ())),
        takedown_by=data.get("takedown_by"), ledger_index=ledger_index,
    )  # fmt: skip


def made_with(state: Production, ended: Ended) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The shots and the spoken lines that were made with what ended. A mouth that moves to a line follows its voice."""
    plan = state.planned
    used = [key.split("/") for key, grant in plan.decision.grants.items() if ended.ref in (grant, key.split("/")[0])]
    faces = {subject for subject, modality in used if not modality.startswith("voice.")}
    voices = {subject for subject, modality in used if modality.startswith("voice.")}

    def of_it(asset: str | None) -> bool:
        return not ended.assets or asset in ended.assets

    def heard(shot: Shot) -> tuple[int, ...]:
        members = ((line.index, plan.member(shot.id, line.character)) for line in shot.lines)
        return tuple(index for index, who in members if who.subject in voices and of_it(who.voice or who.face))

    shots = tuple(
        shot.id
        for shot in plan.shots
        if heard(shot) or any(seen.subject in faces and of_it(seen.face) for seen in shot.characters)
    )
    return shots, tuple(index for shot in plan.shots for index in heard(shot))
