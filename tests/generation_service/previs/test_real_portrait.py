"""The photo of a real person, animated: eyes and mouth do what they are told, and all else stays a photo."""

from typing import Any

import cv2
import numpy as np
import pytest

from generation_service.client.face_check import landmarks
from generation_service.previs.portrait import glasses
from generation_service.previs.portrait.basis import NAMES
from generation_service.previs.portrait.head import TalkingHead
from tests.generation_service.photos import hopper, mesh

Image = np.ndarray[Any, np.dtype[np.uint8]]


@pytest.fixture(scope="module")
def head() -> TalkingHead:
    return TalkingHead(np.dstack([hopper(), np.full(hopper().shape[:2], 255, np.uint8)]), mesh())


def shown(head: TalkingHead, lids: float = 0.0, **shares: float) -> Image:
    weights = np.zeros(len(NAMES), np.float32)
    for name, share in shares.items():
        weights[NAMES.index(name)] = share
    head.pose(weights, lids, np.zeros(2, np.float32))
    return np.ascontiguousarray(head.canvas[..., :3])


def lips_apart(picture: Image) -> float:
    m = landmarks(picture)[0][:, :2]
    return float(np.linalg.norm(m[13] - m[14]) / np.linalg.norm(m[61] - m[291]))


def lightest_eye(picture: Image) -> float:
    """How dark the darkest part of the eyes is: a pupil, or a lid."""
    m = mesh()[:, :2].astype(int)
    eyes = [picture[m[y0, 1] : m[y1, 1] + 1, m[x0, 0] : m[x1, 0]] for x0, x1, y0, y1 in ((33, 133, 159, 145),
            (362, 263, 386, 374))]  # fmt: skip
    return float(min(np.percentile(eye.mean(axis=2), 8) for eye in eyes))


def test_the_jaw_opens_the_lips_step_by_step(head: TalkingHead) -> None:
    apart = [lips_apart(shown(head, jaw=jaw)) for jaw in (0.0, 0.35, 0.7)]
    assert apart[0] < 0.04
    assert apart[0] + 0.05 < apart[1] < apart[2] - 0.05


def test_teeth_are_light_in_a_wide_mouth_and_lips_are_shut_at_rest(head: TalkingHead) -> None:
    x0, y0 = mesh()[78, :2].astype(int)
    x1, _ = mesh()[308, :2].astype(int)
    open_mouth = shown(head, jaw=0.4, wide=0.6)[y0 - 6 : y0 + 16, x0 + 6 : x1 - 6].mean(axis=2)
    at_rest = shown(head)[y0 - 6 : y0 + 16, x0 + 6 : x1 - 6].mean(axis=2)
    assert (open_mouth > 130).mean() > (at_rest > 130).mean()
    assert float(np.abs(at_rest - hopper()[y0 - 6 : y0 + 16, x0 + 6 : x1 - 6].mean(axis=2)).mean()) < 6


def test_a_blink_behind_glasses_hides_the_pupils_and_leaves_the_rims(head: TalkingHead) -> None:
    awake, blinking = shown(head), shown(head, lids=1.0)
    assert lightest_eye(blinking) > lightest_eye(awake) + 25
    moved = np.abs(awake.astype(int) - blinking).max(axis=2) > 12
    box = mesh()[[33, 133, 362, 263, 159, 145, 386, 374], :2]
    high = float(np.ptp(box[:, 1]))
    rows = np.flatnonzero(moved.any(axis=1))
    assert box[:, 1].min() - 1.6 * high < rows.min()
    assert rows.max() < box[:, 1].max() + 1.6 * high


def test_no_seam_and_nothing_far_from_the_face_moves(head: TalkingHead) -> None:
    rest, speaking = shown(head).astype(int), shown(head, jaw=0.6, brow_up=0.6).astype(int)
    left, top = (mesh()[:468, :2].min(axis=0) - 60).astype(int)
    right, bottom = (mesh()[:468, :2].max(axis=0) + 60).astype(int)
    outside = np.ones(rest.shape[:2], bool)
    outside[max(0, top) : bottom, max(0, left) : right] = False
    assert np.array_equal(rest[outside], speaking[outside])
    edges = [float(np.percentile(np.abs(np.diff(p.mean(axis=2), axis=0)), 99.9)) for p in (rest, speaking)]
    assert edges[1] < 1.15 * edges[0]  # no line anywhere that the photo does not have


def test_glasses_are_seen_and_do_not_bend_with_the_brows(head: TalkingHead, ana: Image) -> None:
    assert glasses.worn(hopper(), mesh())
    small = np.asarray(cv2.resize(ana, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    assert not glasses.worn(small, landmarks(small)[0])
    rest = landmarks(shown(head))[0][:, 1]
    knit = landmarks(shown(head, brow_in=1.0))[0][:, 1]
    face = float(np.ptp(mesh()[:, 1]))
    assert float(np.abs(knit - rest)[[55, 285, 107, 336]].max()) < 0.02 * face
