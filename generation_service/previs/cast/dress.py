"""A stock character in other clothes: the garment and the colours that their sheet names."""

import re
from dataclasses import replace

from generation_service.contract.shots import Character
from generation_service.previs.brush import rgb
from generation_service.previs.cast.looks import Look, Outfit

GARMENTS: tuple[tuple[Outfit, str], ...] = (
    ("coat", r"coat|overcoat|raincoat|oilskin|parka|mac|cloak|robe|cape|gown"),
    ("jacket", r"jacket|blazer|suit|tuxedo|uniform|waistcoat|vest|cardigan|armou?r"),
    ("hoodie", r"hoodie|sweatshirt|hooded \w+|tracksuit|anorak"),
    ("turtleneck", r"turtleneck|sweater|jumper|pullover|knit\w*"),
    ("dress", r"dress|kimono|sari|frock|sundress|nightgown"),
    ("tee", r"t-?shirt|tee|tank top|singlet|jersey"),
    ("blouse", r"blouse|tunic|top"),
    ("apron", r"apron"),
    ("shirt", r"(?<!t-)(?<!t )shirt|overalls?|dungarees|pyjamas|scrubs"),
)


def dressed(look: Look, character: Character) -> Look:
    """The look in the palette and the first garment of the character's sheet; unchanged where the sheet says what the
    character wears by habit.
    """
    found = [
        (match.start(), outfit)
        for outfit, words in GARMENTS
        if (match := re.search(rf"\b(?:{words})\b", character.wardrobe.lower()))
    ]
    outfit = min(found)[1] if found else look.outfit
    cloth = rgb(character.palette[0]) if character.palette else look.cloth
    inner = rgb(character.palette[1]) if len(character.palette) > 1 else look.inner
    if outfit == "turtleneck":
        inner = cloth
    return replace(look, outfit=outfit, cloth=cloth, inner=inner)
