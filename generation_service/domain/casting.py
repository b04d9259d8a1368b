"""Who plays whom: cast members checked, the script's own casting merged in, and turned into voices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audio_service.contract.speech import VoiceRef
from generation_service.contract.methods import CastMember
from generation_service.domain.screenplay import cue_key
from infra.kernel.errors import Invalid


@dataclass(frozen=True)
class Roster:
    """What may be cast: stock characters with the stock voice each speaks with unless another is named."""

    voices_of: Mapping[str, str]
    voices: tuple[str, ...]

    @property
    def default(self) -> str:
        """The stock character that stands in where a subject gave no face."""
        return next(iter(self.voices_of))


def check_cast(cast: Mapping[str, CastMember], roster: Roster) -> None:
    """Raise :class:`Invalid` ``generation.cast_invalid`` with ``errors`` = [{detail, pointer, fix}]."""
    errors: list[dict[str, Any]] = []
    if len({cue_key(name) for name in cast}) < len(cast):
        errors.append(_error("", "", "two cast entries are the same name", "keep one of them"))
    for name, member in cast.items():
        errors += _member_errors(name, member, roster)
    if errors:
        raise Invalid("generation.cast_invalid", errors[0]["detail"], fix=errors[0]["fix"], errors=errors)


def _member_errors(name: str, member: CastMember, roster: Roster) -> list[dict[str, Any]]:
    errors = []
    if (member.stock is None) == (member.subject is None):
        errors.append(_error(name, "", f"{name} needs a stock character or a subject, and not both", "name one"))
    if member.stock is not None and member.stock not in roster.voices_of:
        known = ", ".join(roster.voices_of)
        errors.append(_error(name, "stock", f"no stock character {member.stock[:40]!r}", f"use one of {known}"))
    if member.stock_voice is not None and member.stock_voice not in roster.voices:
        known = ", ".join(roster.voices)
        errors.append(_error(name, "stock_voice", f"no stock voice {member.stock_voice[:40]!r}", f"use one of {known}"))
    if member.subject is None and (member.face or member.voice or member.voice_from_face):
        errors.append(_error(name, "subject", f"{name} has a face or voice but no subject", "name whose it is"))
    if member.subject is not None and not (member.face or member.voice):
        errors.append(_error(name, "face", f"{name} is a subject without references", "give a face, a voice or both"))
    if member.voice_from_face and not member.face:
        errors.append(_error(name, "face", f"{name} asks for a voice from a face but gives none", "give the face"))
    return errors


def _error(name: str, field: str, detail: str, fix: str) -> dict[str, Any]:
    path = "/".join(part for part in ("/cast", _escape(name), field) if part)
    return {"detail": detail, "pointer": path, "fix": fix}


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def voice(member: CastMember, roster: Roster) -> VoiceRef:
    """Whose voice speaks: the subject's own sample, one asked to be inferred from the face, or a stock voice."""
    if member.subject is not None and member.voice_from_face:
        return VoiceRef(subject=member.subject, asset=member.face)
    if member.subject is not None and member.voice is not None:
        return VoiceRef(subject=member.subject, asset=member.voice)
    return VoiceRef(stock=member.stock_voice or roster.voices_of[member.stock or roster.default])
