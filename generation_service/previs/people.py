"""Who stands before the camera: a stock character by id, or a permitted portrait, as a cut-out picture and its mesh."""

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation_service.client.face_check import inspect_face, landmarks
from generation_service.contract.shots import Character
from generation_service.previs.brush import Image, over
from generation_service.previs.cast.draw import draw_person
from generation_service.previs.cast.looks import LOOKS, Look, look_of
from generation_service.previs.portrait.matte import bleed, cut_out
from infra.kernel.errors import Invalid

Person = tuple[Image, NDArray[np.float64]]
_PORTRAITS: dict[str, Person] = {}
_KEEP = 4


@lru_cache(maxsize=12)
def stock_person(stock: str) -> Person:
    """A stock character: RGBA (1960 x 1320) and mesh (478, 3). Raises ``generation.stock_unknown``."""
    look = look_of(stock)
    if look is None:
        raise Invalid(
            "generation.stock_unknown",
            f"there is no stock character {stock!r}",
            fix="use one of: " + ", ".join(known.id for known in LOOKS),
            stock=stock,
        )
    return drawn(look)


def drawn(look: Look) -> Person:
    """A drawn person with the mesh that the face detector finds on them."""
    picture = draw_person(look)
    grey = np.full((*picture.shape[:2], 3), 150, np.uint8)
    found = landmarks(over(grey, picture))
    if not found:
        raise Invalid("generation.face_none", f"no face was found on the drawn character {look.id!r}")
    alpha = picture[..., 3].astype(np.float32) / 255
    return np.dstack([bleed(picture[..., :3], alpha, sigmas=(1.5, 4)), picture[..., 3]]), found[0]


def portrait_person(picture: Image) -> Person:
    """A permitted portrait, cut out of its background. Raises what :func:`inspect_face` raises."""
    digest = hashlib.sha256(np.ascontiguousarray(picture).tobytes() + str(picture.shape).encode()).hexdigest()
    known = _PORTRAITS.get(digest)
    if known is not None:
        return known
    inspect_face(picture)
    person = (cut_out(picture), landmarks(picture)[0])
    while len(_PORTRAITS) >= _KEEP:
        _PORTRAITS.pop(next(iter(_PORTRAITS)))
    _PORTRAITS[digest] = person
    return person


def forget_portraits() -> None:
    """Drop every cached portrait: nothing of a subject stays in memory after a withdrawal."""
    _PORTRAITS.clear()


def person_of(character: Character, faces: dict[str, Image]) -> Person:
    """The picture of one character. A face that was not handed over raises ``generation.face_missing``: a permitted
    face is never replaced by another one.
    """
    if character.face is not None:
        picture = faces.get(character.face)
        if picture is None:
            raise Invalid(
                "generation.face_missing",
                "the reference picture of a character was not handed over",
                fix="open the asset with a valid permit before rendering",
                face=character.face,
            )
        return portrait_person(picture)
    return stock_person(character.stock or stock_for(character.name))


def stock_for(name: str) -> str:
    """A stock character for a name that asks for none: always the same one for the same name."""
    number = int.from_bytes(hashlib.sha256(name.strip().lower().encode()).digest()[:4], "big")
    return LOOKS[number % len(LOOKS)].id
