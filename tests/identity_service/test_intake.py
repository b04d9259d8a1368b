"""The intake of reference photos, through its real child process."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from identity_service.client.intake import Intake, inspect_face
from infra.kernel.errors import Invalid, TooLarge
from tests.generation_service.photos import hopper

ANA = Path(__file__).parents[2] / "examples" / "cast" / "ana.png"


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def two_faces() -> bytes:
    one = Image.open(ANA).convert("RGB").resize((512, 640))
    both = Image.new("RGB", (1024, 640))
    both.paste(one, (0, 0))
    both.paste(one, (512, 0))
    return encoded(both)


@pytest.fixture(scope="module")
def taken() -> Intake:
    turned = Image.open(ANA).convert("RGB").transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned by 90 degrees clockwise
    exif[0x010E] = "a name that must not stay"
    return inspect_face(encoded(turned, "JPEG", exif=exif, quality=92) + b"PK\x03\x04 a zip behind the picture")


def test_a_turned_photo_is_set_upright_and_accepted(taken: Intake) -> None:
    picture = Image.open(io.BytesIO(taken.png))
    assert picture.height > picture.width
    assert float(taken.quality["face_px"]) > 90


def test_only_pixels_pass(taken: Intake) -> None:
    assert b"a name that must not stay" not in taken.png
    assert b"PK\x03\x04 a zip" not in taken.png
    assert not Image.open(io.BytesIO(taken.png)).getexif()


def test_a_portrait_without_a_face_is_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 300, 3), np.uint8)
    with pytest.raises(Invalid, match=r"generation\.face_none"):
        inspect_face(encoded(Image.fromarray(noise)))


def test_two_faces_are_refused() -> None:
    with pytest.raises(Invalid, match=r"generation\.face_many"):
        inspect_face(two_faces())


@pytest.mark.parametrize("kind", ["CMYK", "turned by its tag", "grey"])
def test_a_real_photo_in_another_form_is_put_right(kind: str) -> None:
    photo = Image.fromarray(hopper())
    if kind == "turned by its tag":
        exif = Image.Exif()
        exif[0x0112] = 6
        data = encoded(photo.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=92)
    else:
        data = encoded(photo.convert("CMYK" if kind == "CMYK" else "L"), "JPEG", quality=92)
    taken = inspect_face(data)
    clean = Image.open(io.BytesIO(taken.png))
    assert (clean.size, clean.mode) == ((512, 600), "RGB")
    assert 180 < float(taken.quality["face_px"]) < 220
    if kind != "grey":
        far = np.abs(np.asarray(clean, int) - np.asarray(photo, int)).mean()
        assert far < 6  # the colours are those of the photo


def test_fifty_megapixels_are_refused_before_they_are_decoded() -> None:
    with pytest.raises(TooLarge, match=r"identity\.image_too_large"):
        inspect_face(encoded(Image.new("L", (10_000, 5_000))))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "identity.empty_file"),
        (b"GIF89a" + bytes(100), "identity.not_an_image"),
        (b"<svg xmlns='x'/>", "identity.not_an_image"),
        (b"\x89PNG\r\n\x1a\n" + b"rubbish" * 50, "identity.image_unreadable"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        inspect_face(data)
    assert refused.value.code == code
    assert refused.value.fix


def test_too_many_bytes_are_refused_unread() -> None:
    with pytest.raises(TooLarge, match=r"identity\.image_too_large"):
        inspect_face(bytes(20 * 2**20 + 1))
