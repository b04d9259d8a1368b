"""A take is a real H.264 file: exact frames, exact rate, label, determinism, and a stop that stops."""

import hashlib
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from generation_service.backends import open_backend
from generation_service.contract.shots import Shot
from generation_service.previs.backend import PrevisBackend
from generation_service.previs.stage import Stage
from infra.kernel.errors import Denied, Invalid

Image = np.ndarray[Any, np.dtype[np.uint8]]


def nothing() -> None:
    return None


def ignore(_: float) -> None:
    return None


def decode(data: bytes | Path) -> tuple[list[Image], Any]:
    with av.open(io.BytesIO(data) if isinstance(data, bytes) else str(data)) as container:
        stream = container.streams.video[0]
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return frames, (stream.average_rate, stream.codec_context.name, len(container.streams))


def render(shot: Shot, **more: Any) -> bytes:
    out = io.BytesIO()
    PrevisBackend().render(
        shot,
        faces=more.pop("faces", {}),
        out=out,
        check=more.pop("check", nothing),
        progress=more.pop("progress", ignore),
    )
    return out.getvalue()


@pytest.mark.parametrize(("frames", "fps"), [(1, 24), (13, 25)])
def test_a_take_has_exactly_its_frames_at_its_rate(
    make_shot: Callable[..., Shot], tmp_path: Path, frames: int, fps: int
) -> None:
    path = tmp_path / "take.mp4"
    take = PrevisBackend().render(make_shot(frames=frames, fps=fps), faces={}, out=path, check=nothing, progress=ignore)
    pictures, (rate, codec, streams) = decode(path)
    assert (len(pictures), rate, codec, streams) == (frames, Fraction(fps), "h264", 1)
    assert pictures[0].shape == (270, 480, 3)
    assert (take.frames, take.fps, take.width, take.height) == (frames, Fraction(fps), 480, 270)


def test_the_digest_is_that_of_the_file_and_two_renderings_agree(
    make_shot: Callable[..., Shot], tmp_path: Path
) -> None:
    shot = make_shot("EXT. STREET - NIGHT, RAIN", camera="handheld")
    first = PrevisBackend().render(shot, faces={}, out=tmp_path / "a.mp4", check=nothing, progress=ignore)
    second = PrevisBackend().render(shot, faces={}, out=tmp_path / "b.mp4", check=nothing, progress=ignore)
    assert first.sha256 == second.sha256 == hashlib.sha256((tmp_path / "a.mp4").read_bytes()).hexdigest()
    other = PrevisBackend().render(
        shot.model_copy(update={"seed": 9}), faces={}, out=tmp_path / "c.mp4", check=nothing, progress=ignore
    )
    assert other.sha256 != first.sha256


def test_the_guard_is_read_at_least_every_four_frames_and_its_error_comes_out(make_shot: Callable[..., Shot]) -> None:
    seen: list[float] = []
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1

    render(make_shot(frames=24), check=check, progress=seen.append)
    assert calls >= 24 / 4
    assert seen == sorted(seen)
    assert seen[-1] == 1.0

    left = 4

    def stop() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Denied("consent.withdrawn", "the grant was withdrawn")

    seen.clear()
    with pytest.raises(Denied, match="withdrawn"):
        render(make_shot(frames=24), check=stop, progress=seen.append)
    assert max(seen, default=0.0) < 0.5


def test_a_stopped_render_leaves_no_file(make_shot: Callable[..., Shot], tmp_path: Path) -> None:
    calls = 0

    def stop() -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise Denied("consent.paused", "paused")

    with pytest.raises(Denied):
        PrevisBackend().render(make_shot(frames=24), faces={}, out=tmp_path / "no.mp4", check=stop, progress=ignore)
    assert not (tmp_path / "no.mp4").exists()


def test_the_label_is_large_and_stays_two_seconds(make_shot: Callable[..., Shot]) -> None:
    shot = make_shot(frames=76, label="AI generated", spoken=False, width=320, height=180)
    labelled, _ = decode(render(shot))
    bare, _ = decode(render(shot.model_copy(update={"label": None})))

    def bright_rows(index: int) -> int:
        gained = labelled[index].astype(int).mean(axis=2) - bare[index].astype(int).mean(axis=2)
        return int(((gained > 60).sum(axis=1) > 2).sum())

    for index in (0, 24, 47):
        assert bright_rows(index) >= 0.05 * 180, f"no label in frame {index}"
    assert bright_rows(75) == 0


def test_a_face_that_was_not_handed_over_is_never_replaced(make_shot: Callable[..., Shot]) -> None:
    with pytest.raises(Invalid) as error:
        render(make_shot(face="ab" * 32))
    assert error.value.code == "generation.face_missing"


def test_an_unknown_stock_character_names_the_known_ones(make_shot: Callable[..., Shot]) -> None:
    with pytest.raises(Invalid) as error:
        render(make_shot(stock="nobody"))
    assert error.value.code == "generation.stock_unknown"
    assert "mara" in str(error.value.fix)


@pytest.mark.parametrize("camera", ["push-in", "pull-out", "pan-left", "pan-right", "tilt-up", "tilt-down", "handheld"])
def test_moves_move_the_picture_and_static_does_not(make_shot: Callable[..., Shot], camera: str) -> None:
    def travel(move: str) -> float:
        stage = Stage(
            make_shot("INT. LIBRARY - DAY", size="WS", camera=move, characters=(), speaker=None, lines=(), frames=48),
            {},
        )
        return float(np.abs(stage.picture(0).astype(int) - stage.picture(47).astype(int)).mean())

    assert travel(camera) > 4 * travel("static") + 1.0


def test_the_backend_opens_by_name_and_says_what_it_can() -> None:
    can = open_backend("previs").capabilities
    assert (can.native_sound, can.references, can.needs_gpu) == (False, ("face.image",), False)
    with pytest.raises(Invalid) as error:
        open_backend("dreams")
    assert error.value.code == "generation.backend_unknown"
