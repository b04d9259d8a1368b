"""Shots small enough to render in a moment, and one spoken line with known sounds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from audio_service.contract.speech import Style, Timed, VoiceRef
from generation_service.contract.shots import Character, Line, Shot
from generation_service.previs.scenes.words import place_from_heading

PHRASE = (
    ("m", 0.09),
    ("ɑː", 0.22),
    ("m", 0.10),
    ("iː", 0.16),
    ("b", 0.09),
    ("æ", 0.24),
    ("p", 0.10),
    ("uː", 0.18),
    ("s", 0.10),
    ("ɑː", 0.20),
    ("b", 0.10),
    ("aɪ", 0.22),
)


def phrase() -> tuple[Timed, ...]:
    """The phonemes of :data:`PHRASE` end to end, 1.8 s."""
    at, out = 0.0, []
    for text, seconds in PHRASE:
        out.append(Timed(text=text, start_s=at, end_s=at + seconds))
        at += seconds
    return tuple(out)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    cv2.setNumThreads(1)


@pytest.fixture
def make_shot() -> Callable[..., Shot]:
    def make(
        heading: str = "EXT. ROOFTOP - DUSK",
        *,
        size: str = "MCU",
        face: str | None = None,
        stock: str | None = "mara",
        spoken: bool = True,
        emotion: str = "neutral",
        **more: Any,
    ) -> Shot:
        person = Character(
            name="ANA",
            stock=None if face else stock,
            subject="s1" if face else None,
            face=face,
            voice=VoiceRef(stock="v"),
        )
        line = Line(
            index=0,
            character="ANA",
            text="…",
            style=Style(emotion=emotion),
            start_s=0.1,
            seconds=1.8,
            phonemes=phrase(),  # type: ignore[arg-type]
            words=(Timed(text="mamma", start_s=0, end_s=0.5), Timed(text="bapus", start_s=0.6, end_s=1.2)),
        )
        fields: dict[str, Any] = {
            "id": "shot-1",
            "number": 1,
            "scene": 1,
            "heading": heading,
            "place": place_from_heading(heading),
            "size": size,
            "characters": (person,),
            "speaker": "ANA",
            "lines": (line,) if spoken else (),
            "frames": 12,
            "width": 480,
            "height": 270,
        }
        return Shot(**{**fields, **more})

    return make


@pytest.fixture(scope="session")
def ana() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The demo portrait as it is shipped, RGB."""
    data = np.fromfile(Path(__file__).parents[3] / "examples" / "cast" / "ana.png", np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert picture is not None
    return np.ascontiguousarray(picture[..., ::-1])
