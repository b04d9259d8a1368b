"""The offset of lips against sound, on mouths and sounds made for it: open vowels, and loud ones behind closed lips."""

from typing import Any

import numpy as np
import pytest

from generation_service.contract.jobs import Heard, Seen
from generation_service.film.fusion.lips import envelope, measure_lips
from generation_service.film.fusion.watchlist import Mouthed

RATE, FPS, SECONDS = 16_000, 24, 2.5
OPEN_HZ, ROUND_HZ = 900.0, 290.0


def said(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(how far the mouth is open by picture, the sound): syllables of chance, of which half are a loud *oo*."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(SECONDS * RATE)) / RATE
    opened, sound, at = np.zeros_like(time), rng.normal(0, 1e-3, len(time)), 0.2
    while at < SECONDS - 0.3:
        long = float(rng.uniform(0.12, 0.34))
        bump = np.sin(np.clip((time - at) / long, 0, 1) * np.pi)
        vowel = rng.random() < 0.5
        opened += bump if vowel else 0.1 * bump
        sound += bump * np.sin(2 * np.pi * (OPEN_HZ if vowel else ROUND_HZ) * time) * (0.2 if vowel else 0.4)
        at += long + float(rng.uniform(0.0, 0.2))
    frames = ((np.arange(int(SECONDS * FPS)) + 0.5) / FPS * RATE).astype(int)
    return 0.05 * opened[frames], sound


def judged(mouth: np.ndarray, sound: np.ndarray) -> dict[str, Any]:
    line = Heard(character="ANA", voice="wren", start_s=0.2, end_s=SECONDS - 0.2)
    watched = Mouthed(0, Seen(name="ANA", stock="mara"), line, 0, len(mouth))
    opened = {number: [float(one)] for number, one in enumerate(mouth)}
    told: dict[str, Any] = measure_lips([watched], opened, envelope(sound, RATE), RATE, FPS)["ANA"]
    return told


@pytest.mark.parametrize("seed", range(6))
def test_a_mouth_is_measured_though_rounded_vowels_are_loud_behind_it(seed: int) -> None:
    mouth, sound = said(seed)
    told = judged(mouth, sound)
    assert told["verdict"] == "in time", told
    assert abs(told["offset_frames"]) <= 0.5
    assert told["correlation"] > 0.7


@pytest.mark.parametrize("frames", [-4, 4])
def test_a_mouth_that_comes_at_another_time_is_off(frames: int) -> None:
    mouth, sound = said(1)
    told = judged(np.roll(mouth, frames), sound)
    assert told["verdict"] == "off"
    assert told["offset_frames"] == pytest.approx(frames, abs=0.5)


def test_a_mouth_that_says_something_else_is_seldom_in_time() -> None:
    verdicts = [judged(said(seed)[0], said(seed + 100)[1])["verdict"] for seed in range(40)]
    assert verdicts.count("in time") <= 10
