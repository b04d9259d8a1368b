"""Beds of places: streets, rooms, people, machines, what lives outdoors. See ``beds``."""

import numpy as np

from audio_service.backends.bed_parts import (
    LOW_CHUNK,
    LOW_RATE,
    Block,
    Blocks,
    Events,
    Grains,
    Weather,
    hump,
    layer,
    low_band,
    ping,
    sides,
    under,
)  # fmt: skip
from audio_service.backends.chunks import CHUNK, RATE, Sound, unchecked
from audio_service.backends.filters import equalise, fade, high_pass, low_pass, shelf
from audio_service.backends.spot_machines import horn
from audio_service.backends.spot_moments import paper
from audio_service.backends.spot_parts import Dice

_STREETS_AWAY = np.concatenate([high_pass(250.0), low_pass(1300.0), low_pass(2200.0)])
"""What of a horn comes round the houses."""


def city(seed: int) -> Blocks:
    """A far rumble, the wash of a road, cars that pass from one side to the other, and now and then a horn far off."""
    far, road, cars = Weather(seed, 1), Weather(seed, 2), [Weather(seed, 3), Weather(seed, 4)]
    rumble, wash = layer(low_band(45, 140), under(300)), layer(low_band(180, 900), under(2500))
    tyres = [layer(low_band(350, 1600), under(4500)) for _ in cars]
    motors = [layer(low_band(75, 125, 2)) for _ in cars]
    note = np.asarray(equalise(np.asarray(horn(Dice(seed, 4)), np.float32), _STREETS_AWAY, unchecked)[::3], np.float32)
    note, horns = np.asarray(note / np.abs(note).max(), np.float32), Events()

    def block(index: int) -> Block:
        out = rumble(far.noise(), 0.95 + 0.4 * far.slow(index, 5.0))
        out += wash(road.noise(), 0.16 + 0.12 * road.slow(index, 3.5))
        for lane, (car, tyre, motor) in enumerate(zip(cars, tyres, motors, strict=True)):
            turn = index * CHUNK / RATE / (9.0 + 4.0 * lane) + seed % 89 / 89 + 0.37 * lane
            here = hump(turn % 1.0, 0.5, 0.16) * (0.4 + 0.6 * car.slow(int(turn) * 5, 1.0, 1))
            pan = float(np.clip((turn % 1.0 - 0.5) * 4, -0.9, 0.9)) * (1 if lane else -1)
            noise = car.noise()
            out += tyre(noise, 0.5 * here, pan) + motor(noise, 1.6 * here, pan)
        if road.count(0.05):
            side, loud = road.draw(2)
            horns.add(note, 0, 1.6 * side - 0.8, 0.10 + 0.12 * loud)
        return out + horns.take(LOW_CHUNK), None

    return block


def room(seed: int) -> Blocks:
    """Air and a far machine: the tone of a quiet room, with a faint mains hum and its third."""
    air, vent = Weather(seed, 1), Weather(seed, 2)
    tone = layer(under(700), shelf(120, 5, high=False, rate=LOW_RATE), high_pass(35, LOW_RATE))
    breath = layer(low_band(1200, 5500), under(6500))

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


def crowd(seed: int) -> Blocks:
    """Many far voices: formant bands of noise opened and closed at the pace of syllables: no words, no one's voice."""
    talkers = [
        (Weather(seed, lane), layer(low_band(hertz * 0.84, hertz * 1.19, 2)), hertz, pan, 0.09 + 0.012 * (lane % 4))
        for lane, (hertz, pan) in enumerate(_PLACES)
    ]
    hall, air, babble = layer(low_band(200, 1400), under(2600)), Weather(seed, 40), Weather(seed, 41)

    def block(index: int) -> Block:
        out, noise = hall(air.noise(), 0.22), babble.noise()
        for weather, formant, hertz, pan, pace in talkers:
            phrase = 0.15 + 1.1 * max(0.0, weather.slow(index, 1.9, 1) - 0.3)
            syllable = weather.slow(index, pace) ** 2 * phrase
            out += formant(noise, 2.4 * (500 / hertz) ** 0.5 * syllable, pan)
        return out, None

    return block


def train(seed: int) -> Blocks:
    """Inside a carriage: rumble, air, and wheels over joints in pairs, near ones and far ones in turn, at a pace that
    wanders a little.
    """
    body, air, joints, near = Weather(seed, 1), Weather(seed, 2), Weather(seed, 3), Grains(0.4)
    rumble, hum = layer(low_band(38, 120), under(260)), layer(low_band(150, 480), under(900))
    rush = layer(low_band(900, 3500), under(5000))
    time = np.arange(round(0.3 * RATE)) / RATE
    clack = np.zeros(len(time))
    for hertz, fall, loud in ((74, 0.05, 1.0), (128, 0.035, 0.8), (231, 0.02, 0.5), (540, 0.01, 0.3)):
        clack += loud * np.exp(-time / fall) * np.sin(2 * np.pi * hertz * time)
    joint = np.asarray(clack * np.minimum(time / 0.002, 1), np.float32)
    ahead, wheels = 0.3, 0

    def block(index: int) -> Block:
        nonlocal ahead, wheels
        ahead -= CHUNK / RATE
        while ahead < 0:
            at = int((ahead + CHUNK / RATE) * RATE)
            loud, side = joints.draw(2)
            here = (0.6 + 0.25 * loud) * (1.0, 0.5)[wheels % 2]
            for late, part in ((0.0, 1.0), (0.135, 0.8)):
                near.add(joint, at + int(late * RATE), *(sides(0.3 * side - 0.15) * here * part))
            ahead += (0.47, 0.73)[wheels % 2] + 0.05 * body.slow(index, 5.0)
            wheels += 1
        out = rumble(body.noise(), 0.55 + 0.2 * body.slow(index, 1.3)) + hum(
            air.noise(), 0.2 + 0.07 * air.slow(index, 2.1)
        )
        return out + rush(joints.noise(), 0.05 + 0.03 * air.slow(index, 4.0, 1)), near.take()

    return block


def _clink(hertz: float, fall: float) -> Sound:
    tones = [ping(hertz * part, fall / part) for part in (1.0, 1.52, 2.31)]
    wave = tones[0].copy()
    for tone, loud in zip(tones[1:], (0.5, 0.3), strict=True):
        wave[: len(tone)] += np.float32(loud) * tone
    return wave


def cafe(seed: int) -> Blocks:
    """A small crowd, cups and spoons, and once in a while steam."""
    people, table, steam, near = crowd(seed), Weather(seed, 50), Weather(seed, 51), Grains(0.8)
    cups = [_clink(hertz, fall) for hertz, fall in ((2380, 0.035), (3120, 0.05), (4270, 0.03), (1720, 0.02))]
    jet = layer(high_pass(2800), low_pass(9500))

    def block(index: int) -> Block:
        for _ in range(table.count(1.5 * (0.3 + table.slow(index, 2.2)))):
            which, at, side, loud = table.draw(4)
            for late, part in ((0.0, 1.0), (0.03 + 0.06 * which, 0.45)):
                gains = sides(1.6 * side - 0.8) * (0.08 + 0.32 * loud**2) * part
                near.add(cups[int(which * len(cups))], int(at * CHUNK) + int(late * RATE), *gains)
        hiss = max(0.0, steam.slow(index, 3.0) - 0.8) * 1.1
        low, _ = people(index)
        return 0.6 * low, jet(steam.noise(CHUNK), 0.4 * hiss, 0.5) + near.take()

    return block


def office(seed: int) -> Blocks:
    """The tone of a room with ventilation, somebody typing in bouts, a page now and then."""
    tone, desk, duct, near = room(seed), Weather(seed, 50), Weather(seed, 51), Grains(0.2)
    vent = layer(low_band(180, 900), under(1600))
    rng = np.random.default_rng((seed & 0xFFFFFFFF, 78))
    keys = []
    for bend in (0.85, 0.95, 1.0, 1.1, 1.2):
        time = np.arange(round(0.05 * RATE)) / RATE
        tap = 0.5 * rng.standard_normal(len(time)) * np.exp(-time / 0.004)
        tap += np.sin(2 * np.pi * 330 * bend * time) * np.exp(-time / 0.009)
        keys.append(np.asarray(equalise(np.asarray(tap, np.float32), low_pass(5200), unchecked), np.float32))
    page = fade(np.asarray(paper(Dice(seed, 3)), np.float32), 96, 960)
    rustles = Events()

    def block(index: int) -> Block:
        typing = desk.slow(index, 2.8) > 0.52
        for _ in range(desk.count(6.5) if typing else 0):
            which, at, side, loud = desk.draw(4)
            near.add(keys[int(which * len(keys))], int(at * CHUNK), *(sides(0.4 + 0.1 * side) * (0.13 + 0.26 * loud)))
        if desk.count(0.07):
            rustles.add(page / np.abs(page).max(), 0, 1.2 * desk.draw(1)[0] - 0.9, 0.2)
        low, _ = tone(index)
        return 0.3 * low + vent(duct.noise(), 0.06 + 0.02 * duct.slow(index, 5.0)), near.take() + rustles.take()

    return block


def drone(seed: int) -> Blocks:
    """Detuned partials of a low fifth that breathe in and out, over a soft band of air."""
    weather, air = Weather(seed, 1), Weather(seed, 2)
    ratios = np.array([1, 1.002, 1.5, 2, 2.003, 3, 4, 4.5, 6])
    order = np.arange(len(ratios))
    hertz = 55.0 * 2 ** ((seed % 5) / 12) * ratios * (1 + 0.0009 * (order - 4))
    places = np.array([sides(0.7 * (-1) ** k * k / 9) for k in order])
    wash, ramp = layer(low_band(300, 1200), under(2000)), np.linspace(0, 1, LOW_CHUNK, endpoint=False)[:, None]
    level = np.zeros((len(ratios), 2))

    def block(index: int) -> Block:
        nonlocal level
        time = (np.arange(LOW_CHUNK) + index * LOW_CHUNK) / LOW_RATE
        swell = np.array([0.25 + 0.75 * weather.slow(index + 97 * int(k), 3.0 + 0.7 * k, int(k) % 4) for k in order])
        goal = (0.5 * swell / (1 + 0.7 * order))[:, None] * places
        tones = np.sin(2 * np.pi * hertz * time[:, None] + order)
        out = tones @ level * (1 - ramp) + tones @ goal * ramp
        level = goal
        return np.asarray(out + wash(air.noise(), 0.05 + 0.05 * air.slow(index, 4.0)), np.float32), None

    return block
