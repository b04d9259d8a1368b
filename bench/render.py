"""The making of films: frames a second with encode, speech, an edit of one line, memory, and a second worker.

Pictures are held against x264 alone on the same frames; the edit against the full film of the same run; two workers
against one that does the same two shots one after the other.

``ASSENT_BENCH_PARTS`` names the parts to run, divided by commas (all of ``pictures,speech,edit,memory,workers`` when it
is not set). Each runs in a process of its own and writes ``out/bench/render/PART.json``; ``out/bench/render.json``
holds the latest figures of every part, each with when it was measured.
"""

import io
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from audio_service.backends.chunks import RATE
from audio_service.backends.espeak import Script, speak
from audio_service.backends.stock import STOCK
from audio_service.contract.speech import Style, Timed, VoiceRef
from bench._film_edits import FACE, PHOTO, measure_edits
from bench.report import OUT, Report, read
from generation_service.contract.shots import Character, Line, Shot
from generation_service.previs import PrevisBackend, place_from_heading
from generation_service.previs.encode import Encoder
from generation_service.previs.stage import Stage
from generation_service.worker.painting import decode_photo

ROOT = Path(__file__).resolve().parent.parent
PART_S = 600.0
"""The longest that a part may take."""

FPS, FRAMES = 24, 72
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
SOUNDS = ("h", "ə", "l", "oʊ", "m", "aɪ", "n", "eɪ", "m", "ɪ", "z", "ɑː", "n", "ə")
TEXT = "The rain had stopped by the time we reached the harbour, and nobody could say where the old boats had gone."


def main() -> None:
    """Measure part by part and write the report; what fails is named at the end."""
    broken = []
    for part in wanted(os.environ.get("ASSENT_BENCH_PARTS", "")):
        try:
            done = subprocess.run([sys.executable, "-m", "bench.render", part], cwd=ROOT, timeout=PART_S, check=False)
            broken += [part] if done.returncode else []
        except subprocess.TimeoutExpired:
            broken.append(part)
        merged(OUT).write()
    if broken:
        raise SystemExit(f"did not finish: {', '.join(broken)}")


def measure(part: str, out: Path = OUT) -> None:
    """One part, in this process."""
    cv2.setNumThreads(1)
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    report = Report(part, out / "render", conditions=f"{when}; best of 3 for frame rates, else one run")
    PARTS[part](report)
    report.write()


def merged(out: Path) -> Report:
    """The latest figures of every part that was ever measured here."""
    files = [out / "render" / f"{part}.json" for part in PARTS]
    return Report("render", out, [figure for file in files if file.exists() for figure in read(file).figures])


def wanted(names: str) -> list[str]:
    """The parts that these names ask for, in the order of the bench; all of them where none is named."""
    asked = {name.strip() for name in names.split(",") if name.strip()}
    if unknown := asked - set(PARTS):
        raise SystemExit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return [name for name in PARTS if not asked or name in asked]


def shot(size: str, heading: str, who: Character | None, picture: tuple[int, int]) -> Shot:
    """Three seconds; who is in it talks."""
    sounds = tuple(Timed(text=SOUNDS[k % 14], start_s=0.12 * k, end_s=0.12 * (k + 1)) for k in range(20))
    lines: tuple[Line, ...] = ()
    if who is not None:
        lines = (Line(index=0, character=who.name, text="…", style=Style(), start_s=0.3, seconds=2.5, phonemes=sounds),)
    return Shot(
        id="bench", number=1, scene=1, heading=heading, place=place_from_heading(heading), size=size,
        camera="push-in" if who else "pan-left", characters=(who,) if who else (), speaker=who.name if who else None,
        lines=lines, frames=FRAMES, fps=FPS, width=picture[0], height=picture[1],
    )  # fmt: skip


def portrait(picture: tuple[int, int]) -> Shot:
    """One permitted photo, talking."""
    ana = Character(name="ANA", subject="sub_0", face=FACE, voice=VoiceRef(stock="v"))
    return shot("MCU", "EXT. ROOFTOP - DUSK", ana, picture)


def drawn(picture: tuple[int, int]) -> Shot:
    """A drawn character on a street in the rain."""
    mara = Character(name="MARA", stock="mara", voice=VoiceRef(stock="v"))
    return shot("MS", "EXT. STREET - NIGHT, RAIN", mara, picture)


def _pictures(report: Report) -> None:
    """Whole takes, set-up and encode included, in turns with x264 alone on the same frames."""
    faces = {FACE: decode_photo(PHOTO)}
    goals = {("portrait", "720p"): 48.0, ("drawn scene", "720p"): 36.0}
    for kind, make in (("portrait", portrait), ("drawn scene", drawn)):
        for name, picture in SIZES.items():
            one = make(picture)
            stage = Stage(one, faces)
            frames = [stage.frame(index).copy() for index in range(FRAMES)]
            takes, bare = [], []
            for _ in range(3 if name == "720p" else 2):
                takes.append(FRAMES / timed(partial(_take, one, faces)))
                bare.append(FRAMES / timed(partial(_encode, frames, picture)))
            peer = ("x264 alone on the same frames", max(bare))
            goal = goals.get((kind, name))
            report.add(f"{kind}, {name}, with encode", max(takes), "frames/s", at_least=goal, peer=peer)


def _take(one: Shot, faces: dict[str, Any]) -> None:
    PrevisBackend().render(one, faces=faces, out=io.BytesIO(), check=lambda: None, progress=lambda _: None)


def _encode(frames: Sequence[Any], picture: tuple[int, int]) -> None:
    with Encoder(io.BytesIO(), width=picture[0], height=picture[1], fps=FPS) as encoder:
        for frame in frames:
            encoder.put(frame)


def _speech(report: Report) -> None:
    speeds = []
    for spec in STOCK:
        script = Script(TEXT, Style())
        seconds = len(speak(script, spec, lambda: None).sound) / RATE
        speeds.append(seconds / min(timed(partial(speak, script, spec, lambda: None)) for _ in range(2)))
    report.add("stock speech, times real time", statistics.median(speeds), "×", at_least=50.0)


def _memory(report: Report) -> None:
    """Peak memory of a process that joins a film, ten minutes against ten seconds."""
    short, long = (float(_child("bench._film_memory", str(seconds))) for seconds in (10, 600))
    report.add("joining 10 s of film, peak memory", short, "MiB")
    report.add("joining 10 min of film, peak memory", long, "MiB", at_most=round(1.1 * short + 8), peer=("10 s", short))


def _workers(report: Report) -> None:
    """Two processes with a shot each, against one with both; models are loaded before the clock starts."""
    one = float(_child("bench.render", "worker", "2").split()[-1])
    began = [_started("bench.render", "worker", "1") for _ in range(2)]
    two = max(float(process.communicate()[0].split()[-1]) for process in began)
    cores = os.cpu_count() or 1
    goal = 1.7 if cores >= 4 else None
    report.add(f"two workers against one, on {cores} cores", one / two, "×", at_least=goal)


def worker(shots: int) -> float:
    """Seconds for this many drawn takes at 720p, the first of them not counted."""
    cv2.setNumThreads(1)
    take = partial(_take, drawn(SIZES["720p"]), {})
    take()
    return timed(lambda: [take() for _ in range(shots)])


PARTS: dict[str, Callable[[Report], None]] = {
    "pictures": _pictures, "speech": _speech, "edit": measure_edits, "memory": _memory, "workers": _workers,
}  # fmt: skip


def timed(work: Callable[[], object]) -> float:
    """Seconds on the wall clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _started(module: str, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-m", module, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _child(module: str, *words: str) -> str:
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    if sys.argv[1:2] == ["worker"]:
        print(worker(int(sys.argv[2])))
    elif sys.argv[1:]:
        measure(sys.argv[1])
    else:
        main()
