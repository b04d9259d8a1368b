"""Fusion and continuity, measured on small films made for it: in time, too late, silent, and played by another."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio_service.backends.beds import make_bed
from audio_service.backends.engine import Engine
from audio_service.contract.jobs import LineJob
from audio_service.contract.speech import SpeechTiming, VoiceRef
from generation_service.contract.jobs import Heard, Seen, TakeRef
from generation_service.contract.shots import Character, Line, Shot
from generation_service.film.checks import Expected, verify_film
from generation_service.film.credentials import load_identity
from generation_service.film.fusion.continuity import measure_voices
from generation_service.film.fusion.lips import CERTAIN
from generation_service.film.fusion.speech import measure_speech, stray_is_too_long, to_judge
from generation_service.film.mux import Piece, Recipe, mux
from generation_service.previs.backend import PrevisBackend
from generation_service.previs.scenes.words import place_from_heading
from infra.kernel.errors import Paused
from tests.generation_service.film.material import coded

RATE, FPS, WIDTH, HEIGHT = 48_000, 24, 480, 270
START = 0.25
TEXT = "My mother made apple pie for everybody, and more for me."
WHO = "MARA"
Sound = np.ndarray[Any, np.dtype[np.float32]]


def nothing(*_: object) -> None:
    """A guard that lets everything pass."""


@pytest.fixture(scope="module")
def spoken() -> tuple[Sound, SpeechTiming]:
    job = LineJob(
        job="j", production="p", shot="s", line=0, decision="d", text=TEXT, voice=VoiceRef(stock="wren")
    )  # fmt: skip
    said = Engine().speak(job, None, nothing, nothing)
    wave, rate = soundfile.read(io.BytesIO(said.wav), dtype="float32")
    at = np.arange(int(len(wave) / rate * RATE)) / RATE
    return np.interp(at, np.arange(len(wave)) / rate, wave).astype(np.float32), said.timing


@pytest.fixture(scope="module")
def shot(spoken: tuple[Sound, SpeechTiming]) -> Callable[..., Shot]:
    timing = spoken[1]

    def make(stock: str = "mara", *, moving: bool = True) -> Shot:
        line = Line(
            index=0, character=WHO, text=TEXT, start_s=START, seconds=timing.seconds,
            words=timing.words if moving else (), phonemes=timing.phonemes if moving else (),
        )  # fmt: skip
        return Shot(
            id="sht", number=1, scene=1, heading="INT. KITCHEN - DAY", place=place_from_heading("INT. KITCHEN - DAY"),
            size="CU", characters=(Character(name=WHO, stock=stock, voice=VoiceRef(stock="wren")),), speaker=WHO,
            lines=(line,), frames=int((START + timing.seconds + 0.3) * FPS), width=WIDTH, height=HEIGHT,
        )  # fmt: skip

    return make


@pytest.fixture(scope="module")
def picture(shot: Callable[..., Shot]) -> Callable[..., tuple[bytes, int]]:
    made: dict[tuple[str, bool], tuple[bytes, int]] = {}

    def render(stock: str = "mara", *, moving: bool = True) -> tuple[bytes, int]:
        if (stock, moving) not in made:
            wanted, out = shot(stock, moving=moving), io.BytesIO()
            PrevisBackend().render(wanted, faces={}, out=out, check=nothing, progress=nothing)
            made[stock, moving] = out.getvalue(), wanted.frames
        return made[stock, moving]

    return render


def film(
    path: Path, takes: list[tuple[bytes, int]], spoken: tuple[Sound, SpeechTiming], *, late_s: float = 0.0,
    loud: float = 1.0, scripted: int | None = None,
) -> list[TakeRef]:  # fmt: skip
    """Write a film of these takes, the line in each; ``late_s`` moves the sound alone, ``loud`` scales it. Takes from
    number ``scripted`` on have no line in the script.
    """
    wave, timing = spoken
    frames = sum(count for _, count in takes)
    track = np.random.default_rng(0).normal(0, 0.0005, round(frames / FPS * RATE)).astype(np.float32)
    refs, at = [], 0
    for number, (_, count) in enumerate(takes):
        begin = at / FPS + START
        place = max(0, round((begin + late_s) * RATE))
        part = wave[: max(0, len(track) - place)]
        track[place : place + len(part)] += loud * part
        line = Heard(character=WHO, voice="wren", start_s=begin, end_s=begin + timing.seconds)
        lines = (line,) if scripted is None or number < scripted else ()
        seen = (Seen(name=WHO, stock="mara"),)
        refs.append(TakeRef(shot="sht", sha256="0" * 64, frames=count, size="CU", seen=seen, lines=lines))
        at += count
    pieces = [Piece(mp4, count) for mp4, count in takes]
    mux(pieces, coded(np.stack([track, track], axis=1)), Recipe(WIDTH, HEIGHT, FPS, "Made with AI", {}), path, nothing)
    return refs


@pytest.fixture(scope="module")
def measure(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[dict[str, Any], str]]:
    """Makes a film and answers what the release checks measure of it and say is wrong."""
    identity = load_identity(tmp_path_factory.mktemp("c2pa") / "c2pa", datetime.now(UTC))

    def judge(
        takes: list[tuple[bytes, int]], spoken: tuple[Sound, SpeechTiming], **how: Any
    ) -> tuple[dict[str, Any], str]:
        path = tmp_path_factory.mktemp("film") / "film.mp4"
        refs = film(path, takes, spoken, **how)
        expected = Expected(
            frames=sum(take.frames for take in refs), fps=FPS, width=WIDTH, height=HEIGHT, label="Made with AI",
            loudness_lufs=-99.0, cuts=(), produce_id="p", takes=tuple(refs),
        )  # fmt: skip
        measured, errors = verify_film(path, expected, identity)
        return measured, "; ".join(errors)

    return judge


def test_lips_in_time_are_let_through(picture, spoken, measure) -> None:
    measured, errors = measure([picture()], spoken)
    lips = measured["fusion"]["lips"][WHO]
    assert lips["verdict"] == "in time", lips
    assert abs(lips["offset_frames"]) <= 1
    assert lips["correlation"] > CERTAIN
    assert measured["fusion"]["speech"] == {"lines": 1, "heard": 1, "missing": [], "stray_seconds": 0.0}
    assert "lips" not in errors
    assert "hear" not in errors


@pytest.mark.parametrize("frames", [4, -4])
def test_sound_that_is_moved_is_found_and_blocks(picture, spoken, measure, frames: int) -> None:
    measured, errors = measure([picture()], spoken, late_s=frames / FPS)
    assert measured["fusion"]["lips"][WHO]["verdict"] == "off"
    assert measured["fusion"]["lips"][WHO]["offset_frames"] == pytest.approx(-frames, abs=1.25)
    assert f"the lips of {WHO} are" in errors


def test_a_mouth_that_stays_shut_blocks(picture, spoken, measure) -> None:
    _, errors = measure([picture(moving=False)], spoken)
    assert f"the lips of {WHO} do not move" in errors


def test_a_line_that_nobody_hears_blocks(picture, spoken, measure) -> None:
    measured, errors = measure([picture()], spoken, loud=0.0)
    assert measured["fusion"]["speech"]["heard"] == 0
    assert f"nobody hears {WHO}" in errors


def test_speech_where_the_script_has_none_blocks(picture, spoken, measure) -> None:
    silent = picture(moving=False)
    _, errors = measure([picture(), silent], spoken, scripted=1)
    assert "of speech where the script has none" in errors


def test_a_character_played_by_another_is_named(picture, spoken, measure) -> None:
    same, _ = measure([picture(), picture()], spoken)
    other, _ = measure([picture(), picture(), picture("kenji")], spoken)
    assert same["continuity"]["worst"]["off"] is False
    drawn = other["continuity"]["characters"][WHO]
    assert drawn["shape_distance"]["worst_shot"] == 3
    assert drawn["colour_difference"]["worst"] > same["continuity"]["characters"][WHO]["colour_difference"]["worst"]


@pytest.mark.parametrize("name", ["crowd", "cafe", "city", "office", "storm", "music-hopeful"])
def test_no_bed_is_taken_for_speech(name: str) -> None:
    bed = make_bed(name, 3, 8 * RATE, nothing)
    mono = to_judge(bed.mean(axis=1).astype(np.float64) * 0.3 / np.abs(bed).max(), RATE)
    take = TakeRef(shot="sht", sha256="0" * 64, frames=8 * FPS)
    assert not stray_is_too_long(measure_speech([take], mono, nothing))


def test_the_guard_is_read_while_a_film_is_listened_to() -> None:
    def stop() -> None:
        raise Paused("consent.flag_paused", "the feature is paused")

    mono = np.random.default_rng(0).normal(0, 0.1, 2 * 16_000).astype(np.float32)
    line = Heard(character=WHO, voice="wren", start_s=0.0, end_s=2.0)
    take = TakeRef(shot="sht", sha256="0" * 64, frames=2 * FPS, lines=(line,))
    with pytest.raises(Paused):
        measure_speech([take], mono, stop)
    with pytest.raises(Paused):
        measure_voices([take], mono, stop)


def test_a_voice_is_judged_where_nobody_talks_into_it(spoken) -> None:
    """Two that speak at once are two voices to the judge: only what somebody says alone is compared."""
    wave = np.asarray(spoken[0][::3], np.float32)
    other = np.random.default_rng(1).normal(0, 0.4, len(wave) // 2).astype(np.float32)
    mono = np.concatenate([wave, wave, wave])
    mono[2 * len(wave) : 2 * len(wave) + len(other)] += other
    seconds = len(wave) / 16_000
    said = [Heard(character=WHO, voice="wren", start_s=at * seconds, end_s=(at + 1) * seconds) for at in range(3)]
    into = Heard(character="OTTO", voice="silas", start_s=2 * seconds, end_s=2.5 * seconds)

    def heard(*lines: Heard) -> dict[str, Any]:
        take = TakeRef(shot="sht", sha256="0" * 64, frames=FPS, lines=lines)
        return measure_voices([take], mono, nothing)[WHO]["voice_cosine"]

    assert heard(*said)["worst"] < 0.8
    assert heard(*said, into)["worst"] > 0.85
    over_all = Heard(character="OTTO", voice="silas", start_s=2 * seconds - 0.1, end_s=3 * seconds)
    assert heard(*said, over_all)["compared"] == 2
