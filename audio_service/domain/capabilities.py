"""What this service can do with voices, and what it declares but does not do."""

from collections.abc import Iterable
from typing import Literal

from consent_service.contract.decisions import Use
from infra.kernel.errors import Paused

INFERRED = "voice.inferred_from_face"

CAPABILITIES: dict[str, Literal["ready", "paused"]] = {
    "voice.clone": "ready",
    "voice.convert": "paused",
    INFERRED: "paused",
}
"""``voice.inferred_from_face`` has a name so that it can be asked for, granted, paused and refused like any other.
No measured method tells a person's voice from a face; what such a system makes is a stranger's voice put into
somebody's mouth. It has no backend here whatever the flags say.
"""


def verify_capable(uses: Iterable[Use]) -> None:
    """Raise :class:`Paused` for a use that has no backend: ``audio.voice_inferred_from_face_unavailable``, or
    ``audio.capability_unavailable`` for any other.
    """
    for use in uses:
        if use.modality == INFERRED:
            raise inferred_unavailable()
        if CAPABILITIES.get(use.modality) != "ready":
            raise Paused("audio.capability_unavailable", "this use of a voice has no backend", feature=use.modality)


def inferred_unavailable() -> Paused:
    """The refusal of a voice inferred from a face."""
    return Paused(
        "audio.voice_inferred_from_face_unavailable",
        "a voice is never inferred from a face: the feature ships paused and has no backend",
        fix="enrol a voice sample with the subject's permission, or choose a stock voice",
        feature="allow.voice_inferred_from_face",
    )
