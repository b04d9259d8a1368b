"""Who the stock characters are. They are drawn from these numbers and depict no living or dead person."""

from dataclasses import dataclass
from typing import Literal

from generation_service.previs.brush import Colour, rgb

# What shade does to skin, and the colour of the key light.
WARM_SHADE: Colour = (182, 130, 120)
LIGHT: Colour = (255, 240, 222)

HairStyle = Literal["short", "parted", "long", "bob", "bun", "curly", "bald", "scarf"]
Outfit = Literal["jacket", "turtleneck", "shirt", "hoodie", "coat", "blouse", "dress", "tee", "apron"]


@dataclass(frozen=True)
class Look:
    """One fictional person. Lengths are factors of the neutral head; colours are the local, unlit ones."""

    id: str
    name: str
    skin: Colour
    hair: Colour
    iris: Colour
    lips: Colour
    style: HairStyle
    outfit: Outfit
    cloth: Colour
    inner: Colour
    jaw: float = 1.0
    cheek: float = 1.0
    length: float = 1.0
    eye: float = 1.0
    brow: float = 1.0
    nose: float = 1.0
    mouth: float = 1.0
    lashes: float = 0.5
    age: float = 0.2
    beard: float = 0.0
    grey: float = 0.0
    glasses: bool = False
    earrings: bool = False
    freckles: bool = False
    shoulders: float = 1.0
    detail: float = 1.0
    # The body: 0 straight .. 1 curved at waist and hips; 0 slim .. 1 stout.
    curve: float = 0.0
    weight: float = 0.3


LOOKS: tuple[Look, ...] = (
    Look(
        "mara",
        "Mara",
        rgb("#e6b48f"),
        rgb("#54301f"),
        rgb("#5f7f4a"),
        rgb("#b9605c"),
        "long",
        "jacket",
        rgb("#2f4a57"),
        rgb("#e9e2d6"),
        jaw=0.93,
        eye=1.06,
        lashes=0.9,
        mouth=0.98,
        shoulders=0.88,
        curve=1.0,
        weight=0.15,
        freckles=True,
    ),
    Look(
        "jonas",
        "Jonas",
        rgb("#dfae8b"),
        rgb("#39281e"),
        rgb("#4d6f8e"),
        rgb("#a8665a"),
        "parted",
        "coat",
        rgb("#3b3f4a"),
        rgb("#7d8a96"),
        jaw=1.08,
        brow=1.35,
        nose=1.08,
        beard=0.55,
        shoulders=1.08,
        curve=0.0,
        weight=0.35,
    ),
    Look(
        "imani",
        "Imani",
        rgb("#7f4f35"),
        rgb("#1d1512"),
        rgb("#3f2717"),
        rgb("#8d4440"),
        "curly",
        "turtleneck",
        rgb("#b8732d"),
        rgb("#b8732d"),
        jaw=0.95,
        eye=1.08,
        mouth=1.1,
        nose=1.08,
        lashes=0.9,
        earrings=True,
        shoulders=0.9,
        curve=1.0,
        weight=0.4,
    ),
    Look(
        "kenji",
        "Kenji",
        rgb("#e3b68e"),
        rgb("#17161a"),
        rgb("#33221a"),
        rgb("#ab6a5e"),
        "short",
        "hoodie",
        rgb("#5a6b62"),
        rgb("#d9d6cc"),
        jaw=1.0,
        eye=0.94,
        brow=1.1,
        glasses=True,
        shoulders=1.0,
        curve=0.0,
        weight=0.05,
    ),
    Look(
        "noor",
        "Noor",
        rgb("#d19c74"),
        rgb("#2b2f4e"),
        rgb("#4a2f1c"),
        rgb("#a9524f"),
        "scarf",
        "blouse",
        rgb("#46506e"),
        rgb("#6f7aa0"),
        jaw=0.92,
        eye=1.1,
        brow=1.15,
        lashes=1.0,
        shoulders=0.88,
        curve=1.0,
        weight=0.3,
    ),
    Look(
        "otto",
        "Otto",
        rgb("#dba98b"),
        rgb("#b9b4ad"),
        rgb("#6a8195"),
        rgb("#a06259"),
        "bald",
        "shirt",
        rgb("#6a3f38"),
        rgb("#d8cfc0"),
        jaw=1.1,
        cheek=1.04,
        nose=1.14,
        brow=1.2,
        age=0.95,
        beard=0.9,
        grey=0.9,
        shoulders=1.06,
        curve=0.0,
        weight=0.9,
    ),
    Look(
        "rosa",
        "Rosa",
        rgb("#cf9a78"),
        rgb("#8b8480"),
        rgb("#4b3322"),
        rgb("#a4575a"),
        "bun",
        "blouse",
        rgb("#7b4f66"),
        rgb("#e4d8cf"),
        jaw=0.97,
        eye=0.98,
        age=0.8,
        grey=0.6,
        lashes=0.5,
        earrings=True,
        shoulders=0.9,
        curve=1.0,
        weight=0.7,
    ),
    Look(
        "tariq",
        "Tariq",
        rgb("#9c6746"),
        rgb("#1b1513"),
        rgb("#3a2416"),
        rgb("#8f4e46"),
        "short",
        "jacket",
        rgb("#7a2f2b"),
        rgb("#cfc8bc"),
        jaw=1.05,
        brow=1.3,
        mouth=1.06,
        nose=1.06,
        beard=0.25,
        shoulders=1.1,
        curve=0.0,
        weight=0.4,
    ),
)

ANA = Look(
    "ana", "Ana", rgb("#e8b896"), rgb("#3a211a"), rgb("#6b5a35"), rgb("#b4575a"), "bob", "coat", rgb("#8c4a3c"),
    rgb("#efe6da"), jaw=0.92, eye=1.06, brow=1.0, mouth=1.02, lashes=0.85, age=0.25, freckles=True, shoulders=0.86,
    curve=1.0, weight=0.25,
    detail=2.0,
)  # fmt: skip


def stock_cast() -> tuple[str, ...]:
    """The ids of the stock characters, in their listed order."""
    return tuple(look.id for look in LOOKS)


def look_of(stock: str) -> Look | None:
    """The look with this id, or None. ``ana`` is the demo subject and is not offered as stock."""
    return next((look for look in LOOKS if look.id == stock), None)
