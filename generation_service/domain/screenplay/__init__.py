"""Screenplays: Fountain text read into scenes, with every mistake named by line and column."""

from generation_service.domain.screenplay.model import (
    Beat,
    Frame,
    Problem,
    Scene,
    Screenplay,
    Segment,
    Turn,
    cue_key,
)
from generation_service.domain.screenplay.read import LIMIT_BYTES, read_screenplay, refuse

__all__ = [
    "LIMIT_BYTES",
    "Beat",
    "Frame",
    "Problem",
    "Scene",
    "Screenplay",
    "Segment",
    "Turn",
    "cue_key",
    "read_screenplay",
    "refuse",
]
