"""Two takes side by side: what differs is seen, what does not is dark."""

import io

import av
import cv2
import numpy as np
import pytest

from generation_service.client.compare import Side, compare_film, compare_picture
from generation_service.film.codec import Format
from generation_service.film.label import find_label, make_label
from infra.kernel.errors import Invalid
from tests.generation_service.film.material import WIDTH, take


def side(luma: int, frames: int = 20, says: str = "take") -> Side:
    return Side.read(take(frames, luma), 24, says)


def columns(png: bytes) -> list[np.ndarray]:
    """The three columns of the picture, below the heading."""
    seen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    body = seen[44:, 8:-8].astype(np.float32)
    third = body.shape[1] // 3
    return [body[:, n * third : (n + 1) * third] for n in range(3)]


def test_a_side_is_read_from_its_file() -> None:
    assert (side(90).frames, side(90).form) == (20, Format(WIDTH, 180, 24))
    with pytest.raises(Invalid, match="take_broken"):
        Side.read(b"nothing", 24, "")


def test_what_differs_is_bright_and_what_does_not_is_dark() -> None:
    same, other = compare_picture(side(90), side(90)), compare_picture(side(90), side(150))
    assert columns(same)[2].mean() < 20
    assert columns(other)[2].mean() > 90
    assert abs(columns(other)[0].mean() - columns(same)[0].mean()) < 3
    assert columns(other)[1].mean() > columns(other)[0].mean() + 40


def test_takes_of_other_length_and_size_are_compared_too() -> None:
    small = Side.read(take(12, 120, 160, 90), 24, "small")
    assert len(columns(compare_picture(side(90, 30), small))) == 3


def test_a_film_of_both_carries_the_label_and_is_as_long_as_the_longer() -> None:
    left, right = (Side.read(take(frames, luma, 640, 360), 24, "") for frames, luma in ((20, 60), (26, 160)))
    with av.open(io.BytesIO(compare_film(left, right))) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (640, 180)
        frames = [frame.to_ndarray(format="gray8") for frame in container.decode(video=0)]
    assert len(frames) == 26
    last = frames[-1].astype(np.float32)
    assert last[:30, :310].mean() + 60 < last[:30, 330:].mean()
    assert find_label(make_label("Made with AI", 640, 180), frames[5])
