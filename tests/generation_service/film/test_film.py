"""The finished file, opened again by software that did not make it: length, sound, label, tags, signature."""

import io
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import c2pa
import numpy as np
import pyloudnorm
import pytest

from generation_service.film.checks import Expected, Memory, find_cuts, read_aigc, verify_film
from generation_service.film.credentials import Claim, Identity, load_identity, read_credential, sign_film
from generation_service.film.ears import Listening, hear
from generation_service.film.fusion.measure import Witness
from generation_service.film.label import draw_label, find_label, make_label
from generation_service.film.mux import Piece, Recipe, aigc_tag, mux
from infra.kernel.errors import Internal, Invalid
from tests.generation_service.film.material import FPS, HEIGHT, WIDTH, coded, take, tone, track

NOW = datetime.now(UTC)
TAG = aigc_tag(production="prd_1", output="out_1")
RECIPE = Recipe(WIDTH, HEIGHT, FPS, "Made with AI", {"title": "Tiny", "AIGC": TAG})
PIECES = (Piece(take(49, 60), 49, "fade"), Piece(take(30, 140), 30), Piece(take(26, 90), 26, "dissolve"))
FRAMES = 105
SECONDS = FRAMES / FPS


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return load_identity(tmp_path_factory.mktemp("c2pa") / "c2pa", NOW)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    mux(PIECES, track(SECONDS), RECIPE, path, lambda: None)
    return path.read_bytes()


@pytest.fixture
def film(raw: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(raw)
    return path


def claim() -> Claim:
    consent = {"grants": ["grt_1"], "ledger_index": 7, "checkpoint": "note"}
    return Claim("Tiny", NOW, consent, [("shot 1", PIECES[0].mp4), ("shot 2", PIECES[1].mp4)])


def loudness(seconds: float) -> float:
    return float(pyloudnorm.Meter(48_000).integrated_loudness(tone(seconds).astype(np.float64)))


def expected(**changes: object) -> Expected:
    basis = Expected(
        frames=FRAMES,
        fps=FPS,
        width=WIDTH,
        height=HEIGHT,
        label="Made with AI",
        loudness_lufs=loudness(SECONDS),
        cuts=(49,),
        produce_id="prd_1",
    )
    return replace(basis, **changes)  # type: ignore[arg-type]


def test_frames_and_sound_are_exactly_as_long(film: Path) -> None:
    with av.open(str(film), "r") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.average_rate == Fraction(FPS)
        assert Fraction(video.duration or 0) * Fraction(video.time_base or 0) == Fraction(FRAMES, FPS)
        assert Fraction(audio.duration or 0) * Fraction(audio.time_base or 0) == Fraction(FRAMES, FPS)
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert sum(1 for _ in container.decode(video=0)) == FRAMES


def test_the_packets_of_the_track_are_copied_as_they_are(film: Path) -> None:
    with av.open(str(film), "r") as container, av.open(io.BytesIO(track(SECONDS)), "r") as source:
        there, given = ([(p.pts, p.duration, bytes(p)) for p in one.demux(audio=0)] for one in (container, source))
    assert there == given


def test_the_tag_lies_in_the_movie_header(film: Path) -> None:
    assert read_aigc(film) == json.loads(TAG)
    assert read_aigc(film)["ProduceID"] == "prd_1"
    data = film.read_bytes()
    header = data[data.index(b"moov") : data.index(b"mdat")]  # faststart: the header comes first
    assert b"udta" in header
    assert b"AIGC" in header


def test_transitions_start_in_black_blend_and_end_in_black(film: Path) -> None:
    with av.open(str(film), "r") as container:
        luma = [float(frame.to_ndarray(format="gray8")[:90].mean()) for frame in container.decode(video=0)]
    assert luma[0] < 25 < 50 < luma[20]
    assert luma[50] > luma[47] + 50  # the hard cut
    steps = np.diff(luma[78:92])
    assert (steps < 0).all()  # the dissolve: from 140 to 90 in steps
    assert np.abs(steps).max() < 12
    assert luma[-1] < 20


def test_a_signed_film_reads_back_as_trusted(film: Path, identity: Identity) -> None:
    sign_film(film, identity, claim())
    found = read_credential(film, identity)
    assert found["state"] == "Trusted"
    assert found["actions"][0]["action"] == "c2pa.created"
    assert found["actions"][0]["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert found["consent"] == {"grants": ["grt_1"], "ledger_index": 7, "checkpoint": "note"}
    assert found["ingredients"] == 2
    assert read_aigc(film)["Label"] == "1"
    measured, errors = verify_film(film, expected(), identity)
    assert errors == []
    assert (measured["frames"], measured["cuts"], measured["c2pa"]) == (FRAMES, 1, "Trusted")
    assert measured["watermark"] == "none"
    assert measured["sync_ms"] == 0.0
    assert measured["label_seconds"] >= 2


def test_a_changed_byte_breaks_the_credential(film: Path, identity: Identity) -> None:
    sign_film(film, identity, claim())
    data = bytearray(film.read_bytes())
    data[len(data) - 2000] ^= 1
    film.write_bytes(bytes(data))
    assert read_credential(film, identity)["state"] == "Invalid"
    assert any("content credential" in error for error in verify_film(film, expected(), identity)[1])


def test_another_authority_is_not_trusted(film: Path, identity: Identity, tmp_path: Path) -> None:
    sign_film(film, identity, claim())
    stranger = load_identity(tmp_path / "other", NOW)
    assert read_credential(film, stranger)["state"] != "Trusted"


def test_an_unsigned_film_has_no_credential(film: Path, identity: Identity) -> None:
    with pytest.raises(c2pa.C2paError):
        read_credential(film, identity)
    assert "content credential is none" in verify_film(film, expected(), identity)[1]


def test_a_failed_signing_leaves_the_film_as_it_was(film: Path, identity: Identity) -> None:
    before = film.read_bytes()
    with pytest.raises(Internal, match="not_signed"):
        sign_film(film, Identity(identity.chain, "no key", identity.authority), claim())
    assert film.read_bytes() == before
    assert [path.name for path in film.parent.iterdir()] == ["film.mp4"]


def test_the_identity_is_made_once_and_kept_private(tmp_path: Path) -> None:
    folder = tmp_path / "c2pa"
    assert load_identity(folder, NOW) == load_identity(folder, NOW)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_leaf_has_the_extensions_c2pa_asks_for(identity: Identity) -> None:
    text = subprocess.run(
        ["openssl", "x509", "-noout", "-text"], input=identity.chain, capture_output=True, text=True, check=True
    ).stdout
    for wanted in ("CA:FALSE", "Digital Signature", "E-mail Protection", "Subject Key Identifier", "Authority Key"):
        assert wanted in text


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"frames": 104}, "105 frames instead of 104"),
        ({"fps": 25}, "frame rate 24 instead of 25"),
        ({"cuts": (49, 60)}, "1 of 2 cuts"),
        ({"loudness_lufs": -30.0}, "LU off the mix"),
        ({"label": "Something else"}, "the label shows for 0.0 s"),
        ({"produce_id": "prd_2"}, "no AIGC label"),
        ({"width": 640, "height": 360}, "picture size"),
    ],
)
def test_each_check_can_fail(film: Path, identity: Identity, change: dict[str, object], error: str) -> None:
    sign_film(film, identity, claim())
    errors = verify_film(film, expected(**change), identity)[1]
    assert any(error in found for found in errors), errors


@pytest.mark.parametrize(
    ("piece", "detail"),
    [
        (Piece(PIECES[0].mp4, 50), "49 frames instead of 50"),
        (Piece(PIECES[0].mp4, 48), "49 frames instead of 48"),
        (Piece(b"no film at all", 10), "does not decode"),
        (Piece(take(10, 90, 160, 90), 10), "another picture size"),
    ],
)
def test_a_take_that_is_not_what_it_should_be(piece: Piece, detail: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=detail):
        mux([piece], track(piece.frames / FPS), RECIPE, tmp_path / "film.mp4", lambda: None)


@pytest.mark.parametrize(
    ("sound", "detail"),
    [
        (track(SECONDS - 0.01), "4.3650 s long instead of 4.3750"),
        (track(SECONDS + 1), "5.3750 s long instead of 4.3750"),
        (take(105), "not one stream of sound"),
        (b"RIFF of an older mixer", "does not open"),
    ],
)
def test_a_track_that_is_not_what_it_should_be(sound: bytes, detail: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"track_broken.*" + detail):
        mux(PIECES, sound, RECIPE, tmp_path / "film.mp4", lambda: None)


def test_a_track_in_another_coding(tmp_path: Path) -> None:
    data = io.BytesIO()
    with av.open(data, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100, layout="stereo")
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(Invalid, match="aac at 44100 Hz, not AAC at 48000 Hz"):
        mux(PIECES, data.getvalue(), RECIPE, tmp_path / "film.mp4", lambda: None)


def test_the_guard_is_read_for_every_frame(tmp_path: Path) -> None:
    reads = 0

    def check() -> None:
        nonlocal reads
        reads += 1
        if reads > 40:
            raise Internal("test.stop", "stop")

    with pytest.raises(Internal, match=r"test\.stop"):
        mux(PIECES, track(SECONDS), RECIPE, tmp_path / "film.mp4", check)
    assert reads == 41


@pytest.mark.parametrize(("width", "height"), [(320, 180), (1280, 720), (720, 1280), (1920, 1080)])
def test_the_label_is_big_enough_and_can_be_found_on_anything(width: int, height: int) -> None:
    label = make_label("Made with AI", width, height)
    assert label.text_height >= 0.05 * min(width, height)
    noise = np.random.default_rng(1).integers(16, 235, (height * 3 // 2, width), dtype=np.uint8)
    white = np.full_like(noise, 235)
    for picture in (noise, white):
        marked = draw_label(label, picture)
        assert find_label(label, marked[:height])
        assert not find_label(label, picture[:height])
        assert (marked[: label.plate[0] - 2] == picture[: label.plate[0] - 2]).all()


def test_a_label_longer_than_the_picture_is_cut_off_not_wrapped() -> None:
    label = make_label("A very long disclosure text " * 8, 320, 180)
    assert label.plate[3] <= 320


@pytest.mark.parametrize("data", [b"", b"not a film"])
def test_what_is_no_film_fails_every_check(data: bytes, identity: Identity, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    errors = verify_film(path, expected(), identity)[1]
    assert "the film does not decode" in errors
    assert "no AIGC label" in errors


def test_cuts_are_told_from_motion() -> None:
    jumps = np.full(60, 3.0)
    jumps[20] = 30.0
    assert find_cuts(jumps, (20, 40)) == [20]
    assert find_cuts(jumps, (100,)) == []


def test_what_was_heard_in_the_track_counts_for_a_film_with_the_same_packets(film: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "track.m4a", tmp_path / "other.m4a"
    path.write_bytes(track(SECONDS))
    other.write_bytes(coded(0.5 * tone(SECONDS)))
    witness = Witness((), FPS)
    with ThreadPoolExecutor(1) as hands:
        same, quieter = (Listening.begun(one, witness, lambda: None, hands) for one in (path, other))
        no_sound = Listening.begun(Path(__file__), witness, lambda: None, hands)
    assert same is not None
    assert quieter is not None
    assert no_sound is None
    heard = hear(film, witness, lambda: None)
    assert same.of(film) == heard
    assert quieter.of(film) is None
    measured, errors = verify_film(film, expected(), load_identity(tmp_path, NOW), memory=Memory(listening=quieter))
    assert measured["loudness_lufs"] == round(heard.loudness, 2)  # it was listened to itself
    assert not [error for error in errors if "loudness" in error]
