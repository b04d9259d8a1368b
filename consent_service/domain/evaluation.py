"""What a flag answers one partner, in OpenFeature's words: value, variant, reason, metadata.

Order: global → modality → partner → tier. A flag whose prerequisite says no says no as well, with that one's variant.
A paused feature answers ``False, "paused", DISABLED``; no answer is ever without a variant or with a reason of our own
making, because clients that do not know a reason fall back to their default.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from consent_service.contract.flags import FlagEvaluation
from consent_service.domain.flags import FlagNow
from consent_service.domain.parties import PartyNow
from consent_service.domain.rollout import included
from infra.kernel.errors import NotFound

PREREQUISITES: dict[str, tuple[str, ...]] = {
    "allow.real_person_reference": ("allow.video_generation",),
    "allow.voice_clone": ("allow.audio_generation",),
    "allow.voice_inferred_from_face": ("allow.audio_generation", "allow.real_person_reference"),
}


def with_prerequisites(features: Iterable[str]) -> tuple[str, ...]:
    """Features with all they stand on, each once."""
    found: dict[str, None] = {}
    for feature in features:
        found[feature] = None
        found.update(dict.fromkeys(with_prerequisites(PREREQUISITES.get(feature, ()))))
    return tuple(found)


_Reason = Literal["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "DEFAULT"]


@dataclass(frozen=True)
class Ruling:
    """The answer, and the flag that decided it (the asked one or a prerequisite)."""

    value: bool
    variant: str
    reason: _Reason
    decided_by: FlagNow


def rule(flags: Mapping[str, FlagNow], key: str, partner: PartyNow | None, handle: str) -> Ruling:
    """Evaluate ``key`` for a partner; raises NotFound (``consent.unknown_flag``)."""
    flag = flags.get(key)
    if flag is None:
        raise NotFound("consent.unknown_flag", "no such flag", fix="see the list of flags", flag=key)
    for needed in PREREQUISITES.get(key, ()):
        ruling = rule(flags, needed, partner, handle)
        if not ruling.value:
            return ruling
    return _alone(flag, partner, handle)


def _alone(flag: FlagNow, partner: PartyNow | None, handle: str) -> Ruling:
    match flag.state:
        case "paused" | "off":
            return Ruling(False, flag.state, "DISABLED", flag)
        case "on":
            return Ruling(True, "on", "STATIC", flag)
    targeting = flag.targeting
    if handle in targeting.partners or (partner is not None and partner.tier in targeting.tiers):
        return Ruling(True, "on", "TARGETING_MATCH", flag)
    if targeting.percentage == 0:
        return Ruling(False, "off", "DEFAULT", flag)
    inside = included(flag.key, handle, targeting.percentage)
    return Ruling(inside, "on" if inside else "off", "SPLIT", flag)


def answer(key: str, ruling: Ruling) -> FlagEvaluation:
    """The ruling as OpenFeature carries it. The metadata are those of the flag that decided."""
    decided = ruling.decided_by
    metadata: dict[str, str | int | None] = {
        "version": decided.version, "changeId": decided.change_id, "ledgerIndex": decided.index,
    }  # fmt: skip
    if decided.key != key:
        metadata["prerequisite"] = decided.key
    return FlagEvaluation(key=key, value=ruling.value, variant=ruling.variant, reason=ruling.reason, metadata=metadata)
