"""Spot effects by name: short sounds made from parts, the same for the same seed. Nothing of them is recorded."""

from collections.abc import Callable

import numpy as np

from audio_service.backends import spot_bodies, spot_machines, spot_moments
from audio_service.backends.chunks import RATE, Check, Sound
from audio_service.backends.filters import fade
from audio_service.backends.loudness import loudest
from audio_service.backends.spot_parts import Dice, Wave
from infra.kernel.errors import NotFound

SPOT_LUFS = -20.0
"""The loudest 400 ms of an effect at gain 0 dB; what is too short to be that loud has its peak at -3 dBFS."""

_PEAK = 10 ** (-3 / 20)

SPOTS: dict[str, Callable[[Dice], Wave]] = {
    "slam": spot_bodies.slam, "door": spot_bodies.door, "creak": spot_bodies.creak, "knock": spot_bodies.knock,
    "footsteps": spot_bodies.footsteps, "thunder": spot_moments.thunder, "boom": spot_bodies.boom,
    "glass": spot_bodies.glass, "phone": spot_machines.phone, "bell": spot_moments.bell, "clock": spot_machines.clock,
    "horn": spot_machines.horn, "car-pass": spot_machines.car_pass, "siren": spot_machines.siren,
    "keyboard": spot_machines.keyboard, "beep": spot_machines.beep, "click": spot_machines.click,
    "shutter": spot_machines.shutter, "paper": spot_moments.paper, "match": spot_moments.match,
    "splash": spot_bodies.splash, "drop": spot_bodies.drop, "whoosh": spot_moments.whoosh,
    "applause": spot_moments.applause, "heartbeat": spot_moments.heartbeat, "coins": spot_bodies.coins,
}  # fmt: skip


def make_effect(name: str, seed: int, check: Check) -> Sound:
    """The whole effect, shape ``(n, 2)`` at 48 kHz, levelled; n is at most 7 s of sound.

    Raises :class:`NotFound` (``audio.effect_unknown``). The guard is read before and after the sound is made, which
    takes less than 50 ms.
    """
    if name not in SPOTS:
        raise NotFound("audio.effect_unknown", "no such effect", fix="choose a listed effect", effects=sorted(SPOTS))
    check()
    made = np.asarray(SPOTS[name](Dice(seed, sum(name.encode()))), np.float32)
    check()
    wide = made if made.ndim == 2 else np.repeat(made[:, None], 2, axis=1) * np.float32(np.sqrt(0.5))
    wide = fade(wide, 8, RATE // 25)
    gain = min(10 ** ((SPOT_LUFS - loudest(wide)) / 20), _PEAK / max(float(np.abs(wide).max()), 1e-9))
    return wide * np.float32(gain)
