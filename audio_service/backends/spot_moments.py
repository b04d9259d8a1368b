"""Effects of weather, hands and hearts. Each takes its dice and answers sound at 48 kHz."""

import numpy as np

from audio_service.backends.chunks import RATE
from audio_service.backends.spot_parts import Dice, Wave, band, decay, glide, moving, placed, ramp, struck, swell


def thunder(dice: Dice) -> Wave:
    """A crack that tears, then a rumble that rolls away."""
    seconds = dice.draw(5.0, 6.5)
    tears = [(late, decay(band(dice.noise(0.5), 200, 5200), dice.draw(0.03, 0.1), 0.002), dice.draw(0.2, 0.7))
             for late in dice.several(6, 0.0, 0.4)]  # fmt: skip
    rolling = (0.25 + dice.wander(seconds, 2.2)) ** 2
    rumble = decay(band(dice.noise(seconds), 24, 130), seconds / 3.2, 0.15) * rolling
    body = decay(band(dice.noise(seconds), 90, 420), seconds / 5, 0.06) * rolling
    return placed(seconds, [*tears, (0.05, rumble, 7.0), (0.03, body, 3.2)])


_BELL = ((0.5, 3.2, 0.5), (1.0, 2.4, 0.9), (1.19, 1.7, 0.7), (1.5, 1.2, 0.4), (2.0, 1.1, 0.8), (2.52, 0.7, 0.35),
         (3.01, 0.6, 0.3), (4.17, 0.35, 0.2), (5.43, 0.22, 0.12), (0.503, 3.0, 0.3), (2.004, 1.0, 0.4))  # fmt: skip
"""Partials of a church bell: ratio to the strike note, decay in s, loudness (hum, prime, tierce, quint, nominal …)."""


def bell(dice: Dice) -> Wave:
    """One stroke of a church bell."""
    note = dice.draw(330, 420)
    stroke = struck(5.5, [(note * ratio, fall, loud) for ratio, fall, loud in _BELL])
    return placed(5.6, [(0.0, stroke, 1.0), (0.0, decay(band(dice.noise(0.1), 900, 6000), 0.01), 0.25)])


def paper(dice: Dice) -> Wave:
    """A sheet is taken up and turned: crinkles of many sizes."""
    crinkles = [(late, decay(band(dice.noise(0.03), 1600, 11_000), dice.draw(0.001, 0.006)), dice.draw(0, 1) ** 3)
                for late in dice.several(160, 0.0, 1.1)]  # fmt: skip
    slide = band(dice.noise(1.2), 1400, 9000) * dice.wander(1.2, 7.0) ** 3
    return swell(placed(1.3, [*crinkles, (0.02, slide, 0.16)]), 0.4, 0.6)


def match(dice: Dice) -> Wave:
    """The head drawn over the box, the flare, the small flame."""
    draw = swell(band(dice.noise(0.28), 1800, 8500), 0.85, 1.2) * (0.4 + 0.6 * dice.wander(0.28, 90))
    flare = decay(band(dice.noise(1.2), 350, 6500), 0.19, 0.02)
    flame = band(dice.noise(1.6), 120, 900) * (0.2 + 0.3 * dice.wander(1.6, 14))
    spits = [(late, decay(band(dice.noise(0.02), 2000, 9000), 0.002), dice.draw(0.1, 0.6)) for late in
             dice.several(14, 0.4, 1.9)]  # fmt: skip
    return placed(2.1, [(0.0, draw, 0.5), (0.26, flare, 0.9), (0.4, swell(flame, 0.2), 0.35), *spits])


def whoosh(dice: Dice) -> Wave:
    """Air that rushes past from side to side."""
    noise, at = dice.noise(1.1), np.linspace(0, 1, round(1.1 * RATE))
    out = np.zeros(len(noise))
    for hertz in (260, 470, 850, 1500, 2700, 4800):
        centre = 0.55 - 0.22 * abs(np.log2(hertz / 4800)) / 4.2
        out += band(noise, hertz * 0.7, hertz * 1.4) * np.exp(-(((at - centre) / 0.17) ** 2)) * (600 / hertz) ** 0.25
    return moving(swell(out, 0.55, 0.5), -0.7, 0.7)


def applause(dice: Dice) -> Wave:
    """Some forty people clap; it swells and thins out."""
    hands = []
    for _ in range(10):
        hertz = dice.draw(900, 1900)
        hands.append(decay(band(dice.noise(0.05), hertz * 0.75, hertz * 1.7), dice.draw(0.004, 0.009)))
    sides = []
    for _ in range(2):
        claps = []
        for _ in range(22):
            pace, at, loud = dice.draw(0.22, 0.3), dice.draw(0, 0.5), dice.draw(0.25, 1.0)
            while at < 4.4:
                claps.append((at, hands[int(dice.draw(0, 9.99))], loud * dice.draw(0.6, 1.0)))
                at += pace * dice.draw(0.9, 1.1)
        sides.append(swell(placed(4.6, claps), 0.35, 0.8))
    return np.stack([sides[0] + 0.3 * sides[1], sides[1] + 0.3 * sides[0]], axis=1)


def heartbeat(_dice: Dice) -> Wave:
    """Four beats of a heart, close."""
    first = decay(glide(ramp(64, 42, seconds=0.3), 0.3, (1.0, 0.4, 0.12)), 0.055, 0.012)
    second = decay(glide(ramp(78, 50, seconds=0.25), 0.25, (1.0, 0.4, 0.12)), 0.04, 0.01)
    parts = [(0.05 + 0.86 * beat + late, wave, loud) for beat in range(4)
             for late, wave, loud in ((0.0, first, 1.0), (0.31, second, 0.7))]  # fmt: skip
    return placed(3.6, parts) + 0.02 * placed(3.6, [(0.05 + 0.86 * beat, struck(0.1, ((160, 0.03, 1.0),)), 1.0)
                                                    for beat in range(4)])  # fmt: skip
