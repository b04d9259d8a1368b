"""What a portrait must be, told by stable codes that say how to fix it."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from generation_service.client.face_check import decode_picture, inspect_face
from infra.kernel.errors import AssentError, Invalid, TooLarge

Image = np.ndarray[Any, np.dtype[np.uint8]]
PORTRAIT = Path(__file__).parents[3] / "examples" / "cast" / "ana.png"


@pytest.fixture(scope="module")
def ana() -> Image:
    return decode_picture(PORTRAIT.read_bytes())


def code_of(error: pytest.ExceptionInfo[AssentError]) -> str:
    assert error.value.fix, "every refusal says how to fix it"
    return error.value.code


def test_a_good_portrait_is_measured(ana: Image) -> None:
    report = inspect_face(ana)
    assert report.faces == 1
    assert 300 < report.face_px < 700
    assert max(abs(report.yaw_deg), abs(report.roll_deg)) < 8
    assert report.eyes_open > 0.2


def test_no_face() -> None:
    with pytest.raises(Invalid) as error:
        inspect_face(np.full((300, 300, 3), 127, np.uint8))
    assert code_of(error) == "generation.face_none"


def test_two_faces(ana: Image) -> None:
    with pytest.raises(Invalid) as error:
        inspect_face(np.hstack([ana[100:1000, 100:900], ana[100:1000, 100:900]]))
    assert code_of(error) == "generation.face_many"


def test_a_tiny_face(ana: Image) -> None:
    with pytest.raises(Invalid) as error:
        inspect_face(np.asarray(cv2.resize(ana, (160, 200), interpolation=cv2.INTER_AREA), np.uint8))
    assert code_of(error) == "generation.face_too_small"


def test_a_face_turned_on_its_side(ana: Image) -> None:
    turn = cv2.getRotationMatrix2D((512, 520), 38, 1.0)
    with pytest.raises(Invalid) as error:
        inspect_face(np.asarray(cv2.warpAffine(ana, turn, (1024, 1280), borderMode=cv2.BORDER_REPLICATE), np.uint8))
    assert code_of(error) == "generation.face_turned"


@pytest.mark.parametrize(
    "data",
    [b"", b"not a picture", b"GIF89a" + bytes(64), b"\x89PNG\r\n\x1a\n" + bytes(20), PORTRAIT.read_bytes()[:5000]],
)
def test_bytes_that_are_no_picture(data: bytes) -> None:
    with pytest.raises(Invalid) as error:
        decode_picture(data)
    assert code_of(error) == "generation.picture_unreadable"


def test_fifty_megapixels_are_refused_before_decoding() -> None:
    huge = io.BytesIO()
    Pillow.new("L", (8000, 6300)).save(huge, "PNG")
    with pytest.raises(TooLarge) as error:
        decode_picture(huge.getvalue())
    assert code_of(error) == "generation.picture_too_large"


def test_odd_arrays_are_refused() -> None:
    for shape in ((0, 0, 3), (8, 8, 3), (64, 64)):
        with pytest.raises(Invalid) as error:
            inspect_face(np.zeros(shape, np.uint8))
        assert code_of(error) == "generation.picture_unreadable"
