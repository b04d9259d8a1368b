"""How fast sound is made on one core: speech, speech leaned toward a sample, the intake check, beds, effects, the mix.

Times are of whole calls with a guard that is read and never says no, so what a stop costs is in them. The length of
the longest step between guard reads is measured too: it bounds how late a stop can be.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np

from audio_service import fictional_voice
from audio_service.backends import engine, files, likeness, vocoder
from audio_service.backends.beds import MAKERS, make_bed
from audio_service.backends.chunks import RATE
from audio_service.backends.espeak import Script, speak
from audio_service.backends.mix import PlacedBed, PlacedLine, Scene, Target, mix, mix_down
from audio_service.backends.spots import SPOTS, make_effect
from audio_service.backends.stock import STOCK
from audio_service.client import inspect_voice
from audio_service.contract.speech import Style
from bench.report import Report

TEXT = "The rain had stopped by the time we reached the harbour, and nobody could say where the old boats had gone."
ROUNDS = 3


class Gaps:
    """A guard that notes the longest time between two reads, in ms."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()

    def __call__(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, (now - self._last) * 1e3), now


def main() -> None:
    """Measure and write the report."""
    report = Report("speech", conditions="48 kHz, one process")
    likeness.warm()
    _stock(report)
    _leaned(report)
    _voices(report)
    _beds(report)
    _effects(report)
    _mix(report)
    _memory(report)
    report.write()


def _stock(report: Report) -> None:
    script, speeds, gap = Script(TEXT, Style()), [], 0.0
    for spec in STOCK:
        seconds = len(speak(script, spec, _nothing).sound) / RATE
        speeds.append(seconds / min(_timed(partial(speak, script, spec, _nothing)) for _ in range(ROUNDS)))
        gaps = Gaps()
        speak(script, spec, gaps)
        gap = max(gap, gaps.longest)
    report.add("stock speech, times real time", statistics.median(speeds), "×", at_least=50.0)
    report.add("stock speech, longest step between guard reads", gap, "ms")


def _leaned(report: Report) -> None:
    told = inspect_voice(fictional_voice.PATH.read_bytes())
    checked = _timed(lambda: inspect_voice(fictional_voice.PATH.read_bytes()))
    script = Script(TEXT, Style())
    spoken = engine.lean_toward(script, told.wav, _nothing, _unreported)
    taken = min(_timed(partial(engine.lean_toward, script, told.wav, _nothing, _unreported)) for _ in range(ROUNDS))
    gaps = Gaps()
    engine.lean_toward(script, told.wav, gaps, _unreported)
    report.add("leaned speech, sample and cosines included", taken / spoken.timing.seconds, "s/s", at_most=1.0)
    report.add("leaned speech, longest step between guard reads", gaps.longest, "ms")
    report.add("speaker cosine before", spoken.similarity_before or 0.0, "")
    report.add("speaker cosine after", spoken.similarity_after or 0.0, "", at_least=0.7)
    report.add("intake check of a 13 s sample", checked, "s")


def _beds(report: Report) -> None:
    for name in MAKERS:
        cost = min(_timed(partial(make_bed, name, 1, 10 * RATE, _nothing)) for _ in range(ROUNDS)) / 10
        report.add(f"bed {name}", cost, "s/s", at_most=0.02)


def _voices(report: Report) -> None:
    """How different the stock voices are: speaker cosines of all pairs, and the reach of their pitch."""
    spoken = [speak(Script(TEXT, Style()), spec, _nothing).sound for spec in STOCK]
    heads = np.array([likeness.embed(sound, RATE, _nothing) for sound in spoken])
    pitches = [vocoder.analyse(np.ascontiguousarray(sound[::2]), _nothing).median_f0 for sound in spoken]
    table = heads @ heads.T
    print(" " * 10 + " ".join(f"{spec.id[:7]:>7}" for spec in STOCK))
    for spec, row, pitch in zip(STOCK, table, pitches, strict=True):
        print(f"{spec.id:10}" + " ".join(f"{one:7.2f}" for one in row) + f"   {pitch:4.0f} Hz")
    pairs = table[np.triu_indices(len(STOCK), 1)]
    report.add("stock voices", float(len(STOCK)), "", at_least=8)
    report.add("stock voices, mean speaker cosine of pairs", float(pairs.mean()), "", at_most=0.65)
    report.add("stock voices, nearest pair", float(pairs.max()), "", at_most=0.8)
    report.add("stock voices, reach of median pitch", float(12 * np.log2(max(pitches) / min(pitches))), "semitones")


def _effects(report: Report) -> None:
    slowest = max(min(_timed(partial(make_effect, name, 1, _nothing)) for _ in range(ROUNDS)) for name in SPOTS)
    report.add("spot effects", float(len(SPOTS)), "")
    report.add("slowest spot effect", slowest * 1e3, "ms", at_most=150)


def _memory(report: Report) -> None:
    """Traced memory at its highest, of 10 s and of 10 min of the same scene, its spool read back once."""
    line = speak(Script("The boats had gone.", Style()), STOCK[1], _nothing).sound

    def highest(seconds: float) -> float:
        lines = [PlacedLine(line, at, room="kitchen", distance="medium") for at in np.arange(1, seconds - 5, 10.0)]
        tracemalloc.start()
        with mix_down(Scene(lines, [PlacedBed("room", 0, seconds, -18, 1)]), seconds, _nothing) as made:
            made.whole[len(made.whole) - RATE :]
            found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found / 2**20

    highest(2.0)
    short, long = highest(10.0), highest(600.0)
    report.add("mix, memory of 10 s", short, "MiB")
    report.add("mix, memory of 10 min", long, "MiB", at_most=short + 8)


def _mix(report: Report) -> None:
    line = speak(Script(TEXT, Style()), STOCK[1], _nothing).sound
    lines = [PlacedLine(line, start) for start in (1.0, 9.0, 17.0)]
    beds = [PlacedBed("rain", 0.0, 15.0, -18.0, 1), PlacedBed("sea", 14.0, 30.0, -18.0, 2)]
    track = mix(lines, beds, Target(30.0, -16.0, -1.0), _nothing)
    taken = _timed(lambda: files.to_wav(mix(lines, beds, Target(30.0, -16.0, -1.0), _nothing).sound, RATE))
    gaps = Gaps()
    mix(lines, beds, Target(30.0, -16.0, -1.0), gaps)
    report.add("mix of 30 s", taken / 30.0, "s/s", at_most=0.2)
    report.add("mix, longest step between guard reads", gaps.longest, "ms")
    report.add("mix, loudness", track.loudness_lufs, "LUFS")
    report.add("mix, true peak", track.true_peak_dbtp, "dBTP", at_most=-1.0)
    report.add("mix, ducking", track.ducking_db, "dB", at_least=6.0)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _nothing() -> None:
    """A guard that lets everything pass."""


def _unreported(_fraction: float) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
