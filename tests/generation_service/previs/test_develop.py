"""A photo made ready: tones of a washed-out one, an old smile under a new line, teeth and blacks under the light of a
place.
"""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from generation_service.client.face_check import landmarks
from generation_service.previs import place_from_heading
from generation_service.previs.figure import place
from generation_service.previs.portrait import mouth
from generation_service.previs.portrait.basis import NAMES, face_of
from generation_service.previs.portrait.develop import enlarged, toned
from generation_service.previs.portrait.head import TalkingHead
from generation_service.previs.portrait.relight import light_of, lit
from generation_service.previs.scenes.light import mood_of
from tests.generation_service.photos import hopper, mesh

Image = np.ndarray[Any, np.dtype[np.uint8]]


def solid(picture: Image) -> Image:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def span(picture: Image) -> float:
    return float(np.subtract(*np.percentile(picture[..., :3].mean(axis=2), (99, 1))))


def posed(head: TalkingHead, **shares: float) -> Image:
    weights = np.zeros(len(NAMES), np.float32)
    for name, share in shares.items():
        weights[NAMES.index(name)] = share
    head.pose(weights, 0.0, np.zeros(2, np.float32))
    return np.ascontiguousarray(head.canvas[..., :3])


def lift(points: Any) -> float:
    """How far the corners of the mouth stand above its seam, in mouth widths."""
    face = face_of(points)
    middle, corners = face.points[[13, 14]].mean(axis=0), face.points[[61, 291]].mean(axis=0)
    return float((middle - corners) @ face.ey) / face.mouth_width


def test_a_washed_out_photo_gets_its_tones_back_and_a_good_one_stays() -> None:
    pale = solid((hopper() * 0.35 + 110).astype(np.uint8))
    assert span(pale) < 100
    assert span(toned(pale)) > 1.7 * span(pale)
    assert np.array_equal(toned(solid(hopper())), solid(hopper()))


def test_an_enlarged_photo_loses_the_noise_of_flat_parts_and_keeps_its_edges() -> None:
    flat = np.full((120, 160, 3), (196, 150, 128), np.float32)
    flat[:, 100:] = (70, 50, 44)
    noisy = np.clip(flat + np.random.default_rng(3).normal(0, 5, flat.shape), 0, 255).astype(np.uint8)
    plain = np.asarray(cv2.resize(noisy, (400, 300), interpolation=cv2.INTER_CUBIC), np.float32)
    large = enlarged(solid(noisy), (400, 300))[..., :3].astype(np.float32)
    noise = [float(p[40:-40, 40:200].std(axis=(0, 1)).mean()) for p in (large, plain)]
    edges = [float(np.abs(np.diff(p.mean(axis=2), axis=1))[40:-40].max(axis=1).mean()) for p in (large, plain)]
    assert noise[0] < 0.6 * noise[1]
    assert edges[0] > edges[1]


def test_the_smile_of_a_photo_does_not_stay_under_an_angry_line() -> None:
    smiling = posed(TalkingHead(solid(hopper()), mesh()), smile=1.1, wide=0.4)
    points = landmarks(smiling)[0]
    head = TalkingHead(solid(smiling), points)
    calm, angry = (landmarks(posed(head, **shares))[0] for shares in ({}, {"brow_in": 1.0, "frown": 0.5}))
    assert lift(points) > 0.06
    assert lift(calm) < lift(points)
    assert lift(angry) < 0.005


def test_teeth_are_as_light_as_the_face_they_are_in() -> None:
    full, dark = (mouth.exposure((hopper() * share).astype(np.uint8), mesh(), (255, 255, 255)) for share in (1, 0.3))
    assert full > 0.9
    assert 0.35 <= dark < 0.65


def test_black_cloth_is_no_blacker_than_the_air_and_takes_its_colour() -> None:
    day = mood_of(place_from_heading("EXT. PARK - DAY"))
    clear, hazy = (replace(day, air=(180.0, 200.0, 220.0), haze=haze) for haze in (0.0, 0.7))
    cut, coat = solid(hopper()), np.s_[430:470, 150:200]
    black = [float(lit(cut, mood, 200.0, mesh())[coat][..., :3].mean()) for mood in (clear, hazy)]
    assert black[1] > black[0] + 5
    assert light_of(hazy)[2] / light_of(hazy)[0] > light_of(clear)[2] / light_of(clear)[0] + 0.02


def test_a_photo_cut_at_the_chest_is_not_sampled_finer_than_its_close_up() -> None:
    cut = solid(hopper())[:330]
    near = place(cut, mesh(), "MS", (1280, 720), 0.5)
    assert near.density < place(solid(hopper()), mesh(), "MS", (1280, 720), 0.5).density
