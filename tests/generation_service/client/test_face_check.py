"""What a portrait must be, told by stable codes that say how to fix it."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from generation_service.client.face_check import FaceReport, decode_picture, inspect_face, landmarks
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.portrait.head import TalkingHead
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


Mesh = np.ndarray[Any, np.dtype[np.float64]]


@pytest.fixture(scope="module")
def small(ana: Image) -> Image:
    """The face alone, so that a look at it is quick."""
    return np.ascontiguousarray(cv2.resize(ana[120:980, 130:890], (570, 645), interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="module")
def mesh(small: Image) -> Mesh:
    return landmarks(small)[0]


def posed(picture: Image, mesh: Mesh, *, lids: float = 0.0, jaw: float = 0.0) -> Image:
    """The same person with other lids or another jaw."""
    head = TalkingHead(np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]), mesh)
    weights = np.zeros(len(NAMES), np.float32)
    weights[NAMES.index("jaw")] = jaw
    head.pose(weights, lids, np.zeros(2, np.float32))
    return np.ascontiguousarray(head.canvas[..., :3])


def sunglasses(picture: Image, mesh: Mesh, tone: tuple[int, int, int]) -> Image:
    worn = picture.copy()
    for outer, inner, iris in ((33, 133, 468), (263, 362, 473)):
        wide = float(np.linalg.norm(mesh[outer, :2] - mesh[inner, :2]))
        at = (int(mesh[iris, 0]), int(mesh[iris, 1]))
        cv2.ellipse(worn, at, (int(0.85 * wide), int(0.65 * wide)), 0, 0, 360, tone, -1, cv2.LINE_AA)
    return worn


def hand(picture: Image, mesh: Mesh) -> Image:
    """Four fingers in the face's own skin over the mouth."""
    covered, tall = picture.copy(), float(np.linalg.norm(mesh[152] - mesh[10]))
    skin = picture[int(mesh[50, 1]), int(mesh[50, 0])]
    for k in range(4):
        y = int(mesh[13, 1] + tall * (0.09 * k - 0.13))
        ends = ((int(mesh[13, 0] - 0.30 * tall), y), (int(mesh[13, 0] + 0.34 * tall), y))
        tone = tuple(int(c * (1 - 0.04 * (k % 2))) for c in skin)
        cv2.line(covered, *ends, tone, int(0.095 * tall), cv2.LINE_AA)
    return covered


def one_eye(picture: Image, mesh: Mesh) -> Image:
    covered = picture.copy()
    cv2.circle(covered, (int(mesh[468, 0]), int(mesh[468, 1])), 60, tuple(int(c) for c in picture[380, 150]), -1)
    return covered


def squeezed(picture: Image) -> Image:
    """Pixels too few for a face, enlarged again: blurred as such pictures are."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 7), np.uint8)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p, m: sunglasses(p, m, (16, 16, 20)), "face_eyes_hidden"),
        (lambda p, m: sunglasses(p, m, (92, 70, 48)), "face_eyes_hidden"),
        (one_eye, "face_eyes_hidden"),
        (lambda p, m: posed(p, m, lids=1.0), "face_eyes_closed"),
        (hand, "face_mouth_hidden"),
        (lambda p, m: posed(p, m, jaw=1.4), "face_mouth_open"),
        (lambda p, _: squeezed(p), "face_blurred"),
        (lambda p, _: np.asarray(cv2.resize(p, (57, 64), interpolation=cv2.INTER_AREA), np.uint8), "face_too_small"),
    ],
    ids=["black glasses", "brown glasses", "one eye", "closed eyes", "hand", "open mouth", "blur", "64 px"],
)
def test_what_cannot_be_animated_is_refused_with_its_reason(small: Image, mesh: Mesh, change: Any, code: str) -> None:
    with pytest.raises(Invalid) as error:
        inspect_face(change(small, mesh))
    assert code_of(error) == f"generation.{code}"


def test_a_profile_is_turned_too_far(small: Image, mesh: Mesh, monkeypatch: pytest.MonkeyPatch) -> None:
    angle = np.radians(40)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    turned = (mesh - mesh[1]) @ turn.T + mesh[1]
    monkeypatch.setattr("generation_service.client.face_check.landmarks", lambda *_, **__: [turned])
    with pytest.raises(Invalid) as error:
        inspect_face(small)
    assert code_of(error) == "generation.face_turned"


def test_a_face_the_camera_sees_badly_but_well_enough_is_taken(small: Image, mesh: Mesh) -> None:
    assert inspect_face((small * 0.3).astype(np.uint8)).eyes_open > 0.2
    assert inspect_face(posed(small, mesh, jaw=0.35)).mouth_open > 0.08
    assert inspect_face(np.asarray(cv2.GaussianBlur(small, (0, 0), 1.2), np.uint8)).sharpness > 0.12


def saved(picture: Image, kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Pillow.fromarray(picture).convert(more.pop("mode", "RGB")).save(out, kind, **more)
    return out.getvalue()


def test_exif_cmyk_grey_palette_deep_and_transparent_pictures_are_put_right(small: Image) -> None:
    sideways = Pillow.Exif()
    sideways[0x0112] = 6  # the camera was held on its side: turn by 90 degrees to see it upright
    lying = np.ascontiguousarray(np.rot90(small, 1))
    deep = io.BytesIO()
    Pillow.fromarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.uint16) * 257).save(deep, "PNG")
    clear = np.dstack([small, np.full(small.shape[:2], 255, np.uint8)])
    clear[:40, :40] = 0

    def seen(data: bytes) -> tuple[Image, FaceReport]:
        picture = decode_picture(data)
        return picture, inspect_face(picture)

    upright, report = seen(saved(lying, "JPEG", exif=sideways, quality=92))
    assert upright.shape == small.shape
    assert abs(report.roll_deg) < 8
    inks, report = seen(saved(small, "JPEG", mode="CMYK", quality=92))
    assert np.abs(inks.astype(int) - small).mean() < 12
    grey, report = seen(saved(small, "PNG", mode="L"))
    assert report.grey
    assert not inspect_face(small).grey
    assert np.abs(seen(deep.getvalue())[0].astype(int) - grey).max() <= 1
    assert seen(saved(small, "PNG", mode="P"))[1].faces == 1
    over_white = io.BytesIO()
    Pillow.fromarray(clear).save(over_white, "PNG")
    assert decode_picture(over_white.getvalue())[5, 5].tolist() == [255, 255, 255]


def test_a_flat_cartoon_without_a_face_the_detector_knows_is_no_face() -> None:
    cartoon = np.full((400, 400, 3), 240, np.uint8)
    cv2.circle(cartoon, (200, 200), 150, (255, 220, 60), -1)
    for x in (150, 250):
        cv2.circle(cartoon, (x, 160), 16, (20, 20, 20), -1)
    cv2.ellipse(cartoon, (200, 240), (70, 40), 0, 0, 180, (20, 20, 20), 8)
    with pytest.raises(Invalid) as error:
        inspect_face(cartoon)
    assert code_of(error) == "generation.face_none"


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
