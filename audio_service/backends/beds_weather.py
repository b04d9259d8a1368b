"""Beds of weather, water and fire. Each answers a function from block numbers to sound; see ``beds``."""

import numpy as np

from audio_service.backends.bed_parts import (
    Block,
    Blocks,
    Events,
    Grains,
    Weather,
    hump,
    layer,
    low_band,
    ping,
    under,
)  # fmt: skip
from audio_service.backends.chunks import CHUNK, RATE, Sound
from audio_service.backends.filters import high_pass, low_pass, shelf
from audio_service.backends.spot_moments import thunder
from audio_service.backends.spot_parts import Dice


def rain(seed: int) -> Blocks:
    """A wide hiss, a low wash on the ground, and single drops near the microphone."""
    hiss, wash, drops, near = Weather(seed, 1), Weather(seed, 2), Weather(seed, 3), Grains(0.2)
    far = layer(high_pass(500), shelf(2500, -7, high=True), low_pass(9000))
    ground = layer(low_band(90, 450), under(900))
    sorts = ((900, 0.012), (1500, 0.008), (2300, 0.006), (3400, 0.004), (620, 0.018))
    grains = [ping(hertz, decay) for hertz, decay in sorts]

    def block(index: int) -> Block:
        for _ in range(drops.count(34 + 30 * hiss.slow(index, 3.0))):
            which, at, side, loud = drops.draw(4)
            near.add(grains[int(which * len(grains))], int(at * CHUNK), *_gains(side, 0.05 + 0.45 * loud**4))
        swell = 0.8 + 0.4 * hiss.slow(index, 4.0)
        return ground(wash.noise(), 0.5 * swell), far(hiss.noise(CHUNK), 0.34 * swell) + near.take()

    return block


def wind(seed: int) -> Blocks:
    """Three bands that swell one after the other, and a whistle that comes with the strongest gusts."""
    air = [Weather(seed, lane) for lane in range(4)]
    low, middle = layer(low_band(60, 220), under(500)), layer(low_band(220, 700), under(1800))
    high, whistle = layer(low_band(900, 2600), under(5000)), layer(low_band(560, 640, 2))

    def block(index: int) -> Block:
        gust = air[0].slow(index, 2.6) * (0.4 + 0.6 * air[0].slow(index, 7.0, 1))
        lean = 1.2 * air[1].slow(index, 5.0) - 0.6
        out = low(air[0].noise(), 0.5 + 1.0 * gust, lean * 0.4) + middle(air[1].noise(), 0.15 + 1.1 * gust**1.5, lean)
        out += high(air[2].noise(), 0.03 + 0.30 * gust**2, -lean) + whistle(air[3].noise(), 0.9 * gust**3, lean)
        return out, None

    return block


def sea(seed: int) -> Blocks:
    """Waves from two directions: each gathers as a low roar, breaks bright, and draws back hissing."""
    swells = [(Weather(seed, 1), 8.3, -0.5), (Weather(seed, 2), 9.7, 0.45)]
    layers = [(layer(low_band(70, 380), under(900)), layer(low_band(500, 3500), under(6500))) for _ in swells]
    deep, rest, hiss = layer(under(160)), Weather(seed, 3), layer(high_pass(2500), low_pass(9500))

    def block(index: int) -> Block:
        out, drawn_back = deep(rest.noise(), 0.5), 0.0
        for (weather, period, pan), (roar, crash) in zip(swells, layers, strict=True):
            turn = index * CHUNK / RATE / period + seed % 97 / 97 + pan
            size = 0.65 + 0.5 * weather.slow(int(turn) * 7, 1.0, 1)
            noise = weather.noise()
            out += roar(noise, size * (0.12 + 1.0 * hump(turn % 1.0, 0.38, 0.22)), pan)
            out += crash(noise, size * 0.75 * hump(turn % 1.0, 0.46, 0.11), pan)
            drawn_back += size * 0.22 * hump(turn % 1.0, 0.66, 0.2)
        return out, hiss(rest.noise(CHUNK), 0.01 + drawn_back)

    return block


def _modes(seconds: float, *modes: tuple[float, float, float]) -> Sound:
    """A struck body from ``(Hz, decay in s, loudness)``, made once and used for many grains."""
    wave = np.zeros(round(seconds * RATE), np.float32)
    for hertz, fall, loud in modes:
        tone = ping(hertz, fall)[: len(wave)]
        wave[: len(tone)] += np.float32(loud) * tone
    return wave


def rain_tin(seed: int) -> Blocks:
    """Rain on a metal roof: every drop rings the sheet, heavy ones ring it low; little of the hiss of open ground."""
    hiss, drops, near = Weather(seed, 1), Weather(seed, 2), Grains(0.3)
    far, hollow = (
        layer(high_pass(900), shelf(4000, -5, high=True), low_pass(8000)),
        layer(low_band(240, 620), under(1300)),
    )
    sheet = [
        _modes(0.2, (310 * bend, 0.028, 0.9), (742 * bend, 0.022, 1.0), (1480 * bend, 0.014, 0.8),
               (2610 * bend, 0.008, 0.6), (4100 * bend, 0.004, 0.4)) for bend in (0.82, 0.93, 1.0, 1.11, 1.27, 1.4)
    ]  # fmt: skip

    def block(index: int) -> Block:
        for _ in range(drops.count(85 + 70 * hiss.slow(index, 2.4))):
            which, at, side, loud = drops.draw(4)
            near.add(sheet[int(which * len(sheet))], int(at * CHUNK), *_gains(side, 0.03 + 0.34 * loud**5))
        swell = 0.75 + 0.5 * hiss.slow(index, 3.3)
        return hollow(drops.noise(), 0.32 * swell), far(hiss.noise(CHUNK), 0.13 * swell) + near.take()

    return block


def rain_window(seed: int) -> Blocks:
    """Rain heard from inside: the hiss dulled by the wall, drops that tap the pane, now and then a runnel."""
    outside, taps, near = Weather(seed, 1), Weather(seed, 2), Grains(0.2)
    wall, air = layer(low_band(110, 700), under(1200)), layer(low_band(900, 2600), under(3200))
    pane = [
        _modes(0.1, (1180 * b, 0.006, 1.0), (2350 * b, 0.004, 0.7), (420 * b, 0.012, 0.6))
        for b in (0.8, 1.0, 1.25, 1.5)
    ]

    def block(index: int) -> Block:
        for _ in range(taps.count(11 + 16 * outside.slow(index, 2.0) ** 2)):
            which, at, side, loud = taps.draw(4)
            near.add(pane[int(which * len(pane))], int(at * CHUNK), *_gains(side, 0.06 + 0.60 * loud**3))
        swell = 0.8 + 0.4 * outside.slow(index, 4.0)
        return wall(outside.noise(), 0.3 * swell) + air(taps.noise(), 0.07 * swell), near.take()

    return block


def storm(seed: int) -> Blocks:
    """Heavy rain in gusts of wind, and thunder every ten to twenty seconds, never at the same place."""
    wet, gusts, sky, rolls = rain(seed), wind(seed + 1), Weather(seed, 60), Events()
    wait = 40 + int(100 * sky.draw(1)[0])

    def block(index: int) -> Block:
        nonlocal wait
        wait -= 1
        if wait <= 0:
            side, loud, late = sky.draw(3)
            peal = np.asarray(thunder(Dice(seed * 131 + index + 8, 7)), np.float32)
            rolls.add(peal / np.abs(peal).max(), 0, 1.4 * side - 0.7, 3.0 + 3.0 * loud)
            wait = 200 + int(220 * late)
        (low, high), (air, _) = wet(index), gusts(index)
        return 1.3 * low + 0.55 * air, (0.0 if high is None else high) + rolls.take()

    return block


def river(seed: int) -> Blocks:
    """Water over stones: a steady wash, bands that flicker at the pace of eddies, and bubbles that rise in pitch."""
    flow, eddies, drops, near = Weather(seed, 1), Weather(seed, 2), Weather(seed, 3), Grains(0.2)
    bed, wash = layer(low_band(120, 520), under(900)), layer(low_band(600, 3800), under(6000))
    lanes = [
        (layer(low_band(h * 0.8, h * 1.25, 2)), h, p) for h, p in ((430, -0.6), (720, 0.5), (1150, -0.2), (1900, 0.7))
    ]
    spray = layer(high_pass(3500), low_pass(11_000))
    bubbles = []
    for hertz in (380, 520, 700, 930, 1250):
        time = np.arange(round(0.09 * RATE)) / RATE
        body = np.sin(2 * np.pi * (hertz * time + hertz * 3.2 * time**2)) * np.exp(-time / 0.022)
        bubbles.append(np.asarray(body * np.minimum(time / 0.004, 1), np.float32))

    def block(index: int) -> Block:
        for _ in range(drops.count(16 + 14 * flow.slow(index, 1.7))):
            which, at, side, loud = drops.draw(4)
            near.add(bubbles[int(which * len(bubbles))], int(at * CHUNK), *_gains(side, 0.05 + 0.22 * loud**3))
        out, noise = (
            bed(flow.noise(), 0.55) + wash(eddies.noise(), 0.34 + 0.1 * flow.slow(index, 2.0, 1)),
            eddies.noise(),
        )
        for number, (lane, _, pan) in enumerate(lanes):
            out += lane(noise, 0.2 + 0.9 * eddies.slow(index + 31 * number, 0.22, number) ** 2, pan)
        return out, spray(drops.noise(CHUNK), 0.05) + near.take()

    return block


def fire(seed: int) -> Blocks:
    """A low breathing roar, hissing sap, and crackles of all sizes that come in bursts."""
    breath, sap, sparks, near = Weather(seed, 1), Weather(seed, 2), Weather(seed, 3), Grains(0.12)
    roar, lick = layer(low_band(45, 190), under(420)), layer(low_band(250, 900), under(1800))
    hiss = layer(high_pass(3000), low_pass(9000))
    rng = np.random.default_rng((seed & 0xFFFFFFFF, 77))
    snaps = []
    for fall in (0.0006, 0.001, 0.0016, 0.0026, 0.004, 0.007):
        time = np.arange(round(fall * 9 * RATE)) / RATE
        noise = rng.standard_normal(len(time)) * np.exp(-time / fall) * np.minimum(time / 0.00025, 1)
        snaps.append(np.asarray(noise / np.abs(noise).max(), np.float32))

    def block(index: int) -> Block:
        busy = sparks.slow(index, 0.9) ** 2
        for _ in range(sparks.count(7 + 46 * busy)):
            which, at, side, loud = sparks.draw(4)
            gains = _gains(0.25 + 0.5 * side, 0.04 + 1.3 * loud**6)
            near.add(snaps[int(which * len(snaps))], int(at * CHUNK), *gains)
        flare = breath.slow(index, 0.35) * 0.5 + breath.slow(index, 1.7, 1) * 0.5
        out = roar(breath.noise(), 0.22 + 0.4 * flare) + lick(sap.noise(), 0.03 + 0.14 * flare**2)
        return out, hiss(sparks.noise(CHUNK), 0.008 + 0.05 * sap.slow(index, 2.6) ** 3) + near.take()

    return block


def _gains(place: float, loud: float) -> tuple[float, float]:
    """Constant-power gains of a place 0 (left) to 1 (right)."""
    return float(loud * np.cos(place * np.pi / 2)), float(loud * np.sin(place * np.pi / 2))
