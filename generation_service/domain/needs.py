"""What permission a plan needs: the whole film as one decision, and each job's own part of it."""

import re
from collections.abc import Callable, Iterable

from consent_service.contract.decisions import DecisionRequest, Use
from consent_service.contract.flags import FEATURES_OF_MODALITY
from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.contract.shots import Line, Shot

_NOTES = re.compile(r"\[\[.*?\]\]|/\*.*?\*/", re.DOTALL)
"""Fountain's notes and boneyard: nobody sees or hears them."""
VIDEO, AUDIO = "allow.video_generation", "allow.audio_generation"
_MARGIN = 1.6
_MARGIN_S = 1.5
"""Speech is estimated before it is spoken: longest takes are asked for with 60 % and 1.5 s to spare."""


MemberOf = Callable[[str, str], CastMember]
"""From a shot's id and a character of it to who plays them there."""


def decision_request(
    command: SubmitProduction, production: str, shots: tuple[Shot, ...], backend: str, *, title: str = "",
    member_of: MemberOf | None = None,
) -> DecisionRequest:  # fmt: skip
    """The whole fused output, asked at once: faces × voices × words × purpose × territory × marking."""
    uses = film_uses(command, shots, member_of)
    return DecisionRequest(
        partner=command.partner,
        production=production,
        uses=uses,
        features=features_of(uses, (VIDEO, AUDIO)),
        purpose=command.purpose,
        territories=command.territories,
        channels=command.channels,
        language=command.language,
        project=command.project,
        brand=command.brand,
        backend=backend,
        title=title or command.title,
        words="\n".join(words_of(shots)),
        screenplay=_NOTES.sub(" ", command.screenplay),
        approved=command.approved,
    )


def words_of(shots: Iterable[Shot]) -> Iterable[str]:
    """All that is read on a card or spoken, in order. The disclosure is ours and not counted."""
    for shot in shots:
        if shot.title_card:
            yield shot.title_card
        yield from (line.text for line in shot.lines)


def film_uses(command: SubmitProduction, shots: tuple[Shot, ...], member_of: MemberOf | None = None) -> tuple[Use, ...]:
    """One use per subject and modality; ``takes`` counts the jobs that will each need a lease for it."""
    played_by = member_of or (lambda _, name: command.cast[name])
    single = [use for shot in shots for use in face_uses(shot)]
    for shot in shots:
        for line in shot.lines:
            single += voice_uses(line, played_by(shot.id, line.character))
    merged: dict[tuple[str, str, tuple[str, ...]], Use] = {}
    for use in single:
        key = (use.subject, use.modality, use.assets)
        known = merged.get(key)
        takes, seconds = (known.takes + 1, max(known.seconds, use.seconds)) if known else (1, use.seconds)
        merged[key] = use.model_copy(update={"takes": takes, "seconds": seconds})
    return tuple(merged.values())


def face_uses(shot: Shot) -> list[Use]:
    """The faces one rendering of a shot shows."""
    return [
        Use(subject=seen.subject, modality="face.image", assets=(seen.face,), seconds=_asked(shot.seconds))
        for seen in shot.characters
        if seen.subject is not None and seen.face is not None
    ]


def voice_uses(line: Line, member: CastMember) -> list[Use]:
    """The voice one line needs: none for stock, the enrolled sample's, or one inferred from the face."""
    if member.subject is None:
        return []
    if member.voice_from_face and member.face is not None:
        return [_voice(member.subject, "voice.inferred_from_face", member.face, line)]
    if member.voice is not None:
        return [_voice(member.subject, "voice.clone", member.voice, line)]
    return []


def _voice(subject: str, modality: str, asset: str, line: Line) -> Use:
    return Use.model_validate(
        {"subject": subject, "modality": modality, "assets": (asset,), "seconds": _asked(line.seconds)}
    )


def _asked(seconds: float) -> float:
    return round(seconds * _MARGIN + _MARGIN_S, 3)


def job_uses(uses: Iterable[Use], decided: Iterable[Use]) -> tuple[Use, ...]:
    """A job's uses in the terms of the decision: one take each, as long as was decided for the film."""
    longest = {(use.subject, use.modality, use.assets): use.seconds for use in decided}
    return tuple(
        use.model_copy(
            update={"takes": 1, "seconds": longest.get((use.subject, use.modality, use.assets), use.seconds)}
        )
        for use in uses
    )


def features_of(uses: Iterable[Use], base: Iterable[str]) -> tuple[str, ...]:
    """The flags that must allow: the base ones and those of every modality used, each once."""
    wanted = [*base, *(feature for use in uses for feature in FEATURES_OF_MODALITY[use.modality])]
    return tuple(dict.fromkeys(wanted))
