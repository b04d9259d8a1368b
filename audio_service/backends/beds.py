"""Procedural sound beds: weather, water, places, people, creatures, music. Endless, stereo, the same for the same seed.

A bed is a stream that starts at second 0 and never repeats or seams: noise is drawn block by block from a generator
keyed by the seed, filters carry their state, slow movement is interpolated between random knots, and events (drops,
gusts, passing cars, notes) are placed by seed. Nothing is recorded: no sample of any real place or person.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np

from audio_service.backends import beds_places, beds_weather, beds_wild
from audio_service.backends.bed_parts import Blocks, Upsampler
from audio_service.backends.chunks import CHUNK, Check, Sound
from audio_service.backends.music import MOODS, music
from infra.kernel.errors import NotFound

_WARM = 4
"""Blocks made before second 0 and thrown away, so that filters have settled; numbered below 0: tones run on."""

MAKERS: Mapping[str, Callable[[int], Blocks]] = {
    "rain": beds_weather.rain, "rain-tin": beds_weather.rain_tin, "rain-window": beds_weather.rain_window,
    "storm": beds_weather.storm, "wind": beds_weather.wind, "sea": beds_weather.sea, "river": beds_weather.river,
    "forest": beds_wild.forest, "birds": beds_wild.birds, "insects": beds_wild.insects, "fire": beds_weather.fire,
    "city": beds_places.city, "train": beds_places.train, "cafe": beds_places.cafe, "crowd": beds_places.crowd,
    "office": beds_places.office, "room": beds_places.room, "drone": beds_places.drone,
    **{name: partial(music, name) for name in MOODS},
}  # fmt: skip


def bed_blocks(name: str, seed: int) -> Iterator[Sound]:
    """Blocks of 50 ms, ``(2400, 2)`` at 48 kHz, without end. Raises :class:`NotFound` (``audio.bed_unknown``)."""
    if name not in MAKERS:
        raise NotFound("audio.bed_unknown", "no such bed", fix="choose one of list_beds", beds=sorted(MAKERS))
    return _stream(MAKERS[name](seed))


def _stream(make: Blocks) -> Iterator[Sound]:
    up, index = Upsampler(), -_WARM
    while True:
        low, high = make(index)
        sound = up(low)
        if index >= 0:
            yield sound if high is None else sound + high
        index += 1


def make_bed(name: str, seed: int, samples: int, check: Check) -> Sound:
    """``samples`` of a bed from its second 0, shape ``(samples, 2)``; the guard is read at every 50 ms.

    Raises :class:`NotFound` (``audio.bed_unknown``).
    """
    out = np.empty((samples, 2), np.float32)
    blocks = bed_blocks(name, seed)
    for start in range(0, samples, CHUNK):
        check()
        stop = min(start + CHUNK, samples)
        out[start:stop] = next(blocks)[: stop - start]
    return out
