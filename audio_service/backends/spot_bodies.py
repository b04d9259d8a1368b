"""Effects of bodies that are struck, broken or trodden on. Each takes its dice and answers mono sound at 48 kHz."""

from audio_service.backends.spot_parts import Dice, Wave, band, decay, glide, placed, ramp, struck, swell


def slam(dice: Dice) -> Wave:
    """A heavy door thrown shut, the frame rattling after it."""
    wood = struck(1.2, ((62, 0.16, 1.0), (98, 0.13, 0.8), (154, 0.09, 0.6), (243, 0.06, 0.4), (410, 0.04, 0.25)))
    burst = decay(band(dice.noise(0.6), 90, 2600), 0.045)
    rattles = [(0.04 + late, struck(0.15, ((710, 0.02, 1.0), (1330, 0.012, 0.6))), 0.16 * (1 - 2.5 * late))
               for late in dice.several(7, 0.0, 0.3)]  # fmt: skip
    return placed(1.4, [(0.0, wood, 1.0), (0.0, burst, 0.9), (0.05, decay(band(dice.noise(1.0), 60, 700), 0.22), 0.3),
                        *rattles])  # fmt: skip


def door(dice: Dice) -> Wave:
    """A latch, a leaf moving through air, and a soft close."""
    latch = struck(0.15, ((1650, 0.012, 1.0), (2900, 0.008, 0.7), (640, 0.02, 0.5)))
    air = swell(band(dice.noise(0.7), 200, 1300), 0.6) * 0.05
    close = struck(0.5, ((88, 0.08, 1.0), (170, 0.05, 0.6), (320, 0.03, 0.3)))
    shut = decay(band(dice.noise(0.3), 150, 1800), 0.03)
    return placed(1.7, [(0.0, latch, 0.4), (0.09, latch, 0.25), (0.2, air, 1.0), (0.95, close, 0.9), (0.95, shut, 0.5),
                        (1.01, latch, 0.5)])  # fmt: skip


def creak(dice: Dice) -> Wave:
    """Wood that sticks and slips: pulses at a wandering rate through the resonances of a board."""
    rate = 45 + 170 * dice.wander(1.6, 2.5) ** 2
    pulses = (glide(rate, 1.6, (1.0,) * 12) / 12) ** 3
    voiced = sum(band(pulses, hertz * 0.93, hertz * 1.07) for hertz in (420.0, 790.0, 1240.0, 1980.0, 2750.0))
    return swell(voiced * (0.35 + 0.65 * dice.wander(1.6, 6.0)), 0.45, 0.7)


def knock(dice: Dice) -> Wave:
    """Three knocks on a wooden door."""
    parts = []
    for number in range(3):
        bend = dice.draw(0.97, 1.03)
        body = struck(0.25, [(h * bend, d, g) for h, d, g in (
            (138, 0.05, 1.0), (236, 0.04, 0.8), (402, 0.025, 0.6), (690, 0.018, 0.4), (1180, 0.01, 0.3))])  # fmt: skip
        tap = decay(band(dice.noise(0.05), 600, 4200), 0.006)
        start = 0.27 * number + dice.draw(0, 0.02)
        parts += [(start, body, dice.draw(0.8, 1.0)), (start, tap, 0.5)]
    return placed(1.2, parts)


def footsteps(dice: Dice) -> Wave:
    """Six steps on a hard floor: heel, then toe."""
    parts = []
    for number in range(6):
        start, bend = 0.05 + 0.53 * number + dice.draw(-0.015, 0.015), dice.draw(0.92, 1.08)
        heel = struck(0.14, ((96 * bend, 0.03, 1.0), (210 * bend, 0.02, 0.7), (1500 * bend, 0.006, 0.35)))
        scrape = decay(band(dice.noise(0.12), 900, 5200), 0.018, 0.004)
        loud = dice.draw(0.75, 1.0)
        parts += [(start, heel, loud), (start, scrape, 0.3 * loud), (start + 0.085, heel, 0.35 * loud),
                  (start + 0.09, scrape, 0.28 * loud)]  # fmt: skip
    return placed(3.4, parts)


def boom(dice: Dice) -> Wave:
    """A deep blast, its body falling in pitch, and what comes down after it."""
    body = decay(glide(ramp(72, 44, 34, 30, seconds=3.0), 3.0, (1.0, 0.35)), 0.7, 0.004)
    blast = decay(band(dice.noise(2.5), 40, 1400), 0.28, 0.002)
    roar = decay(band(dice.noise(3.0), 30, 260), 0.9, 0.05)
    falling = [(late, decay(band(dice.noise(0.08), 500, 3500), 0.02), 0.18 * dice.draw(0.3, 1)) for late in
               dice.several(24, 0.35, 2.2)]  # fmt: skip
    return placed(3.2, [(0.0, body, 1.0), (0.0, blast, 0.9), (0.0, roar, 1.1), *falling])


def glass(dice: Dice) -> Wave:
    """A pane that breaks: a crack, then splinters that ring and scatter."""
    crack = decay(band(dice.noise(0.25), 1800, 12_000), 0.03)
    shards = []
    for late in dice.several(90, 0.0, 1.0):
        hertz = dice.draw(2300, 9500)
        ring = struck(0.5, ((hertz, dice.draw(0.015, 0.12), 1.0), (hertz * 1.51, 0.02, 0.5)))
        shards.append((0.01 + 0.9 * late**2.2, ring, dice.draw(0.05, 0.32) * (1.1 - late)))
    return placed(1.7, [(0.0, crack, 1.2), (0.0, struck(0.2, ((460, 0.03, 1.0), (980, 0.02, 0.6))), 0.5), *shards])


def coins(dice: Dice) -> Wave:
    """A few coins on a table, each spinning out."""
    parts = []
    for late in dice.several(9, 0.0, 0.8):
        hertz = dice.draw(4300, 8200)
        ring = struck(0.4, ((hertz, 0.07, 1.0), (hertz * 1.37, 0.05, 0.6), (hertz * 1.93, 0.03, 0.4)))
        parts += [(late**1.6, ring, dice.draw(0.3, 1.0)), (late**1.6 + dice.draw(0.03, 0.09), ring, 0.2)]
    return placed(1.4, parts)


def _bubble(dice: Dice, low: float, high: float) -> Wave:
    hertz, seconds = dice.draw(low, high), dice.draw(0.03, 0.09)
    return decay(glide(ramp(hertz, hertz * dice.draw(1.3, 1.8), seconds=2 * seconds), 2 * seconds), seconds / 2, 0.003)


def splash(dice: Dice) -> Wave:
    """Something falls into water: the slap, the spray, the bubbles."""
    slap = decay(band(dice.noise(0.4), 150, 1800), 0.07, 0.003)
    spray = decay(band(dice.noise(1.6), 1200, 9000), 0.38, 0.03) * (0.4 + 0.6 * dice.wander(1.6, 18))
    bubbles = [(late, _bubble(dice, 260, 1100), dice.draw(0.05, 0.22)) for late in dice.several(34, 0.12, 1.3)]
    return placed(1.8, [(0.0, slap, 1.0), (0.02, spray, 0.55), *bubbles])


def drop(dice: Dice) -> Wave:
    """Three drops into a basin."""
    parts = []
    for number in range(3):
        start = 0.05 + 0.85 * number + dice.draw(0, 0.12)
        hertz = dice.draw(760, 1250)
        note = decay(glide(ramp(hertz, hertz * 1.55, seconds=0.16), 0.16), 0.035, 0.002)
        parts += [(start, struck(0.03, ((2600, 0.004, 1.0),)), 0.3), (start + 0.012, note, 1.0)]
        parts += [(start + 0.06, note, 0.16), (start + 0.11, note, 0.08)]
    return placed(2.8, parts)
