"""Who stands before the camera: a stock character by id, or a permitted portrait, as a cut-out picture and its mesh."""

import hashlib
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generation_service.client.face_check import inspect_face, landmarks, portrait_mesh
from generation_service.contract.shots import Character
from generation_service.previs.brush import Colour, Image, over
from generation_service.previs.cast.draw import draw_person
from generation_service.previs.cast.dress import dressed
from generation_service.previs.cast.looks import LOOKS, Look, look_of
from generation_service.previs.portrait.matte import bleed, cut_out, widen
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


def look_from_afar(character: Character, faces: dict[str, Image]) -> Look:
    """What a character looks like from so far away that no face is seen."""
    look = look_of(stock_id(character)) or LOOKS[0]
    portrait = faces.get(character.face or "")
    return look if portrait is None else _dressed_like(portrait_person(portrait))


def _dressed_like(person: Person) -> Look:
    """Somebody plain with the colours of hair, skin and cloth, and about the hair length, that a portrait shows."""
    picture, mesh = person
    face, plain = float(mesh[152, 1] - mesh[10, 1]), LOOKS[0]
    hair = _median(picture, (mesh[10, 0], mesh[10, 1] - 0.20 * face), 0.06 * face) or plain.hair
    cloth = _median(picture, (mesh[152, 0] + 0.55 * face, mesh[152, 1] + 0.75 * face), 0.10 * face)
    beside = _median(picture, (mesh[234, 0] - 0.09 * face, mesh[172, 1]), 0.03 * face)
    skin = _median(picture, (mesh[50, 0], mesh[50, 1]), 0.04 * face)
    long = beside is not None and sum(abs(a - b) for a, b in zip(beside, hair, strict=True)) < 130
    return replace(
        plain, id="afar", hair=hair, cloth=cloth or plain.cloth, skin=skin or plain.skin, freckles=False,
        style="bob" if long else "short", shoulders=0.84 if long else 0.98, curve=1.0 if long else 0.2,
    )  # fmt: skip


def _median(picture: Image, at: tuple[float, float], reach: float) -> Colour | None:
    """Median colour of a patch of the cut-out; None where the person is not there."""
    x, y, r = int(at[0]), int(at[1]), max(2, int(reach))
    patch = picture[max(0, y - r) : y + r, max(0, x - r) : x + r].reshape(-1, 4)
    solid = patch[patch[:, 3] > 200]
    if len(solid) < 4:
        return None
    r_, g, b = (float(v) for v in np.median(solid[:, :3], axis=0))
    return r_, g, b


@lru_cache(maxsize=12)
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
    mesh = portrait_mesh(picture)
    wide, moved = widen(cut_out(picture), 0.75 * float(mesh[152, 1] - mesh[10, 1]))
    person = (wide, mesh + np.array([moved, 0.0, 0.0]))
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
    stock = stock_person(stock_id(character))  # who is unknown is refused here
    look = look_of(stock_id(character))
    return drawn(dressed(look, character)) if look is not None else stock


def stock_id(character: Character) -> str:
    """The stock character that plays a role: the one asked for, else one by the role's name."""
    return character.stock or stock_for(character.name)


def stock_for(name: str) -> str:
    """A stock character for a name that asks for none: always the same one for the same name."""
    number = int.from_bytes(hashlib.sha256(name.strip().lower().encode()).digest()[:4], "big")
    return LOOKS[number % len(LOOKS)].id
