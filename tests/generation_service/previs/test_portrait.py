"""A portrait moves as asked, measured by a face detector that knows nothing of the rig."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from generation_service.client.face_check import landmarks
from generation_service.contract.shots import Entity, Shot
from generation_service.previs.brush import over
from generation_service.previs.cast.draw import draw_person
from generation_service.previs.cast.looks import look_of
from generation_service.previs.people import portrait_person
from generation_service.previs.portrait import topology
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.portrait.head import TalkingHead
from generation_service.previs.portrait.matte import cut_out
from generation_service.previs.stage import Stage

Image = np.ndarray[Any, np.dtype[np.uint8]]
FACE = "f" * 64
LENS = np.zeros(2, np.float32)


@pytest.fixture(scope="module")
def face(ana: Image) -> Image:
    return np.ascontiguousarray(cv2.resize(ana[60:1100, 60:960], (540, 624), interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="module")
def head(face: Image) -> TalkingHead:
    return TalkingHead(np.dstack([face, np.full(face.shape[:2], 255, np.uint8)]), landmarks(face)[0])


def weights(**shares: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    out = np.zeros(len(NAMES), np.float32)
    for name, share in shares.items():
        out[NAMES.index(name)] = share
    return out


def shown(head: TalkingHead, *, lids: float = 0.0, gaze: tuple[float, float] = (0, 0), **shares: float) -> Image:
    head.pose(weights(**shares), lids, np.array(gaze, np.float32))
    return np.ascontiguousarray(head.canvas[..., :3])


def eye_opening(picture: Image) -> float:
    m = landmarks(picture)[0][:, :2]
    pairs = (((159, 145), (33, 133)), ((386, 374), (362, 263)))
    return float(np.mean([np.linalg.norm(m[a] - m[b]) / np.linalg.norm(m[c] - m[d]) for (a, b), (c, d) in pairs]))


def lips_apart(picture: Image) -> float:
    m = landmarks(picture)[0][:, :2]
    return float(np.linalg.norm(m[13] - m[14]) / np.linalg.norm(m[61] - m[291]))


def test_lids_lower_step_by_step_and_shut(head: TalkingHead) -> None:
    openings = [eye_opening(shown(head, lids=lids)) for lids in (-0.15, 0.0, 0.5, 1.0)]
    assert openings == sorted(openings, reverse=True), openings
    assert openings[1] > 0.28
    assert openings[3] < 0.12


def test_a_shut_lid_is_skin_without_the_white_of_the_eye(head: TalkingHead, face: Image) -> None:
    mesh = landmarks(face)[0]
    shut = shown(head, lids=1.0)
    for iris, cheek in ((468, 50), (473, 280)):
        x, y = (int(v) for v in mesh[iris, :2])
        lid = np.median(shut[y - 4 : y + 1, x - 6 : x + 7].reshape(-1, 3), axis=0)
        a, b = (int(v) for v in mesh[cheek, :2])
        skin = np.median(shut[b - 5 : b + 6, a - 5 : a + 6].reshape(-1, 3), axis=0)
        assert np.abs(lid - skin).max() < 60, (lid, skin)
        assert lid[0] > lid[2] + 15, "warm like skin"


def test_eyes_look_where_they_are_sent_and_lids_go_with_them(head: TalkingHead) -> None:
    def iris(picture: Image) -> np.ndarray[Any, np.dtype[np.float64]]:
        m = landmarks(picture)[0][:, :2]
        spans = [np.linalg.norm(m[33] - m[133]), np.linalg.norm(m[362] - m[263])]
        places = [(m[468] - (m[33] + m[133]) / 2) / spans[0], (m[473] - (m[362] + m[263]) / 2) / spans[1]]
        return np.asarray(np.mean(places, axis=0))

    middle = iris(shown(head))
    assert 0.05 < iris(shown(head, gaze=(0.12, 0)))[0] - middle[0] < 0.2
    assert -0.2 < iris(shown(head, gaze=(-0.12, 0)))[0] - middle[0] < -0.05
    assert eye_opening(shown(head, gaze=(0, 0.05))) < eye_opening(shown(head)) - 0.01


def test_a_photo_with_parted_lips_closes_its_mouth_and_speaks(head: TalkingHead) -> None:
    smiling = shown(head, jaw=0.55, smile=0.5)
    assert lips_apart(smiling) > 0.12
    mesh = landmarks(smiling)[0]
    again = TalkingHead(np.dstack([smiling, np.full(smiling.shape[:2], 255, np.uint8)]), mesh)
    assert lips_apart(shown(again)) < 0.05
    assert lips_apart(shown(again, press=1.0)) < 0.05
    assert lips_apart(shown(again, jaw=0.9)) > 0.25


def test_teeth_are_bright_under_a_raised_lip_and_hidden_in_a_round_mouth(head: TalkingHead) -> None:
    def inside(**shares: float) -> float:
        picture = shown(head, lids=0.0, gaze=(0, 0), **shares)
        m = landmarks(picture)[0][:, :2].astype(int)
        return float(picture[m[13, 1] : m[14, 1] + 1, m[13, 0] - 8 : m[13, 0] + 9].max(axis=2).mean())

    assert inside(jaw=0.45, wide=0.5, upper=0.3) > inside(jaw=0.45, round=1.0) + 25


def test_brows_corners_and_turns_are_seen(head: TalkingHead) -> None:
    def measured(**shares: float) -> dict[str, float]:
        m = landmarks(shown(head, lids=0.0, gaze=(0, 0), **shares))[0]
        tall = float(np.linalg.norm(m[152, :2] - m[10, :2]))
        corners = (m[61, 1] + m[291, 1]) / 2 - (m[13, 1] + m[14, 1]) / 2
        brow = (m[105, 1] + m[334, 1]) / 2 - (m[33, 1] + m[263, 1]) / 2
        nose = m[1, 0] - (m[234, 0] + m[454, 0]) / 2
        return {"corners": corners / tall, "brow": brow / tall, "nose": nose / tall}

    plain = measured()
    assert measured(brow_up=1.0)["brow"] < plain["brow"] - 0.012
    assert measured(smile=0.8)["corners"] < plain["corners"] - 0.008
    assert measured(frown=0.9)["corners"] > plain["corners"] + 0.006
    assert measured(yaw=0.15)["nose"] > plain["nose"] + 0.01


def test_the_face_joins_the_picture_without_a_seam(head: TalkingHead) -> None:
    rest = shown(head)
    spoken = shown(head, jaw=1.0, wide=0.5, brow_up=0.8, yaw=0.12)
    change = np.abs(spoken.astype(int) - rest).max(axis=2)
    oval = head.face.points[list(topology.OVAL)]
    centre = oval.mean(axis=0)
    outside = np.full(change.shape, 255, np.uint8)
    cv2.fillPoly(outside, [np.round(centre + (oval - centre) * 1.45).astype(np.int32)], 0)
    assert change[outside > 0].max() == 0, "nothing moves beyond the rings"
    rings = []
    for scale in (1.38, 1.26, 1.14):
        band = np.zeros(change.shape, np.uint8)
        cv2.polylines(band, [np.round(centre + (oval[7:30] - centre) * scale).astype(np.int32)], False, 255, 3)
        rings.append(float(change[band > 0].mean()))
    assert rings == sorted(rings), rings
    assert rings[0] < 2.0, "what moves fades out before the last ring"


def test_a_still_head_is_still_and_a_slow_one_does_not_shimmer(make_shot: Callable[..., Shot], ana: Image) -> None:
    stage = Stage(make_shot("INT. OFFICE - DAY", size="CU", face=FACE, spoken=False, frames=9), {FACE: ana})
    track = stage.tracks["ANA"]
    for values in (track.weights, track.blink, track.gaze):
        values[:] = 0
    track.head[:] = 0
    assert np.array_equal(stage.picture(0), stage.picture(1))
    track.head[:, 1] = np.arange(9) * 0.0012
    track.head[:, 5] = np.arange(9) * 0.004
    frames = [stage.picture(k).astype(np.float32) for k in range(9)]
    jerk = [np.abs(a - 2 * b + c).mean() for a, b, c in zip(frames, frames[1:], frames[2:], strict=False)]
    assert max(jerk) < 0.75, jerk


@pytest.mark.parametrize("heading", ["EXT. STREET - NIGHT", "EXT. FOREST - NIGHT, RAIN", "INT. ROOM - NIGHT"])
def test_a_face_at_night_can_be_read(make_shot: Callable[..., Shot], ana: Image, heading: str) -> None:
    picture = Stage(make_shot(heading, size="CU", face=FACE, spoken=False, frames=2), {FACE: ana}).picture(0)
    mesh = landmarks(picture)[0]
    patches = [
        picture[int(mesh[k, 1]) - 2 : int(mesh[k, 1]) + 3, int(mesh[k, 0]) - 2 : int(mesh[k, 0]) + 3]
        for k in (50, 4, 151)
    ]
    assert np.median([patch.mean() for patch in patches]) > 70


@pytest.mark.parametrize(("width", "height"), [(640, 360), (480, 480)])
def test_who_is_drawn_beside_a_photo_is_as_near_as_the_photo(
    make_shot: Callable[..., Shot], ana: Image, width: int, height: int
) -> None:
    shot = make_shot("INT. OFFICE - DAY", size="MS", face=FACE, spoken=False, width=width, height=height, frames=2)
    other = shot.characters[0].model_copy(update={"name": "JONAS", "stock": "jonas", "subject": None, "face": None})
    two = (Entity(name="ANA", where="left"), Entity(name="JONAS", where="right"))
    shot = shot.model_copy(update={"characters": (shot.characters[0], other), "entities": two})
    picture = Stage(shot, {FACE: ana}).picture(0)
    half = width // 2
    sides = [landmarks(np.ascontiguousarray(one))[0] for one in (picture[:, :half], picture[:, half:])]
    heights, eyes = zip(*((mesh[152, 1] - mesh[10, 1], mesh[[33, 263], 1].mean()) for mesh in sides), strict=True)
    assert 0.85 < heights[0] / heights[1] < 1.18
    assert abs(eyes[0] - eyes[1]) < 0.06 * height


def test_low_sun_models_a_face_more_than_fog(make_shot: Callable[..., Shot], ana: Image) -> None:
    def sides(heading: str) -> float:
        stage = Stage(make_shot(heading, size="CU", face=FACE, spoken=False, frames=2), {FACE: ana})
        picture = stage.picture(0)
        mesh = landmarks(picture)[0]
        left, right = (picture[int(mesh[k, 1]), int(mesh[k, 0])].astype(float).mean() for k in (50, 280))
        return float(left / right)

    assert sides("EXT. BEACH - GOLDEN HOUR") > sides("EXT. BEACH - DAY, FOG") + 0.05


def test_a_person_is_cut_from_a_loud_background_without_its_colour() -> None:
    look = look_of("rosa")
    assert look is not None
    drawn = np.asarray(cv2.resize(draw_person(look), None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA), np.uint8)
    rng = np.random.default_rng(4)
    field = cv2.resize(rng.integers(0, 60, (20, 14, 3), dtype=np.uint8), drawn.shape[1::-1]).astype(np.uint8)
    found = cut_out(over(field + np.array([20, 150, 40], np.uint8), drawn))
    true, alpha = drawn[..., 3].astype(float) / 255, found[..., 3].astype(float) / 255
    upper = slice(0, int(0.75 * len(true)))  # the lower frame edge is no edge of the person
    assert np.abs(true - alpha)[upper].mean() < 0.02
    edge = (alpha[upper] > 0.3) & (alpha[upper] < 0.95)
    green = found[upper][edge].astype(int)
    assert (green[:, 1] - np.maximum(green[:, 0], green[:, 2])).mean() < 12, "no green fringe"


def test_the_same_portrait_is_cut_once(ana: Image) -> None:
    assert portrait_person(ana)[0] is portrait_person(ana)[0]
