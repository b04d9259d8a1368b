"""A finished film is looked at once: the same bytes are recalled, other bytes never are."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from generation_service.contract.jobs import Heard, TakeRef
from generation_service.contract.jobs import Seen as Person
from generation_service.film import looking
from generation_service.film.fusion.measure import Witness
from generation_service.film.fusion.witnessed import Features, Witnessed
from generation_service.film.label import make_label
from generation_service.film.looking import Looked, Scheme, Seen, Viewing, unpacked
from generation_service.film.mux import Piece, Recipe, mux
from generation_service.film.stills import Still, middles, opened
from infra.kernel.errors import Internal
from tests.generation_service.film.material import FPS, HEIGHT, WIDTH, take, track

TEXT = "Made with AI"
PIECES = [Piece(take(80, 60), 80, "fade"), Piece(take(40, 140), 40), Piece(take(50, 90), 50, "dissolve")]
TAKES = tuple(
    TakeRef(shot=f"s{n}", sha256="0" * 64, frames=one.frames, transition=one.transition)  # type: ignore[arg-type]
    for n, one in enumerate(PIECES)
)
COUNTS = [piece.frames for piece in PIECES]


@dataclass
class Shelf:
    held: dict[str, bytes] = field(default_factory=dict)
    shots: list[int] = field(default_factory=list)

    def find(self, name: str, shot: int) -> bytes | None:
        return self.held.get(name)

    def keep(self, name: str, data: bytes, shot: int) -> None:
        self.held[name] = data
        self.shots.append(shot)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The spans that were decoded: (first, frames)."""
    spans: list[tuple[int, int]] = []
    real = looking._decoded

    def counted(container: Any, span: Any, fps: int) -> Iterator[Any]:
        spans.append((span.first, span.frames))
        return real(container, span, fps)

    monkeypatch.setattr(looking, "_decoded", counted)
    return spans


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return joined(PIECES, tmp_path_factory.mktemp("film"))


def joined(pieces: list[Piece], folder: Path) -> Path:
    path = folder / "film.mp4"
    sound = track(sum(piece.frames for piece in pieces) / FPS)
    mux(pieces, sound, Recipe(WIDTH, HEIGHT, FPS, TEXT, {}), path, lambda: None)
    return path


def look(
    path: Path, shelf: Shelf, takes: tuple[TakeRef, ...] = TAKES, lay: Callable[[int, Still], None] | None = None
) -> Seen:
    counts = [(one.frames, one.transition) for one in takes]
    scheme = Scheme(FPS, make_label(TEXT, WIDTH, HEIGHT), TEXT, counts)
    return Viewing(path, scheme, Witness(takes, FPS), lambda: None, shelf, lay or (lambda _n, _s: None)).seen()


def same(one: Seen, other: Seen) -> bool:
    facts = [(seen.frames, seen.rate, seen.size, seen.labelled) for seen in (one, other)]
    return facts[0] == facts[1] and bool((one.jumps == other.jumps).all())


def test_the_same_bytes_are_looked_at_once(film: Path, decoded: list[tuple[int, int]]) -> None:
    shelf, stills, again = Shelf(), {}, {}  # type: tuple[Shelf, dict[int, Still], dict[int, Still]]
    first = look(film, shelf, lay=stills.__setitem__)
    assert decoded == [(0, 80), (80, 40), (120, 50)]
    assert (first.frames, first.labelled, len(first.jumps)) == (170, 72, 170)
    decoded.clear()
    assert same(look(film, shelf, lay=again.__setitem__), first)
    assert decoded == []
    assert again == stills
    assert list(stills) == middles(COUNTS)


def test_what_was_recalled_is_what_a_stranger_sees(film: Path) -> None:
    shelf = Shelf()
    look(film, shelf)
    assert same(look(film, shelf), look(film, Shelf()))


def test_only_the_take_that_changed_is_decoded(film: Path, tmp_path: Path, decoded: list[tuple[int, int]]) -> None:
    shelf = Shelf()
    look(film, shelf)
    decoded.clear()
    edited = joined([PIECES[0], Piece(take(40, 150), 40), PIECES[2]], tmp_path)
    seen = look(edited, shelf)
    assert decoded == [(80, 40), (120, 50)]  # the take, and the dissolve out of it
    assert same(seen, look(edited, Shelf()))


def test_one_other_bit_is_looked_at_anew(film: Path, tmp_path: Path, decoded: list[tuple[int, int]]) -> None:
    shelf = Shelf()
    look(film, shelf)
    with av.open(str(film), "r") as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    place = packets[100][0] + packets[100][1] - 3  # the end of a picture of the second take
    data = bytearray(film.read_bytes())
    data[place] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(bytes(data))
    decoded.clear()
    with suppress(av.FFmpegError):  # a decoder may refuse it: what matters is that it was asked
        look(changed, shelf)
    assert decoded == [(80, 40)]


def test_another_question_is_not_answered_from_memory(film: Path, decoded: list[tuple[int, int]]) -> None:
    shelf = Shelf()
    look(film, shelf)
    line = Heard(character="ANA", voice="v", start_s=3.5, end_s=4.6)
    asked = TAKES[1].model_copy(update={"size": "CU", "seen": (Person(name="ANA", stock="mara"),), "lines": (line,)})
    decoded.clear()
    look(film, shelf, (TAKES[0], asked, TAKES[2]))
    assert decoded == [(80, 40)]


@pytest.mark.parametrize("spoiled", ["another name", "cut short", "nothing at all"])
def test_memory_that_is_not_what_it_should_be_is_not_used(
    film: Path, decoded: list[tuple[int, int]], spoiled: str
) -> None:
    shelf = Shelf()
    first = look(film, shelf)
    names, data = list(shelf.held), list(shelf.held.values())
    if spoiled == "another name":
        shelf.held = dict(zip(names, data[1:] + data[:1], strict=True))
    else:
        shelf.held = dict.fromkeys(names, b"" if spoiled == "nothing at all" else data[0][:-40])
    decoded.clear()
    assert same(look(film, shelf), first)
    assert len(decoded) == 3


def test_what_shows_two_takes_goes_with_either(film: Path) -> None:
    shelf = Shelf()
    look(film, shelf)
    assert shelf.shots == [0, 1, 2, 1]
    shelf.shots.clear()
    look(film, shelf)
    assert shelf.shots == [1]


def test_a_film_that_is_not_made_of_these_takes_is_looked_at_whole(film: Path, decoded: list[tuple[int, int]]) -> None:
    shelf = Shelf()
    other = (TAKES[0].model_copy(update={"frames": 79}), *TAKES[1:])
    assert look(film, shelf, other).frames == 170
    assert decoded == [(0, 170)]
    assert shelf.held == {}


def test_a_still_is_the_picture_in_the_middle_with_its_label(film: Path) -> None:
    stills: dict[int, Still] = {}
    look(film, Shelf(), lay=stills.__setitem__)
    for (number, still), luma in zip(stills.items(), (60, 140, 90), strict=True):
        small = opened(still.small)
        assert small.shape == (HEIGHT, WIDTH, 3)
        assert abs(float(small[: HEIGHT // 2].mean()) - (luma - 16) * 255 / 219) < 14, number
        assert np.abs(opened(still.png).astype(int) - small)[HEIGHT // 2 :].max() > 60 or number == 40
    assert middles(COUNTS) == list(stills)


def test_what_was_witnessed_survives_its_bytes() -> None:
    face, shape, colours = np.arange(128.0), np.ones((32, 2)), np.full((2, 3), np.nan)
    witnessed = Witnessed(
        {3: [0.1, 0.2], 4: [], 5: [0.3]}, {4: Features(None, shape, colours), 5: Features(face, shape, shape)}
    )
    looked = Looked(9, 2, np.ones(8), np.zeros((2, 90, 160), np.uint8), witnessed, {4: Still(b"png", b"small")})
    back = unpacked(looked.packed("name"), "name")
    assert back is not None
    assert (back.frames, back.labelled, back.stills, back.witnessed.opened) == (9, 2, looked.stills, witnessed.opened)
    assert list(back.witnessed.posed) == [4, 5]
    assert back.witnessed.posed[4].face is None
    assert np.isnan(back.witnessed.posed[4].colours).all()
    assert (back.witnessed.posed[5].face == face).all()
    assert unpacked(looked.packed("name"), "other") is None


def test_the_guard_stops_a_look(film: Path) -> None:
    def check() -> None:
        raise Internal("test.stop", "stop")

    with pytest.raises(Internal, match=r"test\.stop"):
        Viewing(film, Scheme(FPS, make_label(TEXT, WIDTH, HEIGHT), TEXT), Witness((), FPS), check).seen()


@pytest.mark.parametrize("size", [(852, 480), (426, 240), (1280, 720)])
def test_a_picture_lies_in_one_piece_whatever_its_width(size: tuple[int, int]) -> None:
    plane = np.full((size[1] * 3 // 2, size[0]), 90, np.uint8)
    shown = looking._shown(av.VideoFrame.from_ndarray(plane, format="yuv420p"))
    assert shown.flags["C_CONTIGUOUS"]
