"""What a performance holds: coarticulated lips, nods on stress, blinks of the right length, listeners who answer."""

from typing import Any

import numpy as np
import pytest

from audio_service.contract.speech import Timed
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.portrait.looks import BEARINGS
from generation_service.previs.portrait.motion import HEAD, Spoken, Track, act, stressed
from generation_service.previs.visemes import LEAD_S, SHAPES, mouth_track

FPS = 48.0
Curve = np.ndarray[Any, np.dtype[np.float32]]


def sounds(*items: tuple[str, float]) -> tuple[Timed, ...]:
    at, out = 0.0, []
    for text, seconds in items:
        out.append(Timed(text=text, start_s=at, end_s=at + seconds))
        at += seconds
    return tuple(out)


def shape(phonemes: tuple[Timed, ...], name: str, at_s: float) -> float:
    track = mouth_track([(0.3, phonemes)], 120, 100.0)
    return float(track[round((0.3 + at_s - LEAD_S) * 100 - 0.5), SHAPES.index(name)])


def test_a_consonant_takes_the_lips_of_its_neighbours() -> None:
    rounded = sounds(("u", 0.16), ("t", 0.07), ("u", 0.16))
    spread = sounds(("i", 0.16), ("t", 0.07), ("i", 0.16))
    assert shape(rounded, "round", 0.195) > 0.5
    assert shape(spread, "round", 0.195) < 0.1
    assert shape(spread, "wide", 0.195) > 0.4


def test_rounding_begins_before_it_sounds_and_earlier_than_the_jaw() -> None:
    line = sounds(("i", 0.20), ("s", 0.10), ("u", 0.20))
    assert shape(line, "round", 0.27) > 0.25
    assert shape(sounds(("i", 0.20), ("s", 0.10), ("i", 0.20)), "round", 0.27) < 0.05


def test_th_and_l_raise_the_tongue_and_f_tucks_the_lip() -> None:
    assert shape(sounds(("ɑ", 0.15), ("θ", 0.10), ("ɑ", 0.15)), "tongue", 0.20) > 0.6
    assert shape(sounds(("ɑ", 0.15), ("l", 0.10), ("ɑ", 0.15)), "tongue", 0.20) > 0.4
    assert shape(sounds(("ɑ", 0.15), ("f", 0.10), ("ɑ", 0.15)), "tuck", 0.20) > 0.6
    assert shape(sounds(("ɑ", 0.15), ("k", 0.10), ("ɑ", 0.15)), "tongue", 0.20) < 0.1


def test_a_hurried_vowel_opens_less_than_a_long_one() -> None:
    short, long = sounds(("t", 0.06), ("ɑ", 0.05), ("t", 0.06)), sounds(("t", 0.06), ("ɑ", 0.25), ("t", 0.06))
    assert shape(short, "jaw", 0.085) < shape(long, "jaw", 0.185) - 0.15


def line(emotion: str = "neutral", start_s: float = 0.5, seconds: float = 3.0) -> Spoken:
    words = tuple(
        Timed(text=text, start_s=a, end_s=b)
        for text, a, b in (("the", 0.0, 0.12), ("MOUNTAIN", 0.15, 0.95), ("is", 1.4, 1.5), ("there", 1.5, 1.9))
    )
    return Spoken(start_s, seconds, sounds(*[("ɑ", 0.15), ("n", 0.08)] * 13), words, emotion)


def track_of(emotion: str = "neutral", seed: int = 3, seconds: float = 5.0) -> Track:
    return act([line(emotion)], int(seconds * FPS), FPS, seed)


def test_the_head_nods_on_the_stressed_word() -> None:
    peaks = [peak for peak, _ in stressed(line())]
    assert any(0.9 < peak < 1.4 for peak in peaks), peaks
    plain = Spoken(0.5, 3.0, line().phonemes, ())
    pitch, column = np.zeros(int(5 * FPS)), HEAD.index("pitch")
    for seed in range(8):
        pitch += act([line()], len(pitch), FPS, seed).head[:, column] / 8
        pitch -= act([plain], len(pitch), FPS, seed).head[:, column] / 8
    nod = int(np.argmax(pitch[int(0.8 * FPS) : int(1.6 * FPS)])) / FPS + 0.8
    assert min(abs(nod - peak) for peak in peaks) < 0.12


def blinks(lids: Curve) -> list[float]:
    """Seconds that each blink spends more than a third shut."""
    shut = np.concatenate([[0], (lids > 0.34).astype(int), [0]])
    edges = np.flatnonzero(np.diff(shut))
    return [float(b - a) / FPS for a, b in zip(edges[::2], edges[1::2], strict=True)]


def test_blinks_are_short_open_slower_than_they_shut_and_follow_a_line() -> None:
    track = act([line()], int(30 * FPS), FPS, 5)
    found = blinks(track.blink)
    assert 6 <= len(found) <= 18
    assert all(0.06 <= seconds <= 0.17 for seconds in found), found
    fine = act([line()], 1800, 400.0, 5).blink
    end = round(3.63 * 400)
    assert fine[end] > 0.97, "one right after the line"
    assert fine[end - 22] < fine[end + 22] - 0.2, "down faster than up"


def test_emotions_look_different_and_blink_at_their_own_pace() -> None:
    means = {name: track_of(name).weights[int(FPS) : int(3 * FPS)].mean(axis=0) for name in BEARINGS}
    names = list(means)
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            assert np.abs(means[one] - means[other]).max() > 0.03, (one, other)
    rates = {}
    for name in ("afraid", "angry"):
        rates[name] = sum(
            len(blinks(act([line(name, 0.2, 28.0)], int(29 * FPS), FPS, seed).blink)) for seed in range(4)
        )
    assert rates["afraid"] > 1.4 * rates["angry"]
    assert np.median(track_of("afraid").blink[int(FPS) : int(3 * FPS)]) < -0.05
    assert np.median(track_of("weary").blink[int(FPS) : int(3 * FPS)]) > 0.15


def test_a_listener_looks_over_and_nods_when_the_other_ends() -> None:
    frames = int(5 * FPS)
    pitch, side = np.zeros(frames), []
    for seed in range(8):
        listening = act([], frames, FPS, seed, heard=[line()], toward=1.0)
        alone = act([], frames, FPS, seed)
        pitch += (listening.head[:, HEAD.index("pitch")] - alone.head[:, HEAD.index("pitch")]) / 8
        side.append(float(listening.gaze[int(FPS) : int(3 * FPS), 0].mean()))
    end = int(3.65 * FPS)
    assert pitch[end - 4 : end + 12].max() > 0.015
    assert np.mean(side) > 0.05


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_moves_alike_and_another_one_does_not(seed: int) -> None:
    first, second, other = track_of(seed=seed), track_of(seed=seed), track_of(seed=seed + 7)
    assert np.array_equal(first.head, second.head)
    assert np.array_equal(first.blink, second.blink)
    assert np.abs(first.head - other.head).max() > 0.005


def test_the_mouth_is_still_when_nobody_speaks() -> None:
    quiet = act([], int(4 * FPS), FPS, 2)
    speech = [NAMES.index(name) for name in SHAPES]
    assert np.abs(quiet.weights[:, speech]).max() == 0
    assert np.abs(quiet.head[:, HEAD.index("yaw")]).max() > 0.005, "but nobody is frozen"
