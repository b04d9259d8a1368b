"""The drawn people are people to a face detector, differ from one another, and stay themselves."""

from collections.abc import Callable
from typing import Any

import cv2
import dlib
import numpy as np
import pytest
from mediapipe.python.solutions.face_detection import FaceDetection

from generation_service.client.face_check import inspect_face, landmarks
from generation_service.contract.shots import Shot
from generation_service.previs import stock_cast
from generation_service.previs.cast.draw import draw_person, portrait
from generation_service.previs.cast.looks import look_of
from generation_service.previs.cast.puppet import kit_of
from generation_service.previs.people import (
    forget_portraits,
    look_from_afar,
    portrait_person,
    stock_for,
    stock_person,
)
from generation_service.previs.scenes.plate import paint_plate
from generation_service.previs.stage import Stage

Image = np.ndarray[Any, np.dtype[np.uint8]]
FACE = "f" * 64


def test_there_are_at_least_six_stock_characters_with_their_own_ids() -> None:
    assert len(stock_cast()) == len(set(stock_cast())) >= 6


@pytest.mark.parametrize("stock", stock_cast())
def test_each_stock_character_has_a_mesh_on_the_drawn_features(stock: str) -> None:
    picture, mesh = stock_person(stock)
    assert mesh.shape == (478, 3)
    lips, skin = (
        picture[int(mesh[14, 1]) + 8, int(mesh[14, 0]), :3].astype(int),
        picture[int(mesh[151, 1]), int(mesh[151, 0]), :3].astype(int),
    )
    assert lips[0] - lips[1] > skin[0] - skin[1] - 25
    assert np.hypot(*(mesh[468, :2] - (660 - 91, 480))) < 25, "the iris is where it was drawn"


def test_a_character_is_drawn_the_same_each_time() -> None:
    look = look_of("imani")
    assert look is not None
    first = draw_person(look).copy()
    draw_person.cache_clear()
    assert np.array_equal(first, draw_person(look))


def test_a_name_without_a_character_always_gets_the_same_one() -> None:
    assert stock_for("Barista") == stock_for(" barista ") in stock_cast()


def test_the_demo_portrait_is_one_face_to_both_detectors_and_matches_its_recipe(ana: Image) -> None:
    assert inspect_face(ana).faces == 1
    assert len(dlib.get_frontal_face_detector()(ana, 0)) == 1
    drawn = portrait()
    assert ana.shape == drawn.shape == (1280, 1024, 3)
    assert np.abs(cv2.blur(ana, (9, 9)).astype(int) - cv2.blur(drawn, (9, 9)).astype(int)).mean() < 1.0


def test_a_cut_out_keeps_the_face_and_drops_the_background(ana: Image) -> None:
    picture, mesh = portrait_person(ana)
    alpha = picture[..., 3]
    nose = mesh[1]
    assert alpha[int(nose[1]), int(nose[0])] == 255
    assert alpha[20:200, 20:120].max() < 12
    assert 0.25 < (alpha > 128).mean() < 0.85


def test_portraits_can_be_forgotten(ana: Image) -> None:
    first = portrait_person(ana)
    assert portrait_person(ana) is first
    forget_portraits()
    assert portrait_person(ana) is not first


def test_shoulders_cut_by_the_photo_fall_away_instead_of_ending_in_a_wall(ana: Image) -> None:
    picture, mesh = portrait_person(np.ascontiguousarray(ana[150:1280, 230:790]))
    assert picture.shape[1] > 560
    low = picture[-40]
    assert low[(picture.shape[1] - 560) // 2 - 60, 3] > 200, "the arm goes on below"
    sides = range((picture.shape[1] - 560) // 2, 40, -30)
    tops = [int(np.argmax(picture[:, x, 3] > 128)) or picture.shape[0] for x in sides]
    assert tops == sorted(tops), "ever lower towards the side"
    assert abs(mesh[1, 0] - picture.shape[1] / 2) < 60


def test_a_subject_in_a_wide_shot_has_no_face_of_anyone(make_shot: Callable[..., Shot], ana: Image) -> None:
    shot = make_shot("INT. ROOM - DAY", size="WS", spoken=False, width=1280, height=720, face=FACE)
    frame = Stage(shot, {FACE: ana}).picture(0)
    head = np.ascontiguousarray(cv2.resize(frame[120:320, 540:740], None, fx=3, fy=3))
    finder = FaceDetection(model_selection=0, min_detection_confidence=0.5)
    assert not finder.process(head).detections
    assert not landmarks(head)
    mood = paint_plate(shot.place, 480, 270, 0.0).mood
    back = kit_of(look_from_afar(shot.characters[0], {FACE: ana}), mood, 0.5, behind=True).head.picture
    assert back[..., 3].max() == 255
    assert not landmarks(np.ascontiguousarray(np.repeat(np.repeat(back[..., :3], 2, axis=0), 2, axis=1)))
