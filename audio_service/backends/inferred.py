"""The backend of ``voice.inferred_from_face``: it refuses. Nothing random is ever presented as somebody's voice."""

from typing import NoReturn

from audio_service.domain.capabilities import inferred_unavailable


def infer_voice(portrait: bytes) -> NoReturn:
    """Always raises :class:`Paused` (``audio.voice_inferred_from_face_unavailable``); ``portrait`` is not looked at."""
    del portrait
    raise inferred_unavailable()
