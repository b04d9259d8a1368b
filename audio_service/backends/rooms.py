"""Where a line is spoken: the reverberation of a set and the distance of the camera, as an impulse response.

A room is a box with absorbing walls: its direct sound weakens with distance, first and second reflections come from
mirrored sources (Allen and Berkley, JASA 65(4), 1979), and the tail is noise that dies band by band in the room's
reverberation times, as loud as Sabine's critical distance says. Outdoors there is the ground, a wall across the street,
and no tail. Seeded by the room: the same set always sounds the same.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from scipy import fft, signal

from audio_service.backends.chunks import RATE, Check, Sound
from audio_service.backends.filters import band, high_pass, low_pass
from audio_service.contract.words import best_match


@dataclass(frozen=True)
class Room:
    """``size`` in m (width, length, height); ``t60`` seconds at low, middle and high frequencies, 0 outdoors;
    ``wall`` part of the sound a wall gives back; ``echo_s`` when a far wall answers, 0 for none; ``tone`` LUFS of its
    silence, ``air`` the band of it in Hz, ``hum`` part of mains in it.
    """

    size: tuple[float, float, float]
    t60: tuple[float, float, float]
    wall: float = 0.7
    echo_s: float = 0.0
    tone: float = -58.0
    air: tuple[float, float] = (40.0, 700.0)
    hum: float = 0.0


ROOMS: dict[str, Room] = {
    "room": Room((4.2, 5.2, 2.6), (0.5, 0.42, 0.34), 0.72, hum=0.12),
    "bedroom": Room((3.6, 4.4, 2.5), (0.34, 0.26, 0.2), 0.55, tone=-61),
    "kitchen": Room((3.6, 4.6, 2.6), (0.55, 0.6, 0.5), 0.85, tone=-55, hum=0.4),
    "bathroom": Room((2.2, 2.8, 2.4), (0.7, 0.85, 0.75), 0.93, tone=-57, hum=0.15),
    "office": Room((7.0, 9.0, 2.8), (0.6, 0.5, 0.42), 0.7, tone=-52, air=(60.0, 1100.0), hum=0.2),
    "corridor": Room((1.8, 16.0, 2.6), (1.0, 0.95, 0.7), 0.88, tone=-56),
    "cafe": Room((9.0, 12.0, 3.2), (0.75, 0.65, 0.5), 0.72, tone=-52, air=(60.0, 1000.0), hum=0.2),
    "hall": Room((16.0, 24.0, 8.0), (1.7, 1.5, 1.0), 0.88, tone=-54, air=(30.0, 500.0)),
    "church": Room((18.0, 40.0, 15.0), (2.9, 2.5, 1.5), 0.93, tone=-56, air=(30.0, 400.0)),
    "cellar": Room((5.0, 7.0, 2.3), (1.0, 0.9, 0.6), 0.9, tone=-58, hum=0.25),
    "stairwell": Room((3.0, 5.0, 12.0), (1.9, 1.9, 1.3), 0.94, tone=-57),
    "car": Room((1.4, 2.2, 1.2), (0.12, 0.09, 0.07), 0.5, tone=-48, air=(35.0, 320.0)),
    "studio": Room((4.0, 5.0, 2.8), (0.18, 0.16, 0.14), 0.3, tone=-70),
    "street": Room((14.0, 60.0, 18.0), (0.0, 0.0, 0.0), 0.6, echo_s=0.105, tone=-48, air=(40.0, 900.0)),
    "outside": Room((40.0, 40.0, 40.0), (0.0, 0.0, 0.0), 0.35, tone=-54, air=(50.0, 1500.0)),
    "canyon": Room((60.0, 90.0, 40.0), (0.0, 0.0, 0.0), 0.5, echo_s=0.33, tone=-55, air=(50.0, 900.0)),
}

_WORDS: dict[str, tuple[str, ...]] = {
    "studio": ("studio", "booth", "void", "limbo"),
    "bedroom": ("bedroom", "bed", "hotel", "nursery", "closet", "tent"),
    "kitchen": ("kitchen", "laundry", "pantry"),
    "bathroom": ("bathroom", "toilet", "shower", "restroom", "pool"),
    "office": ("office", "school", "classroom", "laboratory", "newsroom", "clinic", "hospital", "shop", "library"),
    "corridor": ("corridor", "hallway", "tunnel", "passage", "spaceship", "subway", "metro", "platform", "lift"),
    "cafe": ("cafe", "restaurant", "bar", "diner", "pub", "bakery", "store", "gym", "canteen"),
    "hall": ("hall", "theatre", "theater", "museum", "gallery", "station", "warehouse", "factory", "hangar", "court"),
    "church": ("church", "cathedral", "temple", "mosque", "chapel", "abbey", "crypt"),
    "cellar": ("cellar", "basement", "garage", "cave", "dungeon", "vault", "bunker", "prison", "cell"),
    "stairwell": ("stairwell", "stairs", "staircase", "tower", "lighthouse"),
    "car": ("car", "taxi", "cab", "truck", "van", "bus", "train", "carriage", "plane", "cockpit", "boat"),
    "street": ("street", "city", "alley", "road", "avenue", "square", "village", "town", "market", "bridge"),
    "canyon": ("canyon", "mountain", "gorge", "valley", "cliff", "quarry", "ravine"),
    "outside": ("ext", "exterior", "outside", "outdoors", "field", "beach", "sea", "forest", "park", "garden", "desert",
                "rooftop", "harbour", "harbor", "pier", "river", "meadow", "moor", "farm", "lake", "woods", "storm"),
    "room": ("room", "int", "interior", "house", "apartment", "flat", "cabin", "cottage", "parlour", "lounge", "attic"),
}  # fmt: skip

DISTANCES = {"close": 0.3, "medium": 0.75, "far": 2.0}
"""Metres between the mouth and the microphone for each distance of a cue: a boom, not the camera."""

_POINTED = 0.5
"""What a microphone that points at the mouth takes of sound from elsewhere."""

_AIR = {"close": (50.0, 16_500.0), "medium": (95.0, 12_000.0), "far": (170.0, 6500.0)}
"""The band of a voice at each distance, Hz: chest and air go with the nearness."""

_DEEPEST = 25.0
_SPEED = 343.0
_LONGEST_S = 2.2
_LEVELS = {"close": 0.0, "medium": -1.5, "far": -4.0}
"""How much quieter a line gets with distance, dB: less than in nature, as films are mixed."""


def match_room(words: str) -> str | None:
    """The room that words such as ``kitchen`` or ``EXT. STREET - NIGHT`` mean; no words, no room (None)."""
    if not words.strip():
        return None
    inside = best_match({name: known for name, known in _WORDS.items() if name != "outside"}, words)
    outside = "ext" in words.lower().split(".")[0].split() or words.lower().startswith("ext")
    if outside and inside not in ("street", "canyon", "car", None):
        return "outside"
    return inside or best_match({"outside": _WORDS["outside"]}, words) or "room"


def heard_in(sound: Sound, room: str | None, distance: str, check: Check, *, voice: bool = True) -> Sound:
    """``sound`` as heard in a room from a distance: stereo, longer by the tail; its start stays its start. Mono lies in
    the middle; of stereo each side goes through its own side of the room. A ``voice`` loses its chest with distance,
    a thing keeps its weight.
    """
    wide = sound if sound.ndim == 2 else np.repeat(sound[:, None], 2, axis=1) * np.float32(np.sqrt(0.5))
    if room is None and distance == "close":
        return wide
    check()
    way = response(room or "studio", distance, voice=voice)
    return convolved(sound, way if sound.ndim == 1 else way * np.float32(np.sqrt(2)), check)


@lru_cache(maxsize=64)
def response(room: str, distance: str, *, voice: bool = True) -> Sound:
    """The impulse response ``(n, 2)``, the direct sound first; its energy is that of the distance's level."""
    spec, metres = ROOMS[room], DISTANCES[distance]
    out = np.zeros((round(_LONGEST_S * RATE), 2))
    out[0] = 1.0
    _reflect(out, spec, metres)
    if spec.t60[1] > 0:
        out += _tail(spec, metres, sum(room.encode()))
    if spec.echo_s:
        _answer(out, spec, metres, sum(room.encode()))
    low, high = _AIR[distance]
    shaped = signal.sosfilt(np.concatenate([high_pass(low if voice else _DEEPEST), low_pass(high)]), out, axis=0)
    length = np.flatnonzero(np.abs(shaped).max(axis=1) > 1e-4 * np.abs(shaped).max())[-1] + 1
    level = 10 ** (_LEVELS[distance] / 20) / np.sqrt(np.square(shaped).sum())
    return np.asarray(shaped[:length] * level, np.float32)


def _reflect(out: np.ndarray, spec: Room, metres: float) -> None:
    """Mirrored sources up to the second order, relative to the direct sound; outdoors only the ground."""
    width, depth, height = spec.size
    ear = np.array([0.46 * width, 0.28 * depth, 1.5])
    mouth = ear + np.array([0.16, 0.98, 0.06]) * min(metres, 0.6 * depth)
    indoors = spec.t60[1] > 0
    for shift in product(range(-2, 3), repeat=3):
        bounces = int(np.abs(shift).sum())
        if not 1 <= bounces <= 2 or (not indoors and shift != (0, 0, -1)):
            continue
        place = np.array([
            n * size + (x if n % 2 == 0 else size - x)
            for n, size, x in zip(shift, (width, depth, height), mouth, strict=True)
        ])  # fmt: skip
        way = place - ear
        far = float(np.linalg.norm(way))
        at = round((far - metres) / _SPEED * RATE)
        if 0 < at < len(out):
            side = float(np.clip(way[0] / far, -1, 1))
            angle = (0.8 * side + 1) * np.pi / 4
            gain = _POINTED * spec.wall**bounces * metres / far * np.sqrt(2)
            out[at] += gain * np.array([np.cos(angle), np.sin(angle)])


def _tail(spec: Room, metres: float, seed: int) -> np.ndarray:
    """Noise that dies in three bands; direct and reverberant sound are equal at 0.057 sqrt(V / T60) metres."""
    rng = np.random.default_rng((seed, 5))
    length = round(_LONGEST_S * RATE)
    noise, time = rng.standard_normal((length, 2)), np.arange(length) / RATE
    tail = np.zeros((length, 2))
    for sections, t60 in zip((low_pass(350.0), band(350.0, 3200.0), band(3200.0, 15_000.0)), spec.t60, strict=True):
        tail += signal.sosfilt(sections, noise, axis=0) * np.exp(-6.91 * time / t60)[:, None]
    start = 0.004 + 0.0017 * float(np.prod(spec.size)) ** (1 / 3)
    tail *= np.clip((time - start) / start, 0, 1)[:, None] ** 2
    critical = 0.057 * np.sqrt(float(np.prod(spec.size)) / spec.t60[1])
    return np.asarray(_POINTED * tail * (metres / critical) / np.sqrt(np.square(tail).sum() / 2))


def _answer(out: np.ndarray, spec: Room, metres: float, seed: int) -> None:
    """What comes back from walls far away: a few smeared echoes, each weaker."""
    rng = np.random.default_rng((seed, 6))
    smear = np.exp(-np.arange(RATE // 12) / (0.012 * RATE))[:, None]
    for turn in (1, 2, 3):
        for channel, late in ((0, 0.0), (1, 0.011)):
            at = round((spec.echo_s * turn + late) * RATE)
            burst = signal.sosfilt(low_pass(2600.0 / turn), rng.standard_normal(len(smear)) * smear[:, 0])
            out[at : at + len(burst), channel] += 0.2 * metres / turn**2 * burst / np.sqrt(np.square(burst).sum())


def convolved(sound: Sound, response: Sound, check: Check) -> Sound:
    """Mono or stereo ``sound`` through a stereo response by overlap-add; the guard is read before every third of a
    second.
    """
    block, sound = RATE // 3, sound if sound.ndim == 2 else sound[:, None]
    size = fft.next_fast_len(block + len(response) - 1, real=True)
    spectrum = fft.rfft(response, size, axis=0)
    out = np.zeros((len(sound) + len(response) - 1, 2), np.float32)
    for start in range(0, len(sound), block):
        check()
        piece = sound[start : start + block]
        made = fft.irfft(fft.rfft(piece, size, axis=0) * spectrum, size, axis=0)
        stop = start + len(piece) + len(response) - 1
        out[start:stop] += made[: stop - start]
    return out
