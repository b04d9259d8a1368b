"""Frames a second of the picture backend at 1280 x 720, encoding included, against x264 alone on the same frames.

Portraits from one permitted photo, in every size, alone and in pairs, with speech on the lips; a drawn wide shot beside
them. Goals: twice real time for portraits, one and a half times for drawn scenes and two people in rain. Each take pays
its set-up (plate, light, relief); the first one, which also cuts the photo out, is measured apart. Takes come in turns,
so that a busy machine slows all alike.
"""

import io
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2

from audio_service.contract.speech import Style, Timed, VoiceRef
from bench.report import Report, quantile
from generation_service.client.face_check import decode_picture
from generation_service.contract.shots import Character, Line, Shot
from generation_service.previs import PrevisBackend, place_from_heading
from generation_service.previs.brush import Image
from generation_service.previs.encode import Encoder
from generation_service.previs.stage import Stage

FRAMES, FPS, ROUNDS = 96, 24, 3
PORTRAIT = Path(__file__).resolve().parent.parent / "examples" / "cast" / "ana.png"
FACE = "a" * 64
SOUNDS = ("h", "ə", "l", "oʊ", "m", "aɪ", "n", "eɪ", "m", "ɪ", "z", "ɑː", "n", "ə")


def shot(size: str, heading: str, *, characters: tuple[Character, ...], camera: str = "push-in") -> Shot:
    """A talking shot of four seconds."""
    sounds = tuple(Timed(text=SOUNDS[k % 14], start_s=0.12 * k, end_s=0.12 * (k + 1)) for k in range(28))
    lines = tuple(
        Line(index=0, character=one.name, text="…", style=Style(), start_s=0.3, seconds=3.4, phonemes=sounds)
        for one in characters[:1]
    )
    fields = {
        "id": f"bench-{size}",
        "number": 1,
        "scene": 1,
        "heading": heading,
        "place": place_from_heading(heading),
        "size": size,
        "camera": camera,
        "characters": characters,
        "speaker": characters[0].name if characters else None,
        "lines": lines,
        "frames": FRAMES,
        "fps": FPS,
        "width": 1280,
        "height": 720,
    }
    return Shot.model_validate(fields)


def main() -> None:
    """Measure and write the report."""
    cv2.setNumThreads(1)
    sys.setswitchinterval(0.0005)  # as the worker does
    faces = {FACE: decode_picture(PORTRAIT.read_bytes())}
    ana = Character(name="ANA", subject="sub_0", face=FACE, voice=VoiceRef(stock="v"))
    mara = Character(name="MARA", stock="mara", voice=VoiceRef(stock="v"))
    report = Report("previs", conditions="1280x720 at 24 frames/s, takes in turns with x264 alone")
    portrait = shot("MCU", "EXT. ROOFTOP - DUSK", characters=(ana,))
    began = time.perf_counter()
    Stage(portrait, faces)
    report.add("set-up of the first portrait shot (cold)", time.perf_counter() - began, "s")
    take, bare, draw = in_turns(portrait, faces)
    peer = ("x264 alone on the same frames, best", max(bare))
    report.add("portrait take with encode, best", max(take), "frames/s", at_least=48, peer=peer)
    report.add("portrait take with encode, median", quantile(take, 0.5), "frames/s", at_least=48)
    report.add("processor time a frame, drawing and encode", _processor(portrait, faces), "ms")
    report.add("drawing alone, best", max(draw), "frames/s")
    others = (
        ("close-up take", shot("CU", "INT. KITCHEN - DAWN", characters=(ana,), camera="static"), 48),
        ("extreme close-up take, push", shot("ECU", "INT. OFFICE - DAY", characters=(ana,)), 48),
        ("two people", shot("MS", "INT. BAR - NIGHT", characters=(mara, ana), camera="handheld"), 48),
        ("two people, rain", shot("MS", "EXT. STREET - NIGHT, RAIN", characters=(mara, ana), camera="handheld"), 36),
        ("wide take, pan", shot("WS", "EXT. BEACH - GOLDEN HOUR", characters=(mara,), camera="pan-left"), 36),
    )
    rates: dict[str, list[float]] = {name: [] for name, _, _ in others}
    for _ in range(ROUNDS):
        for name, other, _ in others:
            rates[name].append(FRAMES / _timed(partial(_take, other, faces)))
    for name, _, goal in others:
        report.add(f"{name}, with encode, median", quantile(rates[name], 0.5), "frames/s", at_least=goal)
    began = time.perf_counter()
    Stage(portrait, faces)
    report.add("set-up of a portrait shot (warm)", time.perf_counter() - began, "s")
    report.write()


def in_turns(portrait: Shot, faces: dict[str, Image]) -> tuple[list[float], list[float], list[float]]:
    """Frames a second of the whole take, of x264 alone and of drawing alone, one list each."""
    stage = Stage(portrait, faces)
    frames = [stage.frame(index).copy() for index in range(FRAMES)]
    take, bare, draw = [], [], []
    for _ in range(ROUNDS):
        take.append(FRAMES / _timed(lambda: _take(portrait, faces)))
        bare.append(FRAMES / _timed(lambda: _encode(frames)))
        draw.append(FRAMES / _timed(lambda: [stage.frame(index) for index in range(FRAMES)]))
    return take, bare, draw


def _processor(portrait: Shot, faces: dict[str, Image]) -> float:
    """Milliseconds of all cores together, a measure that a busy machine bends less than the wall clock."""
    began = time.process_time()
    _take(portrait, faces)
    return (time.process_time() - began) / FRAMES * 1e3


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _take(one: Shot, faces: dict[str, Image]) -> None:
    PrevisBackend().render(one, faces=faces, out=io.BytesIO(), check=lambda: None, progress=lambda _: None)


def _encode(frames: list[Image]) -> None:
    with Encoder(io.BytesIO(), width=1280, height=720, fps=FPS) as encoder:
        for frame in frames:
            encoder.put(frame)


if __name__ == "__main__":
    main()
