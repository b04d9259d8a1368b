"""Pairs of colours under the light of a moment: what a thing looks like in the shade and where the sun strikes it."""

from generation_service.previs.brush import Colour, mix, times
from generation_service.previs.scenes.light import Mood

Tones = tuple[Colour, Colour]


def lit_pair(shade: Colour, light: Colour, mood: Mood) -> Tones:
    """Two colours of a thing as they look in the shade and where the sun strikes it."""
    return times(shade, mix(mood.shade, mood.ambient, 0.3)), times(light, mix(mood.ambient, mood.sun, 0.6))


def aired(tones: Tones, mood: Mood, far: float) -> Tones:
    """The same seen through the air of a distance 0..1; shade fades first."""
    share = far * (0.6 + 0.4 * mood.haze)
    bright = mix(mood.air, mood.sun, 0.25)
    return mix(tones[0], mood.air, min(0.95, share)), mix(tones[1], bright, min(0.92, 0.9 * share))
