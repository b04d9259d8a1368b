"""Bodies are built like people: about seven heads tall, broader or narrower by sex, turned as bodies turn, in clothes
that follow the words, with limbs that bend without coming apart.
"""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from generation_service.previs.brush import Image
from generation_service.previs.cast.body import trousers_of
from generation_service.previs.cast.build import HEAD, LEVELS, SUNK, build_of
from generation_service.previs.cast.dress import GARMENTS
from generation_service.previs.cast.head import chin_y, outline
from generation_service.previs.cast.joints import joints_of
from generation_service.previs.cast.looks import LOOKS, Look, Outfit, look_of
from generation_service.previs.cast.outfits import CUTS
from generation_service.previs.cast.puppet import draw_puppet, kit_of, plane_of
from generation_service.previs.cast.ribbon import lay_strip
from generation_service.previs.cast.rig import SOLE, Cue, pose_of
from generation_service.previs.scenes.light import mood_of
from generation_service.previs.scenes.words import place_from_heading

SCALE = 0.06


def _named(stock: str) -> Look:
    look = look_of(stock)
    assert look is not None
    return look


def _drawn(look: Look, deed: str = "idle", turn: float = 0.0) -> Image:
    mood = mood_of(place_from_heading("EXT. PARK - DAY"))
    plane = plane_of(round(3900 * SCALE), round(2400 * SCALE))
    plane.canvas.translate(1200 * SCALE, 440 * SCALE)
    plane.canvas.scale(SCALE, SCALE)
    draw_puppet(plane, kit_of(look, mood, SCALE, turn=turn), pose_of(deed, "", turn, Cue(0.4), broad=look.shoulders))
    return plane.pixels


@pytest.mark.parametrize("look", LOOKS, ids=lambda one: one.id)
def test_adults_are_about_seven_heads_tall_and_two_to_three_heads_broad(look: Look) -> None:
    tall = HEAD * (chin_y(look) - min(y for _, y in outline(look)))
    crown = chin_y(look) + SUNK - tall
    assert 6.5 < (SOLE - crown) / tall < 7.3
    heads = 2 * build_of(look).tip / (HEAD * 2 * max(x for x, _ in outline(look)))
    assert (2.0 < heads < 2.4) if look.curve else (2.4 < heads < 3.0)


def test_builds_differ_as_people_do() -> None:
    woman, man, old, slim = (build_of(_named(one)) for one in ("mara", "tariq", "otto", "kenji"))
    waist, hips = LEVELS.index(1090.0), LEVELS.index(1440.0)
    assert woman.wide[waist] / woman.wide[hips] < 0.78 < 0.9 < man.wide[waist] / man.wide[hips]
    assert old.front[waist] > 1.5 * slim.front[waist], "a belly"
    assert woman.neck < 0.85 * man.neck


def test_a_turned_body_shows_its_front_to_the_side_it_looks_to() -> None:
    build = build_of(_named("jonas"))
    for y in (600.0, 1090.0, 1500.0):
        left, middle, right = (build.place((x, y), 0.78)[0] for x in (-80.0, 0.0, 80.0))
        assert left < middle < right
        assert middle > 60, "buttons go along with the turn"
        assert build.edge(y, 0.78, -1) < left < right < build.edge(y, 0.78, 1)
        assert build.place((80.0, y), 0.0) == (80.0, y)
        assert build.edge(y, 0.5, 1) == pytest.approx(-build.edge(y, -0.5, -1))


@pytest.mark.parametrize("deed", ["idle", "walk", "sit"])
def test_nobody_comes_apart(deed: str) -> None:
    for stock in ("mara", "otto"):
        cover = (_drawn(_named(stock), deed, 0.86 if deed == "walk" else 0.0)[..., 3] > 40).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(cover)
        largest = stats[1:, cv2.CC_STAT_AREA].max()
        assert largest > 0.985 * cover.sum(), (stock, deed, count)


def test_a_bent_sleeve_reaches_from_shoulder_to_wrist() -> None:
    kit = kit_of(_named("jonas"), mood_of(place_from_heading("EXT. PARK - DAY")), SCALE)
    for elbow, wrist in (
        ((0.0, 520.0), (0.0, 1010.0)),
        ((0.0, 520.0), (490.0, 520.0)),
        ((-368.0, 368.0), (-20.0, 20.0)),
    ):
        plane = plane_of(100, 130)
        plane.canvas.translate(60, 20)
        plane.canvas.scale(SCALE, SCALE)
        lay_strip(plane.canvas, kit.sleeves[1], ((0.0, 0.0), elbow, wrist))
        for share in (0.3, 0.7):
            for a, b in (((0.0, 0.0), elbow), (elbow, wrist)):
                x, y = (60 + SCALE * (a[0] + (b[0] - a[0]) * share), 20 + SCALE * (a[1] + (b[1] - a[1]) * share))
                assert plane.pixels[round(y), round(x), 3] > 200, (elbow, wrist, share)


def test_each_garment_of_the_words_has_a_cut_and_looks_its_own_way() -> None:
    named: list[Outfit] = [outfit for outfit, _ in GARMENTS]
    assert set(named) == set(CUTS)
    base = _named("mara")
    seen = {outfit: _drawn(replace(base, outfit=outfit)).astype(int) for outfit in named}
    for k, one in enumerate(named):
        for other in named[k + 1 :]:
            assert np.abs(seen[one] - seen[other]).mean() > 0.25, (one, other)
    shin = np.s_[round((2700 + 440) * SCALE), :, :3]
    assert seen["dress"][shin].max() > seen["jacket"][shin].max() + 40, "legs are bare below a dress"


def test_knees_drawn_up_stand_before_the_coat() -> None:
    look = _named("tariq")
    joints = joints_of(look, pose_of("ground", "", 0.0, Cue(0.4), broad=look.shoulders))
    picture = _drawn(look, "ground")
    (hx, hy), (kx, ky) = joints.hips[1], joints.knees[1]
    assert ky < hy - 260
    x, y = (1200 + 0.7 * kx + 0.3 * hx) * SCALE, (440 + 0.7 * ky + 0.3 * hy) * SCALE
    seen = picture[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2, :3].reshape(-1, 3).mean(axis=0)
    away = [float(np.abs(seen - np.array(tone)).sum()) for tone in (trousers_of(look), look.cloth)]
    assert away[0] < away[1]
