"""Which spot effects there are, and which one a word means. Data only: any process may read it."""

from audio_service.contract.words import best_match

EFFECT_WORDS: dict[str, tuple[str, ...]] = {
    "slam": ("slam", "slammed", "slamming", "bang", "banged"),
    "door": ("door", "gate", "latch"),
    "creak": ("creak", "creaky", "hinge", "floorboard", "squeak"),
    "knock": ("knock", "knocking", "knocked", "rap", "rapping", "tap"),
    "footsteps": ("footstep", "footsteps", "steps", "walking", "stride", "heels", "pacing"),
    "thunder": ("thunder", "thunderclap", "lightning"),
    "boom": ("boom", "explosion", "explode", "blast", "cannon", "impact", "hit", "crash"),
    "glass": ("glass", "shatter", "smash", "bottle", "window breaks"),
    "phone": ("phone", "telephone", "ringtone", "cellphone", "mobile", "ring", "rings"),
    "bell": ("bell", "church", "chime", "gong", "toll", "doorbell"),
    "clock": ("clock", "tick", "ticking", "watch", "metronome"),
    "horn": ("horn", "honk", "hoot", "klaxon"),
    "car-pass": ("car", "pass", "passing", "drive", "vehicle", "truck", "motorbike"),
    "siren": ("siren", "ambulance", "police", "alarm"),
    "keyboard": ("keyboard", "typing", "types", "typewriter", "keys"),
    "beep": ("beep", "notification", "monitor", "ping", "message", "alert"),
    "click": ("click", "switch", "button", "light switch", "snap"),
    "shutter": ("shutter", "camera", "photograph", "photo", "polaroid"),
    "paper": ("paper", "letter", "page", "envelope", "newspaper", "rustle", "map"),
    "match": ("match", "lighter", "strikes", "ignite", "cigarette", "candle"),
    "splash": ("splash", "dive", "plunge", "pool"),
    "drop": ("drop", "drip", "dripping", "leak", "tap water"),
    "whoosh": ("whoosh", "swoosh", "swish", "rush", "transition", "wipe"),
    "applause": ("applause", "clap", "clapping", "ovation", "cheer"),
    "heartbeat": ("heartbeat", "heart", "pulse"),
    "coins": ("coin", "coins", "change", "jingle", "cash"),
}
"""Each effect with the words that mean it, the strongest first; a word also counts with common endings."""


def effect_names() -> tuple[str, ...]:
    """The effects that can be made."""
    return tuple(EFFECT_WORDS)


def match_effect(words: str) -> str | None:
    """The effect that words such as ``a door slams`` or ``phone rings`` mean; None when none of them is known."""
    return best_match(EFFECT_WORDS, words)
