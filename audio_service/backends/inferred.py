"""A voice inferred from a face: declared, and never made here.

No measured method tells a person's voice from a face; what such a system makes is a stranger's voice put into
somebody's mouth. The capability has a name so that it can be asked for, granted, paused and refused like any other.
This backend refuses whatever the flags say.
"""

from typing import NoReturn

from infra.kernel.errors import Paused

CAPABILITY = "voice.inferred_from_face"
FEATURE = "allow.voice_inferred_from_face"


def infer_voice() -> NoReturn:
    """Always raises :class:`Paused` (``audio.voice_inferred_from_face_unavailable``)."""
    raise Paused(
        "audio.voice_inferred_from_face_unavailable",
        "a voice is never inferred from a face: the feature ships paused and has no backend",
        fix="enrol a voice sample with the subject's permission, or choose a stock voice",
        feature=FEATURE,
    )
