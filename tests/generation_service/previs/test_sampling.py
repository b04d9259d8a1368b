"""Pictures over pictures: held against the plain arithmetic they stand for."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from generation_service.previs import reading, sampling, warps

Floats = NDArray[np.float32]


def sprite(rows: int, columns: int, seed: int) -> NDArray[np.uint8]:
    """A soft premultiplied picture with empty, half-covered and opaque parts and an empty rim."""
    rng = np.random.default_rng(seed)
    alpha = np.clip(cv2.resize(rng.random((6, 6)).astype(np.float32), (columns, rows)) * 3 - 0.9, 0, 1)
    alpha[:3] = alpha[-3:] = 0
    alpha[:, :3] = alpha[:, -3:] = 0
    colour = cv2.resize(rng.random((8, 8, 3)).astype(np.float32), (columns, rows)) * 255
    return np.ascontiguousarray(np.dstack([colour * alpha[..., None], alpha * 255]).astype(np.uint8))


def ground(rows: int, columns: int) -> NDArray[np.uint8]:
    """An opaque picture."""
    tone = cv2.resize(np.random.default_rng(9).random((5, 5, 4)).astype(np.float32), (columns, rows)) * 255
    return np.ascontiguousarray(tone.astype(np.uint8))


def over(below: NDArray[np.uint8], above: Floats) -> Floats:
    """Premultiplied ``above`` over ``below`` in floats."""
    return np.asarray(above[..., :3] + below[..., :3] * (1 - above[..., 3:] / 255), np.float32)


def through(picture: NDArray[np.uint8], step: NDArray[np.float64], size: tuple[int, int]) -> Floats:
    """``picture`` where the inverse matrix ``step`` (2 x 3) has it, empty around."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture.astype(np.float32), step, size, flags=flags), np.float32)


def near(made: NDArray[np.uint8], wanted: Floats, most: float = 3.0) -> None:
    """At most so many levels apart anywhere, less than half a level on average, and without a leaning."""
    apart = made[..., :3].astype(np.float32) - wanted
    assert np.abs(apart).max() <= most
    assert abs(float(apart.mean())) < 0.5
    assert np.abs(apart).mean() < 0.7


@pytest.mark.parametrize("hidden", [(0, 0), (40, 90)])
def test_a_layer_is_sampled_between_its_pixels_and_left_out_where_it_is_hidden(hidden: tuple[int, int]) -> None:
    layer, below = sprite(90, 160, 1), ground(80, 130)
    pace, u, v = 0.93, 7.3, 4.6
    wanted = over(below, through(layer, np.array([[pace, 0, u], [0, pace, v]]), (130, 80)))
    wanted[:, hidden[0] : hidden[1]] = below[:, hidden[0] : hidden[1], :3]
    down = np.floor(256 * (v + pace * np.arange(80)) + 0.5).astype(np.int64)
    rows = np.zeros(80, np.int64)
    words = sampling.words(layer)
    sampling.lay_layer(
        sampling.words(below), words, (round(u * 65536), round(pace * 65536)), down, rows, sampling.runs_of(words),
        np.tile(np.array(hidden), (80, 1)), 0,
    )  # fmt: skip
    near(below, wanted)


def test_a_layer_that_drifts_repeats_without_a_seam() -> None:
    rng = np.random.default_rng(3)
    tone = rng.integers(0, 255, (20, 64, 1)) * np.ones((1, 1, 4))
    strip = np.ascontiguousarray(np.concatenate([tone, tone[:, :2]], axis=1).astype(np.uint8))
    below, words = np.zeros((16, 150, 4), np.uint8), sampling.words(strip)
    down, none = (np.arange(16, dtype=np.int64) + 1) << 8, np.zeros((16, 2), np.int64)
    across = (-30 << 16, 1 << 16)
    sampling.lay_layer(sampling.words(below), words, across, down, none[:, 0].copy(), sampling.runs_of(words), none, 64)
    assert np.array_equal(below, strip[1:17, (np.arange(150) - 30) % 64])


def test_what_is_moved_by_parts_of_a_pixel_and_reaches_out_of_the_picture() -> None:
    for left, top in ((-20.25, -11.75), (60.5, 50.125), (10.0, 3.0)):
        cel, below = sprite(60, 90, 4), ground(80, 120)
        wanted = over(below, through(cel, np.array([[1, 0, -left], [0, 1, -top]]), (120, 80)))
        words = sampling.words(cel)
        at = (round(left * 256), round(top * 256))
        sampling.lay_moved(sampling.words(below), words, sampling.spans_of(words), at)
        near(below, wanted)


@pytest.mark.parametrize("degrees", [-14.0, 0.0, 3.0, 22.0])
def test_a_part_that_turns(degrees: float) -> None:
    part, below = sprite(70, 80, 5), ground(110, 130)
    turn = np.asarray(cv2.getRotationMatrix2D((40, 35), degrees, 1.1), np.float64)
    turn[:, 2] += np.array([24.3, 18.6])
    step = np.asarray(cv2.invertAffineTransform(turn), np.float64)
    wanted = over(below, through(part, step, (130, 110)))
    words = sampling.words(part)
    warps.lay_turned(sampling.words(below), words, sampling.spans_of(words), step.reshape(-1), 0, 110)
    near(below, wanted, most=48.0)  # a sharp edge is sampled along the row's line, not along its columns


def test_a_person_at_rest_is_laid_down_as_it_is() -> None:
    premultiplied = sprite(90, 100, 6)
    person = premultiplied.copy()
    share = np.maximum(person[..., 3:], 1) / 255
    person[..., :3] = np.clip(person[..., :3] / share, 0, 255)
    person[..., :3][person[..., 3] == 0] = 0
    below = ground(100, 140)
    alpha = np.zeros((100, 140, 1), np.float32)
    tone = np.zeros((100, 140, 3), np.float32)
    alpha[5:95, 30:130], tone[5:95, 30:130] = person[..., 3:] / 255, person[..., :3]
    wanted = np.asarray(below[..., :3] * (1 - alpha) + tone * alpha, np.float32)
    words, still = sampling.words(person), np.zeros(9)
    shares = np.zeros((90, 4), np.float32)
    affine = np.array([1.0, -30.0, 1.0, -5.0, 0.0, 100.0])
    near_, deep = np.zeros(140, np.float32), np.zeros(100, np.float32)
    warps.lay_person(sampling.words(below), words, sampling.spans_of(words), affine, still, shares, near_, deep)
    near(below, wanted)


def test_a_picture_grows_to_twice_its_size() -> None:
    small = ground(33, 47)
    out = np.empty((66, 94, 4), np.uint8)
    reading.grow(sampling.words(small), sampling.words(out))
    near(out, np.asarray(cv2.resize(small, (94, 66), interpolation=cv2.INTER_LINEAR)[..., :3], np.float32))


def test_a_colour_above_its_alpha_ends_at_white() -> None:
    below, above = np.full((1, 3, 4), 255, np.uint8), np.array([[[9, 0, 3, 2]] * 3], np.uint8)
    sampling.lay_flat(sampling.words(below), sampling.words(above), 0, 0)
    assert below[..., :3].min() >= 253
