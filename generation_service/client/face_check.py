"""Is this picture usable as a face reference? One face, large enough, turned to the camera, sharp, eyes and mouth seen.

What is put right without a question: a picture turned by its EXIF tag is turned upright; CMYK, 16-bit, palette and
transparent pictures become RGB (transparency over white). What is taken as it is: a grey picture stays grey, a drawn
face counts as a face where the detector finds one, a smile or parted lips are closed by the animation. All else is
refused with a code and a fix. Decides nothing about who it is. Heavy imports happen inside the functions, so a caller
pays only when it asks; callers that take pictures from strangers run it in a child process.
"""

import io
import threading
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generation_service.client import face_light
from generation_service.client.face_count import Sight, looked_at_closely, sights_in, surroundings
from generation_service.client.face_pose import apart, nose_deg
from generation_service.client.face_report import FaceReport, measured
from generation_service.client.mesh_loading import Hushed, loading
from infra.kernel.errors import Invalid, TooLarge

MIN_FACE_PX = 90
MAX_PIXELS = 24_000_000
MAX_YAW_DEG, MAX_PITCH_DEG, MAX_ROLL_DEG = 28.0, 28.0, 25.0
MAX_NOSE_DEG = 36.0
MAX_APART = 0.25
# Measured on portraits and on their mangled copies: what is usable lies well on the other side of each.
MIN_EYES_OPEN, MIN_EYE_CONTRAST, MIN_UNDER_EYE = 0.12, 0.15, 0.55
MAX_MOUTH_OPEN, MIN_SHARPNESS = 0.40, 0.20
MIN_LIP_COLOUR, MIN_LIP_LIGHT, MIN_SEAM = 3.5, 10.0, 12.0
__all__ = ["FaceReport", "decode_picture", "inspect_face", "landmarks", "portrait_mesh", "upright_rgb"]
_ONE_AT_A_TIME = threading.Lock()


@lru_cache(maxsize=2)
def _mesh(faces: int) -> Any:
    with loading():
        from mediapipe.python.solutions.face_mesh import FaceMesh  # noqa: PLC0415  (2 s to import)

        mesh = FaceMesh(
            static_image_mode=True, max_num_faces=faces, refine_landmarks=True, min_detection_confidence=0.4
        )
    return Hushed(mesh)


def decode_picture(data: bytes) -> NDArray[np.uint8]:
    """Bytes of a PNG, JPEG or WEBP to RGB, shape (h, w, 3). Raises ``generation.picture_unreadable`` (nothing in it,
    or not a picture) and ``generation.picture_too_large`` (over 24 megapixels, read from the header alone).
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415

    fix = "send a PNG, JPEG or WEBP portrait of at most 24 megapixels"
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise TooLarge(
                    "generation.picture_too_large",
                    "the picture has too many pixels",
                    fix=fix,
                    pixels=opened.width * opened.height,
                    limit=MAX_PIXELS,
                )
            return upright_rgb(ImageOps.exif_transpose(opened) or opened)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as cause:
        raise Invalid("generation.picture_unreadable", "the bytes are not a picture we can read", fix=fix) from cause


def upright_rgb(opened: Any) -> NDArray[np.uint8]:
    """A decoded, upright Pillow picture of any mode to RGB (h, w, 3): 16 bits scaled down, transparency over white."""
    from PIL import Image  # noqa: PLC0415

    if opened.mode.startswith("I") or opened.mode == "F":
        deep = np.asarray(opened, np.float64)
        shallow = np.clip(deep / (257.0 if deep.max(initial=0) > 255 else 1.0), 0, 255)
        return np.repeat(shallow.astype(np.uint8)[..., None], 3, axis=2)
    if "A" in opened.getbands() or "transparency" in opened.info:
        clear = opened.convert("RGBA")
        opened = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return np.array(opened.convert("RGB"))


def landmarks(rgb: NDArray[np.uint8], *, most: int = 1) -> list[NDArray[np.float64]]:
    """The 478-point meshes found, each (478, 3): x, y in pixels, z in the same scale (negative towards the camera)."""
    height, width = rgb.shape[:2]
    with _ONE_AT_A_TIME:
        found = _mesh(most).process(np.ascontiguousarray(rgb)).multi_face_landmarks or []
    scale = np.array([width, height, width], dtype=np.float64)
    return [np.array([(p.x, p.y, p.z) for p in face.landmark]) * scale for face in found]


def inspect_face(rgb: NDArray[np.uint8]) -> FaceReport:
    """Measure the one face of an RGB picture.

    Raises :class:`Invalid` with ``generation.face_none``, ``.face_many``, ``.face_too_small``, ``.face_turned``,
    ``.face_blurred``, ``.face_eyes_hidden``, ``.face_eyes_closed``, ``.face_mouth_hidden`` or ``.face_mouth_open``;
    each says how to fix it.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8 or min(rgb.shape[:2]) < 16:
        raise Invalid(
            "generation.picture_unreadable",
            "not an RGB picture of at least 16 x 16 pixels",
            fix="send a PNG, JPEG or WEBP portrait",
        )
    mesh = portrait_mesh(rgb)
    report = measured(mesh, rgb.shape[1], rgb.shape[0])
    _refuse_pose(report)
    light = face_light.measure(rgb, mesh, report.face_px)
    report = replace(report, sharpness=light.sharpness, grey=light.grey)
    _refuse_light(report, light)
    return report


def portrait_mesh(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mesh (478, 3) of the one face of a portrait, near or small in its picture.

    Raises ``generation.face_many`` where anybody else looks out of it, however far behind, ``generation.face_none``,
    and ``generation.face_turned`` where two detectors do not find the same face: it is upside down, or half of it is
    hidden and the mesh was laid over what is left.
    """
    near, seen = landmarks(rgb, most=4), sights_in(rgb)
    if max(len(near), len(seen)) > 1:
        raise Invalid(
            "generation.face_many",
            "more than one face was found in the picture",
            fix="crop the picture to the one person it is about",
            faces=max(len(near), len(seen)),
        )
    if not near and seen:
        left, top, right, bottom = surroundings(seen[0].box, rgb.shape[1], rgb.shape[0])
        corner = np.array([left, top, 0.0])
        near = [mesh + corner for mesh in landmarks(rgb[top:bottom, left:right])]
    _refuse_upside_down(rgb, seen)
    if not near:
        raise Invalid(
            "generation.face_none",
            "a face was found, but not its eyes, nose and mouth" if seen else "no face was found in the picture",
            fix="send a portrait with one face, looking at the camera, in even light",
        )
    if seen and apart(near[0], looked_at_closely(rgb, seen[0]).points) > MAX_APART:
        raise _turned(yaw=round(nose_deg(near[0])))
    return near[0]


def _refuse_upside_down(rgb: NDArray[np.uint8], seen: list[Sight]) -> None:
    """The mesh is found in a picture that stands on its head as well, with the mouth on the brow."""
    if not seen and len(sights_in(np.ascontiguousarray(rgb[::-1, ::-1]))) == 1:
        raise Invalid(
            "generation.face_turned",
            "the picture stands on its head",
            fix="turn the picture upright and send it again",
            roll=180,
        )


def _turned(**degrees: int) -> Invalid:
    return Invalid(
        "generation.face_turned",
        "the face is turned too far from the camera",
        fix="send a picture looking straight at the camera",
        **degrees,
    )


def _refuse_pose(report: FaceReport) -> None:
    if report.face_px < MIN_FACE_PX:
        raise Invalid(
            "generation.face_too_small",
            f"the face is {report.face_px:.0f} pixels tall",
            fix=f"send a picture in which the face is at least {MIN_FACE_PX} pixels from brow to chin",
            face_px=round(report.face_px),
            limit=MIN_FACE_PX,
        )
    turned = (
        abs(report.yaw_deg) > MAX_YAW_DEG or abs(report.nose_deg) > MAX_NOSE_DEG,
        abs(report.pitch_deg) > MAX_PITCH_DEG,
        abs(report.roll_deg) > MAX_ROLL_DEG,
    )
    if any(turned):
        raise _turned(
            yaw=round(report.nose_deg if abs(report.nose_deg) > abs(report.yaw_deg) else report.yaw_deg),
            pitch=round(report.pitch_deg),
            roll=round(report.roll_deg),
        )


def _refuse_light(report: FaceReport, light: face_light.FaceLight) -> None:
    if report.sharpness < MIN_SHARPNESS:
        raise Invalid(
            "generation.face_blurred",
            "the face is too blurred",
            fix="send a sharp picture: steady camera, the eyes in focus, not enlarged from a small one",
            sharpness=round(report.sharpness, 3),
            limit=MIN_SHARPNESS,
        )
    if light.under_eye < MIN_UNDER_EYE or light.eye_contrast < MIN_EYE_CONTRAST:
        raise Invalid(
            "generation.face_eyes_hidden",
            "both eyes must be visible",
            fix="send a picture without dark glasses and with nothing before the eyes",
        )
    if report.eyes_open < MIN_EYES_OPEN:
        raise Invalid(
            "generation.face_eyes_closed",
            "both eyes must be open",
            fix="send a picture with open eyes",
            eyes_open=round(report.eyes_open, 2),
        )
    plain = light.lip_colour < MIN_LIP_COLOUR and light.lip_light < MIN_LIP_LIGHT
    if plain and (not light.grey or light.seam < MIN_SEAM):
        raise Invalid(
            "generation.face_mouth_hidden",
            "the mouth is covered",
            fix="send a picture in which nothing covers the mouth: no hand, mask or microphone",
        )
    if report.mouth_open > MAX_MOUTH_OPEN:
        raise Invalid(
            "generation.face_mouth_open",
            "the mouth is wide open",
            fix="send a picture with the mouth closed or with a smile",
            mouth_open=round(report.mouth_open, 2),
        )
