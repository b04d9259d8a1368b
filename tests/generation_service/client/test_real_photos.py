"""A photo of a real person, and what is sent in its place: taken with a stated change, or refused with a fix."""

import cv2
import numpy as np
import pytest

from generation_service.client.face_check import inspect_face, portrait_mesh
from generation_service.client.face_count import sights_in
from infra.kernel.errors import Invalid
from tests.generation_service.photos import Image, hopper, in_profile, with_sunglasses


def refusal(picture: Image) -> tuple[str, str]:
    with pytest.raises(Invalid) as error:
        inspect_face(np.ascontiguousarray(picture))
    assert error.value.fix
    return error.value.code, error.value.detail


def test_glasses_and_a_cap_are_taken() -> None:
    report = inspect_face(hopper())
    assert 180 < report.face_px < 220
    assert max(abs(report.yaw_deg), abs(report.nose_deg), abs(report.roll_deg)) < 6


def test_sunglasses() -> None:
    assert refusal(with_sunglasses())[0] == "generation.face_eyes_hidden"


@pytest.mark.parametrize("degrees", [45.0, -45.0, 55.0, 60.0, -60.0, 65.0])
def test_a_head_turned_aside(degrees: float) -> None:
    assert refusal(in_profile(degrees))[0] == "generation.face_turned"


def test_a_head_turned_a_little_is_measured() -> None:
    report = inspect_face(in_profile(20.0))
    assert report.nose_deg * report.yaw_deg > 0
    assert 12 < abs(report.nose_deg) < 24


@pytest.mark.parametrize("degrees", [75.0, -75.0])
def test_a_profile(degrees: float) -> None:
    assert refusal(in_profile(degrees))[0] == "generation.face_none"


def test_a_picture_that_stands_on_its_head() -> None:
    code, detail = refusal(hopper()[::-1, ::-1])
    assert (code, detail) == ("generation.face_turned", "the picture stands on its head")


def test_somebody_small_behind_is_somebody() -> None:
    behind = cv2.resize(hopper(), None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    both = np.hstack([hopper(), np.full((600, behind.shape[1], 3), 120, np.uint8)])
    both[40 : 40 + behind.shape[0], 512:] = behind
    assert len(sights_in(both)) == 2
    assert refusal(both)[0] == "generation.face_many"


def test_64_pixels() -> None:
    tiny = cv2.resize(hopper(), (64, 75), interpolation=cv2.INTER_AREA)
    assert refusal(tiny)[0] == "generation.face_too_small"


def test_64_pixels_enlarged() -> None:
    tiny = cv2.resize(hopper()[30:542], (64, 64), interpolation=cv2.INTER_AREA)
    assert refusal(cv2.resize(tiny, (640, 640), interpolation=cv2.INTER_CUBIC))[0] == "generation.face_blurred"


def test_a_face_that_is_small_in_its_picture_is_found_where_it_is() -> None:
    wide = np.full((1200, 2000, 3), (96, 110, 140), np.uint8)
    wide[500:860, 1400:1707] = cv2.resize(hopper(), (307, 360), interpolation=cv2.INTER_AREA)
    mesh, alone = portrait_mesh(wide), portrait_mesh(hopper())
    moved = alone[:468, :2] * 0.6 + (1400, 500)
    assert float(np.abs(mesh[:468, :2] - moved).mean()) < 4
    assert abs(float(np.ptp(mesh[:, 2])) / float(np.ptp(alone[:, 2])) - 0.6) < 0.1
