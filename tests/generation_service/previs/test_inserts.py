"""A close shot that nobody is in shows its thing, large and in the middle."""

import numpy as np
import pytest

from generation_service.contract.shots import Entity, Place, Shot, ShotSize
from generation_service.previs.stage import Stage

PLACE = Place(name="Kitchen", kind="kitchen", interior=True, seed=3)


def luma(size: ShotSize, *things: str, action: str = "") -> np.ndarray:
    entities = tuple(Entity(name=thing, kind="prop") for thing in things)
    shot = Shot(
        id="s", number=1, scene=1, heading="INT. KITCHEN", place=PLACE, size=size, frames=2, width=320, height=180,
        entities=entities, seed=5, action=action,
    )  # fmt: skip
    return np.asarray(Stage(shot, {}).frame(0)).reshape(-1)[: 320 * 180].reshape(180, 320).astype(int)


@pytest.mark.parametrize("thing", ["cup", "letter", "bread", "kettle", "bottle", "envelope"])
def test_an_insert_shows_its_thing(thing: str) -> None:
    changed = np.abs(luma("CU", thing) - luma("CU"))
    assert changed[40:120, 120:240].mean() > 2
    assert changed[:40, :100].max() == 0


def test_a_card_with_its_name_stands_in_for_a_thing_nobody_can_draw() -> None:
    empty, kazoo, gizmo = luma("CU"), luma("CU", "kazoo"), luma("CU", "gizmo")
    assert np.abs(kazoo - empty)[60:110, 110:210].mean() > 8
    assert np.abs(kazoo - gizmo)[60:120, 80:240].max() > 40


def test_an_insert_shows_what_its_words_name_rather_than_what_else_is_there() -> None:
    shown = luma("CU", "kettle", "key", action="CLOSE ON the key.")
    assert (shown == luma("CU", "key", action="CLOSE ON the key.")).all()
