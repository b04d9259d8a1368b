"""A film that changed in one shot copies the others, and looks as if all of it had been encoded."""

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
import pytest

from generation_service.film.codec import cut_piece, decode_piece, encode_piece, key_pictures, parameter_sets
from generation_service.film.mux import Piece, Recipe, mux, parts_of
from generation_service.film.stills import spread
from generation_service.film.transitions import entering
from generation_service.previs.encode import Encoder
from infra.kernel.errors import Internal
from tests.generation_service.film.material import FPS, HEIGHT, WIDTH, take, track

RECIPE = Recipe(WIDTH, HEIGHT, FPS, "Made with AI", {})
PIECES = [
    Piece(take(80, 60), 80, "fade"), Piece(take(40, 140), 40), Piece(take(50, 90), 50, "dissolve"),
    Piece(take(36, 160), 36, "wipe"), Piece(take(40, 70), 40, "match"), Piece(take(30, 120), 30, "fade"),
]  # fmt: skip
FRAMES = 276


class Shelf:
    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.shots: list[int] = []

    def find(self, name: str, shot: int) -> bytes | None:
        return self.held.get(name)

    def keep(self, name: str, data: bytes, shot: int) -> None:
        self.held[name] = data
        self.shots.append(shot)


def lumas(path: Path) -> list[float]:
    """Mean luma of the upper half of every picture."""
    with av.open(str(path), "r") as container:
        return [float(frame.to_ndarray(format="gray8")[: HEIGHT // 2].mean()) for frame in container.decode(video=0)]


def fitting(pieces: Sequence[Piece]) -> bytes:
    return track(sum(piece.frames for piece in pieces) / FPS)


def joined(pieces: Sequence[Piece], path: Path, shelf: Shelf | None = None) -> int:
    return mux(pieces, fitting(pieces), RECIPE, path, lambda: None, shelf=shelf)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Shelf, int]:
    shelf, path = Shelf(), tmp_path_factory.mktemp("first") / "film.mp4"
    return path, shelf, joined(PIECES, path, shelf)


def test_every_frame_is_in_one_part_and_nothing_is_cut_short() -> None:
    parts = list(parts_of(PIECES, 72))
    assert sum(part.frames for part in parts) == FRAMES
    for shot, piece in enumerate(PIECES):
        own = [part for part in parts if part.shot == shot]
        assert [own[0].first, *[part.stop for part in own]] == [0, *[p.first for p in own[1:]], piece.frames]
        assert all(part.frames >= 12 for part in own if len(own) > 1)
    assert [part.labelled for part in parts if part.labelled] == [72]


def test_the_joined_film_decodes_to_every_frame_in_order(first: tuple[Path, Shelf, int]) -> None:
    path, _, encoded = first
    assert encoded == FRAMES
    seen = lumas(path)
    assert len(seen) == FRAMES
    starts = np.cumsum([0, *(piece.frames for piece in PIECES)])
    for number, luma in ((1, 140), (2, 90), (3, 160), (4, 70)):
        middle = seen[starts[number] + PIECES[number].frames // 2]
        assert abs(middle - (luma - 16) * 255 / 219) < 14, (number, middle)
    with av.open(str(path), "r") as container:
        stamps = [packet.dts for packet in container.demux(video=0) if packet.dts is not None]
        assert stamps == sorted(set(stamps))
        assert container.streams.video[0].average_rate == FPS


@pytest.mark.parametrize("short", [1, 2, 3])
def test_the_label_may_end_a_few_frames_into_a_shot(short: int, tmp_path: Path) -> None:
    pieces = [Piece(take(72 - short, 60), 72 - short), Piece(take(40, 140), 40)]
    assert [part.frames for part in parts_of(pieces, 72)][:2] == [72 - short, short]
    path = tmp_path / "film.mp4"
    mux(pieces, fitting(pieces), RECIPE, path, lambda: None)
    seen = lumas(path)
    assert len(seen) == 112 - short
    assert max(seen[: 72 - short]) < min(seen[72 - short : 72 - short + 20])  # each picture on its own side of the cut


def test_an_edit_of_one_shot_encodes_that_shot(first: tuple[Path, Shelf, int], tmp_path: Path) -> None:
    _, shelf, _ = first
    again = joined(PIECES, tmp_path / "same.mp4", shelf)
    assert again == 0
    edited = [*PIECES[:1], Piece(take(44, 150), 44), *PIECES[2:]]
    encoded = joined(edited, tmp_path / "edited.mp4", shelf)
    assert encoded == 44 + 12  # the shot, and the dissolve out of it
    assert len(lumas(tmp_path / "edited.mp4")) == FRAMES + 4
    assert joined(edited, tmp_path / "whole.mp4") == FRAMES + 4
    assert lumas(tmp_path / "edited.mp4") == lumas(tmp_path / "whole.mp4")


@lru_cache
def rendered(frames: int, luma: int, keys: tuple[int, ...] | None = None) -> bytes:
    """A take as the painter encodes it, with key pictures where a transition may end."""
    out = io.BytesIO()
    pictures = decode_piece(take(frames, luma), frames, RECIPE.form)
    wanted = key_pictures(frames) if keys is None else keys
    with Encoder(out, width=WIDTH, height=HEIGHT, fps=FPS, keys=wanted) as encoder:
        for picture in pictures:
            encoder.put(picture)
    return out.getvalue()


def test_what_nothing_touches_goes_into_the_film_as_it_was_rendered(tmp_path: Path) -> None:
    shots = [(80, 60, "fade"), (90, 140, "cut"), (60, 90, "dissolve"), (50, 160, "cut")]
    pieces = [Piece(rendered(frames, luma), frames, transition) for frames, luma, transition in shots]
    path = tmp_path / "film.mp4"
    assert joined(pieces, path) == 80 + 12 + 12  # the label's shot, the dissolve, the end that goes to black
    with av.open(str(path), "r") as container:
        film = [frame.to_ndarray(format="yuv420p") for frame in container.decode(video=0)]
    assert len(film) == 280
    starts = np.cumsum([0, 80, 90, 60])
    for number, untouched in ((1, range(90)), (2, range(12, 60)), (3, range(38))):
        own = list(decode_piece(pieces[number].data(), pieces[number].frames, RECIPE.form))
        assert all(np.array_equal(film[starts[number] + at], own[at]) for at in untouched), number


def test_a_cut_without_key_pictures_is_encoded_again(tmp_path: Path) -> None:
    pieces = [Piece(rendered(80, 60), 80), Piece(rendered(90, 140, ()), 90, "dissolve")]
    assert joined(pieces, tmp_path / "film.mp4") == 80 + 90


def test_what_can_be_cut_out_of_a_take() -> None:
    own = rendered(90, 140)
    whole = list(decode_piece(own, 90, RECIPE.form))
    for cut in (slice(0, 90), slice(12, 78), slice(12, 90), slice(78, 90)):
        found = cut_piece(own, 90, cut, RECIPE.form)
        assert found is not None
        assert parameter_sets(found) == parameter_sets(own) == parameter_sets(encode_piece(whole[:20], RECIPE.form))
        assert np.array_equal(list(decode_piece(found, cut.stop - cut.start, RECIPE.form)), whole[cut])
    other = replace(RECIPE.form, width=WIDTH // 2)
    form, whole_cut = RECIPE.form, slice(0, 90)
    refused = [
        (own, 91, whole_cut, form), (own, 90, slice(13, 90), form), (own, 90, slice(0, 70), form),
        (own, 90, slice(12, 95), form), (own, 90, whole_cut, other), (b"no film", 90, whole_cut, form),
    ]  # fmt: skip
    assert [cut_piece(*one) for one in refused] == [None] * len(refused)


def test_the_same_pictures_give_the_same_bytes() -> None:
    form, rng = RECIPE.form, np.random.default_rng(3)
    before = list(decode_piece(take(50, 90), 50, form))[-1]
    coming = list(decode_piece(take(36, 160), 36, form))[:12]
    pictures = [entering("wipe", at, picture, before) for at, picture in enumerate(coming)]
    once, clutter = encode_piece(pictures, form), []
    for _ in range(16):  # what lies in memory from before is another each time
        clutter.append(rng.integers(0, 255, rng.integers(1000, 300_000), dtype=np.uint8))
        assert encode_piece(pictures, form) == once


def test_a_part_that_shows_two_shots_goes_with_either(tmp_path: Path) -> None:
    shelf = Shelf()
    joined(PIECES[1:3], tmp_path / "film.mp4", shelf)
    assert shelf.shots.count(0) == 1 + 1  # its own part, and the dissolve that shows it


def test_a_wipe_comes_from_the_left_and_leaves_nothing_behind(first: tuple[Path, Shelf, int]) -> None:
    before = np.full((HEIGHT * 3 // 2, WIDTH), 40, np.uint8)
    after = np.full_like(before, 200)
    half = entering("wipe", 6, after, before)
    assert half[10, 2] == half[HEIGHT, 2] == 200
    assert half[10, -2] == 40
    widths = [int((entering("wipe", at, after, before)[10] > 120).sum()) for at in range(12)]
    assert widths == sorted(widths)
    assert widths[0] < WIDTH * 0.15
    assert widths[-1] > WIDTH * 0.85
    seen = lumas(first[0])[170:184]
    assert seen[0] < seen[6] < seen[12]


def test_a_match_changes_nothing() -> None:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 90, np.uint8)
    assert entering("match", 0, picture, picture + 50) is picture


def test_the_guard_is_read_for_every_part_that_is_copied(first: tuple[Path, Shelf, int], tmp_path: Path) -> None:
    reads = 0

    def check() -> None:
        nonlocal reads
        reads += 1
        if reads == 3:
            raise Internal("test.stop", "stop")

    with pytest.raises(Internal, match=r"test\.stop"):
        mux(PIECES, fitting(PIECES), RECIPE, tmp_path / "film.mp4", check, shelf=first[1])


def test_a_sheet_is_spread_over_the_film() -> None:
    assert spread(3, 24) == [0, 1, 2]
    assert len(spread(120, 24)) == 24
    assert (spread(120, 24)[0], spread(120, 24)[-1]) == (0, 119)
