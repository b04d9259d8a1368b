"""Procedural sound beds: rain, wind, sea, city, room, crowd, drone. Endless, stereo, the same for the same seed.

A bed is a stream that starts at second 0 and never repeats or seams: noise is drawn block by block from a generator
keyed by the seed, filters carry their state, slow movement is interpolated between random knots, and events (drops,
gusts, passing cars) are placed by seed. Nothing is recorded: no sample of any real place or person.
"""

from collections.abc import Callable, Iterator

import numpy as np

from audio_service.backends.bed_parts import LOW_CHUNK, LOW_RATE, Filtered, Grains, Upsampler, Weather, ping
from audio_service.backends.chunks import CHUNK, RATE, Check, Sound
from audio_service.backends.filters import band, high_pass, low_pass, shelf
from infra.kernel.errors import NotFound

_WARM = 4
"""Blocks made before second 0 and thrown away, so that filters have settled; numbered below 0: tones run on."""

Block = tuple[Sound, Sound | None]
"""50 ms as ``(800, 2)`` at 16 kHz and, where there is anything above 7 kHz, ``(2400, 2)`` at 48 kHz to be added."""

Blocks = Callable[[int], Block]
"""From a block's number to its sound; called in order."""


def _layer(*sections: np.ndarray) -> Filtered:
    return Filtered(np.concatenate(sections))


def _band(low: float, high: float, order: int = 1) -> np.ndarray:
    return band(low, high, LOW_RATE, order)


def _under(hertz: float) -> np.ndarray:
    return low_pass(hertz, LOW_RATE)


def _rain(seed: int) -> Blocks:
    """A wide hiss, a low wash on the ground, and single drops near the microphone."""
    hiss, wash, drops, near = Weather(seed, 1), Weather(seed, 2), Weather(seed, 3), Grains(0.2)
    far = _layer(high_pass(500), shelf(2500, -7, high=True), low_pass(9000))
    ground = _layer(_band(90, 450), _under(900))
    sorts = ((900, 0.012), (1500, 0.008), (2300, 0.006), (3400, 0.004), (620, 0.018))
    grains = [ping(hertz, decay) for hertz, decay in sorts]

    def block(index: int) -> Block:
        for _ in range(drops.count(34 + 30 * hiss.slow(index, 3.0))):
            which, at, side, loud = drops.draw(4)
            near.add(grains[int(which * len(grains))], int(at * CHUNK), *_sides(side, 0.05 + 0.45 * loud**4))
        swell = 0.8 + 0.4 * hiss.slow(index, 4.0)
        return ground(wash.noise(), 0.5 * swell), far(hiss.noise(CHUNK), 0.34 * swell) + near.take()

    return block


def _wind(seed: int) -> Blocks:
    """Three bands that swell one after the other, and a whistle that comes with the strongest gusts."""
    air = [Weather(seed, lane) for lane in range(4)]
    low, middle = _layer(_band(60, 220), _under(500)), _layer(_band(220, 700), _under(1800))
    high, whistle = _layer(_band(900, 2600), _under(5000)), _layer(_band(560, 640, 2))

    def block(index: int) -> Block:
        gust = air[0].slow(index, 2.6) * (0.4 + 0.6 * air[0].slow(index, 7.0, 1))
        lean = 1.2 * air[1].slow(index, 5.0) - 0.6
        out = low(air[0].noise(), 0.5 + 1.0 * gust, lean * 0.4) + middle(air[1].noise(), 0.15 + 1.1 * gust**1.5, lean)
        out += high(air[2].noise(), 0.03 + 0.30 * gust**2, -lean) + whistle(air[3].noise(), 0.9 * gust**3, lean)
        return out, None

    return block


def _sea(seed: int) -> Blocks:
    """Waves from two directions: each gathers as a low roar, breaks bright, and draws back hissing."""
    swells = [(Weather(seed, 1), 8.3, -0.5), (Weather(seed, 2), 11.9, 0.45)]
    layers = [(_layer(_band(70, 380), _under(900)), _layer(_band(500, 3500), _under(6500))) for _ in swells]
    deep, rest, hiss = _layer(_under(160)), Weather(seed, 3), _layer(high_pass(2500), low_pass(9500))

    def block(index: int) -> Block:
        out, drawn_back = deep(rest.noise(), 0.5), 0.0
        for (weather, period, pan), (roar, crash) in zip(swells, layers, strict=True):
            turn = index * CHUNK / RATE / period + seed % 97 / 97 + pan
            size = 0.65 + 0.5 * weather.slow(int(turn) * 7, 1.0, 1)
            noise = weather.noise()
            out += roar(noise, size * (0.12 + 1.0 * _hump(turn % 1.0, 0.38, 0.22)), pan)
            out += crash(noise, size * 0.75 * _hump(turn % 1.0, 0.46, 0.11), pan)
            drawn_back += size * 0.22 * _hump(turn % 1.0, 0.66, 0.2)
        return out, hiss(rest.noise(CHUNK), 0.01 + drawn_back)

    return block


def _city(seed: int) -> Blocks:
    """A far rumble, the wash of a road, and cars that pass from one side to the other."""
    far, road, cars = Weather(seed, 1), Weather(seed, 2), [Weather(seed, 3), Weather(seed, 4)]
    rumble, wash = _layer(_band(45, 140), _under(300)), _layer(_band(180, 900), _under(2500))
    tyres = [_layer(_band(350, 1600), _under(4500)) for _ in cars]
    motors = [_layer(_band(75, 125, 2)) for _ in cars]

    def block(index: int) -> Block:
        out = rumble(far.noise(), 0.95 + 0.4 * far.slow(index, 5.0))
        out += wash(road.noise(), 0.16 + 0.12 * road.slow(index, 3.5))
        for lane, (car, tyre, motor) in enumerate(zip(cars, tyres, motors, strict=True)):
            turn = index * CHUNK / RATE / (9.0 + 4.0 * lane) + seed % 89 / 89 + 0.37 * lane
            here = _hump(turn % 1.0, 0.5, 0.16) * (0.4 + 0.6 * car.slow(int(turn) * 5, 1.0, 1))
            pan = float(np.clip((turn % 1.0 - 0.5) * 4, -0.9, 0.9)) * (1 if lane else -1)
            noise = car.noise()
            out += tyre(noise, 0.5 * here, pan) + motor(noise, 1.6 * here, pan)
        return out, None

    return block


def _room(seed: int) -> Blocks:
    """Air and a far machine: the tone of a quiet room, with a faint mains hum and its third."""
    air, vent = Weather(seed, 1), Weather(seed, 2)
    tone = _layer(_under(700), shelf(120, 5, high=False, rate=LOW_RATE), high_pass(35, LOW_RATE))
    breath = _layer(_band(1200, 5500), _under(6500))

    def block(index: int) -> Block:
        time = (np.arange(LOW_CHUNK) + index * LOW_CHUNK) / LOW_RATE
        mains = 0.035 * np.sin(2 * np.pi * 50 * time) + 0.014 * np.sin(2 * np.pi * 150 * time + 0.6)
        out = tone(air.noise(), 0.55 + 0.1 * air.slow(index, 6.0)) + breath(vent.noise(), 0.02)
        return out + mains[:, None].astype(np.float32), None

    return block


_PLACES = (
    (310, -0.7), (480, 0.5), (620, -0.2), (830, 0.8), (1150, -0.5), (1600, 0.3), (2300, -0.1), (390, 0.1), (720, -0.9),
)  # fmt: skip
"""Where the talkers of a crowd stand: centre of their band in Hz, and side."""


def _crowd(seed: int) -> Blocks:
    """Many far voices: formant bands of noise opened and closed at the pace of syllables: no words, no one's voice."""
    talkers = [
        (Weather(seed, lane), _layer(_band(hertz * 0.84, hertz * 1.19, 2)), hertz, pan, 0.16 + 0.03 * (lane % 4))
        for lane, (hertz, pan) in enumerate(_PLACES)
    ]
    hall, air, babble = _layer(_band(200, 1400), _under(2600)), Weather(seed, 40), Weather(seed, 41)

    def block(index: int) -> Block:
        out, noise = hall(air.noise(), 0.22), babble.noise()
        for weather, formant, hertz, pan, pace in talkers:
            syllable = weather.slow(index, pace) ** 2 * (0.25 + 0.75 * weather.slow(index, 2.3, 1))
            out += formant(noise, 1.5 * (500 / hertz) ** 0.5 * syllable, pan)
        return out, None

    return block


def _drone(seed: int) -> Blocks:
    """Detuned partials of a low fifth that breathe in and out, over a soft band of air."""
    weather, air = Weather(seed, 1), Weather(seed, 2)
    ratios = np.array([1, 1.002, 1.5, 2, 2.003, 3, 4, 4.5, 6])
    order = np.arange(len(ratios))
    hertz = 55.0 * 2 ** ((seed % 5) / 12) * ratios * (1 + 0.0009 * (order - 4))
    sides = np.array([_sides(0.5 + 0.35 * (-1) ** k * k / 9, 1.0) for k in order])
    wash, ramp = _layer(_band(300, 1200), _under(2000)), np.linspace(0, 1, LOW_CHUNK, endpoint=False)[:, None]
    level = np.zeros((len(ratios), 2))

    def block(index: int) -> Block:
        nonlocal level
        time = (np.arange(LOW_CHUNK) + index * LOW_CHUNK) / LOW_RATE
        swell = np.array([0.25 + 0.75 * weather.slow(index + 97 * int(k), 3.0 + 0.7 * k, int(k) % 4) for k in order])
        goal = (0.5 * swell / (1 + 0.7 * order))[:, None] * sides
        tones = np.sin(2 * np.pi * hertz * time[:, None] + order)
        out = tones @ level * (1 - ramp) + tones @ goal * ramp
        level = goal
        return np.asarray(out + wash(air.noise(), 0.05 + 0.05 * air.slow(index, 4.0)), np.float32), None

    return block


def _sides(place: float, loud: float) -> tuple[float, float]:
    """Constant-power gains of a place 0 (left) to 1 (right)."""
    return float(loud * np.cos(place * np.pi / 2)), float(loud * np.sin(place * np.pi / 2))


def _hump(at: float, centre: float, width: float) -> float:
    """A smooth rise and fall around ``centre``, 0 beyond twice the width."""
    away = (at - centre) / (2 * width)
    return float(np.cos(away * np.pi / 2) ** 4) if abs(away) < 1 else 0.0


MAKERS: dict[str, Callable[[int], Blocks]] = {
    "rain": _rain, "wind": _wind, "sea": _sea, "city": _city, "room": _room, "crowd": _crowd, "drone": _drone,
    "rain-tin": _rain, "rain-window": _rain, "storm": _rain, "river": _sea, "forest": _wind, "birds": _wind,
    "insects": _wind, "fire": _room, "train": _city, "cafe": _crowd, "office": _room, "music-calm": _drone,
    "music-tense": _drone, "music-joyful": _drone, "music-sad": _drone, "music-hopeful": _drone,
}  # fmt: skip


def _stream(name: str, seed: int) -> Iterator[Sound]:
    """Blocks of 50 ms, ``(2400, 2)`` at 48 kHz, without end."""
    make, up = MAKERS[name](seed), Upsampler()
    index = -_WARM
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
    if name not in MAKERS:
        raise NotFound("audio.bed_unknown", "no such bed", fix="choose one of list_beds", beds=sorted(MAKERS))
    out = np.empty((samples, 2), np.float32)
    blocks = _stream(name, seed)
    for start in range(0, samples, CHUNK):
        check()
        stop = min(start + CHUNK, samples)
        out[start:stop] = next(blocks)[: stop - start]
    return out
