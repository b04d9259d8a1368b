"""Effects of machines and instruments of signal. Each takes its dice and answers sound at 48 kHz."""

import numpy as np

from audio_service.backends.chunks import RATE
from audio_service.backends.spot_parts import Dice, Wave, band, decay, glide, moving, placed, struck, swell


def phone(_dice: Dice) -> Wave:
    """Two rings of a telephone with a bell: two gongs struck 22 times a second."""
    gong = struck(0.4, ((1180, 0.11, 1.0), (1485, 0.12, 0.9), (2870, 0.06, 0.5), (4120, 0.04, 0.35), (5630, 0.02, 0.2)))
    strikes = [(ring + number / 22, gong, 0.3 + 0.08 * (number % 2)) for ring in (0.0, 1.5) for number in range(20)]
    return placed(3.1, strikes)


def clock(dice: Dice) -> Wave:
    """Six beats of a clock, tick and tock."""
    parts = []
    for number in range(6):
        bend = (1.0, 0.84)[number % 2] * dice.draw(0.995, 1.005)
        beat = struck(0.08, ((2350 * bend, 0.006, 1.0), (3710 * bend, 0.004, 0.6), (980 * bend, 0.011, 0.5)))
        parts += [(0.05 + number * 0.5, beat, 1.0), (0.062 + number * 0.5, beat, 0.3)]
    return placed(3.0, parts)


def horn(_dice: Dice) -> Wave:
    """A car's two-note horn, short and long."""
    parts = []
    for start, seconds in ((0.0, 0.22), (0.36, 0.75)):
        saw = [1 / number for number in range(1, 15)]
        note = glide(418, seconds, saw) + 0.9 * glide(526, seconds, saw)
        edge = np.minimum(1.0, np.minimum(np.arange(len(note)), np.arange(len(note))[::-1]) / (0.018 * RATE))
        parts.append((start, band(note * edge, 300, 4200), 1.0))
    return placed(1.25, parts)


def car_pass(dice: Dice) -> Wave:
    """A car that passes from left to right: tyres, motor, and the pitch that falls as it goes by."""
    seconds = 4.4
    at = np.linspace(-2.2, 2.2, round(seconds * RATE))
    distance = np.sqrt(1 + (at * 4.5) ** 2)
    speed = 1 - 0.045 * np.tanh(at * 3.0)
    motor = glide(86 * speed, seconds, (1.0, 0.8, 0.55, 0.5, 0.3, 0.25, 0.2, 0.12))
    tyres = band(dice.noise(seconds), 320, 2600) + 0.5 * band(dice.noise(seconds), 90, 320)
    near = 1 / distance**1.15
    bright = band(dice.noise(seconds), 2500, 7000) * near**2
    return moving((0.20 * motor + 0.9 * tyres + 0.35 * bright) * near, -0.95, 0.95)


def siren(_dice: Dice) -> Wave:
    """A siren that rises and falls, some streets away."""
    time = np.arange(round(5.0 * RATE)) / RATE
    hertz = 900 + 380 * np.sin(2 * np.pi * 0.42 * time - 1.3)
    return swell(band(glide(hertz, 5.0, (1.0, 0.35, 0.3, 0.1, 0.08)), 500, 3800), 0.5, 0.5)


def keyboard(dice: Dice) -> Wave:
    """Somebody types: keys down, and softer, up again."""
    parts, at = [], 0.03
    while at < 2.2:
        bend = dice.draw(0.85, 1.2)
        down = placed(
            0.07,
            [
                (0.0, decay(band(dice.noise(0.05), 1300, 6500), 0.005), 0.8),
                (0.002, struck(0.06, ((310 * bend, 0.012, 1.0), (840 * bend, 0.007, 0.5))), 0.5),
            ],
        )
        loud = dice.draw(0.5, 1.0)
        parts += [(at, down, loud), (at + dice.draw(0.06, 0.09), down, 0.35 * loud)]
        at += dice.draw(0.09, 0.21) + (0.25 if dice.draw(0, 1) > 0.88 else 0.0)
    return placed(2.4, parts)


def beep(_dice: Dice) -> Wave:
    """A soft notice of two notes."""
    low, high = (decay(glide(hertz, 0.7, (1.0, 0.18, 0.07)), 0.16, 0.006) for hertz in (880.0, 1318.5))
    return placed(1.0, [(0.0, low, 0.8), (0.13, high, 1.0)])


def click(dice: Dice) -> Wave:
    """A switch: the snap and the spring after it."""
    snap = placed(0.06, [(0.0, decay(band(dice.noise(0.03), 1500, 9000), 0.003), 1.0),
                         (0.0, struck(0.05, ((1250, 0.008, 0.8), (2600, 0.005, 0.6))), 0.8)])  # fmt: skip
    return placed(0.35, [(0.01, snap, 1.0), (0.05, snap, 0.4)])


def shutter(dice: Dice) -> Wave:
    """A camera: mirror up, curtains, mirror down."""
    slap = placed(0.09, [(0.0, struck(0.08, ((340, 0.014, 1.0), (910, 0.01, 0.7), (2150, 0.006, 0.5))), 0.9),
                         (0.0, decay(band(dice.noise(0.05), 1200, 8000), 0.005), 0.9)])  # fmt: skip
    whirr = decay(band(dice.noise(0.12), 2500, 7500), 0.05, 0.01)
    return placed(0.5, [(0.01, slap, 1.0), (0.03, whirr, 0.12), (0.105, slap, 0.85), (0.13, whirr, 0.1)])
