"""Room tone: the silence of a set, at the loudness of that silence. Endless and the same for the same seed."""

from collections.abc import Iterator

import numpy as np

from audio_service.backends.bed_parts import LOW_CHUNK, LOW_RATE, Upsampler, Weather, layer, low_band, under
from audio_service.backends.chunks import CHUNK, RATE, Sound
from audio_service.backends.filters import shelf
from audio_service.backends.loudness import Gauge
from audio_service.backends.rooms import ROOMS


def tone_blocks(room: str, seed: int) -> Iterator[Sound]:
    """Blocks of 50 ms, ``(2400, 2)`` at 48 kHz, at the room's own loudness, without end."""
    blocks = _raw(room, seed)
    gauge, first = Gauge(), [next(blocks) for _ in range(3 * RATE // CHUNK)]
    for block in first:
        gauge.feed(block)
    gain = np.float32(10 ** ((ROOMS[room].tone - gauge.integrated()) / 20))
    yield from (block * gain for block in first)
    yield from (block * gain for block in blocks)


def _raw(room: str, seed: int) -> Iterator[Sound]:
    spec, up = ROOMS[room], Upsampler()
    weather, breath = Weather(seed, 90), Weather(seed, 91)
    body = layer(low_band(*spec.air), shelf(150.0, 6.0, high=False, rate=LOW_RATE))
    hiss = layer(low_band(1800, 6000), under(6500))
    index = -4
    while True:
        time = (np.arange(LOW_CHUNK) + index * LOW_CHUNK) / LOW_RATE
        mains = spec.hum * (0.12 * np.sin(2 * np.pi * 100 * time) + 0.05 * np.sin(2 * np.pi * 200 * time + 0.7))
        low = body(weather.noise(), 0.5 + 0.08 * weather.slow(index, 5.0)) + hiss(breath.noise(), 0.025)
        sound = up(low + mains[:, None].astype(np.float32))
        if index >= 0:
            yield sound
        index += 1
