"""Lips follow the sound: the command in the visemes, and the mouth measured again in the finished file."""

import io
from collections.abc import Callable
from typing import Any

import av
import numpy as np

from audio_service.contract.speech import Timed
from generation_service.client.face_check import landmarks
from generation_service.contract.shots import Shot
from generation_service.previs.backend import PrevisBackend
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.stage import Stage
from generation_service.previs.visemes import LEAD_S, SHAPES, mouth_track
from tests.generation_service.previs.conftest import phrase

JAW, PRESS, ROUND = SHAPES.index("jaw"), SHAPES.index("press"), SHAPES.index("round")


def test_lips_are_shut_on_p_b_and_m_and_open_on_vowels() -> None:
    fps = 24.0
    track = mouth_track([(0.5, phrase())], 72, fps)
    for phoneme in phrase():
        frame = round((0.5 + (phoneme.start_s + phoneme.end_s) / 2 - LEAD_S) * fps - 0.5)
        if phoneme.text in {"p", "b", "m"}:
            assert track[frame, PRESS] > 0.8, phoneme
            assert track[frame, JAW] < 0.1, phoneme
        elif phoneme.text in {"ɑː", "æ"}:
            assert track[frame, JAW] > 0.5, phoneme
        elif phoneme.text == "uː":
            assert track[frame, ROUND] > 0.5, phoneme


def test_a_short_closure_is_seen_in_at_least_one_frame() -> None:
    for offset in np.linspace(0.0, 0.04, 9):
        sounds = (
            Timed(text="ɑ", start_s=0, end_s=0.3),
            Timed(text="b", start_s=0.3, end_s=0.32),
            Timed(text="ɑ", start_s=0.32, end_s=0.6),
        )
        track = mouth_track([(float(offset), sounds)], 24, 24.0)
        assert track[4:16, JAW].min() < 0.12


def test_silence_and_unknown_symbols_rest_the_mouth() -> None:
    assert np.abs(mouth_track([], 10, 24.0)).max() == 0
    odd = (Timed(text="ʘ", start_s=0, end_s=0.2), Timed(text="ˈ", start_s=0.2, end_s=0.3))
    assert np.abs(mouth_track([(0.0, odd)], 10, 24.0)).max() == 0


def mouth_opening(frames: list[np.ndarray[Any, np.dtype[np.uint8]]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Inner lip distance over eye distance, by the face detector, frame by frame."""
    found = []
    for frame in frames:
        mesh = landmarks(frame)[0]
        found.append(np.linalg.norm(mesh[13, :2] - mesh[14, :2]) / np.linalg.norm(mesh[33, :2] - mesh[263, :2]))
    return np.array(found)


def test_the_mouth_in_the_file_follows_the_commanded_jaw(
    make_shot: Callable[..., Shot], ana: np.ndarray[Any, np.dtype[np.uint8]]
) -> None:
    shot = make_shot(size="CU", face="f" * 64, frames=46, width=640, height=360)
    out = io.BytesIO()
    PrevisBackend().render(shot, faces={"f" * 64: ana}, out=out, check=lambda: None, progress=lambda _: None)
    with av.open(io.BytesIO(out.getvalue())) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    opening = mouth_opening(frames)
    jaw = Stage(shot, {"f" * 64: ana}).tracks["ANA"].weights[:, NAMES.index("jaw")]
    scores = {lag: float(np.corrcoef(jaw[3:-3], np.roll(opening, -lag)[3:-3])[0, 1]) for lag in range(-3, 4)}
    best = max(scores, key=lambda lag: scores[lag])
    assert abs(best) <= 1, scores
    assert scores[0] >= 0.9, scores
