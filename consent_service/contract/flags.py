"""Feature flags: what operators sign, what everybody reads. No flag can turn a consent check off.

Narrowing (pause, off, smaller rollout) is one operator's signed action and binds at once. Widening (resume, larger
rollout) waits for a second operator's signature over the same change id.
"""

from datetime import datetime
from typing import Literal

from pydantic import Field

from infra.kernel.rpc import Message

FLAG_CONTEXT = "assent/flag-change/v1"
APPROVAL_CONTEXT = "assent/flag-approval/v1"

FlagState = Literal["on", "limited", "paused", "off"]

SHIPPED_FLAGS: dict[str, FlagState] = {
    "allow.video_generation": "limited",
    "allow.audio_generation": "limited",
    "allow.real_person_reference": "limited",
    "allow.voice_clone": "limited",
    "allow.voice_inferred_from_face": "paused",
}

FEATURES_OF_MODALITY: dict[str, tuple[str, ...]] = {
    "face.image": ("allow.video_generation", "allow.real_person_reference"),
    "face.video": ("allow.video_generation", "allow.real_person_reference"),
    "body": ("allow.video_generation", "allow.real_person_reference"),
    "performance": ("allow.video_generation", "allow.real_person_reference"),
    "lipsync": ("allow.video_generation", "allow.real_person_reference"),
    "voice.clone": ("allow.audio_generation", "allow.voice_clone"),
    "voice.convert": ("allow.audio_generation", "allow.voice_clone"),
    "voice.inferred_from_face": ("allow.audio_generation", "allow.voice_inferred_from_face"),
}
"""Which flags must allow before a modality may be synthesised. Stock picture and sound need the first of each kind."""


class Targeting(Message):
    """Who gets a ``limited`` feature. A partner passes when its tier is named, or it is listed, or its bucket is in."""

    tiers: tuple[str, ...] = ("vetted",)
    partners: tuple[str, ...] = ()
    percentage: int = Field(default=0, ge=0, le=100)


class FlagChange(Message):
    """What one operator signs (context ``assent/flag-change/v1``, all fields)."""

    change_id: str
    flag: str
    state: FlagState
    targeting: Targeting | None = None
    reason: str = Field(min_length=3, max_length=500)
    operator: str
    at: datetime


class FlagApproval(Message):
    """What the second operator signs to let a widening take effect (context ``assent/flag-approval/v1``)."""

    change_id: str
    operator: str
    at: datetime


class Flag(Message):
    """A flag as it stands. ``version`` counts its changes; ``ledger_index`` is the entry that set this state."""

    key: str
    state: FlagState
    targeting: Targeting
    version: int
    change_id: str | None
    reason: str | None
    since: datetime
    ledger_index: int | None
    pending: FlagChange | None = None


class FlagEvaluation(Message):
    """OpenFeature's answer for one flag and one partner: never without a variant, never a custom reason."""

    key: str
    value: bool
    variant: str
    reason: Literal["STATIC", "TARGETING_MATCH", "SPLIT", "DISABLED", "DEFAULT"]
    metadata: dict[str, str | int | None]
