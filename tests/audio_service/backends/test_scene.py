"""A film's sound in blocks: stems, cuts, memory, what the codec does to peaks."""

import io
import tracemalloc
from collections.abc import Sequence

import av
import numpy as np
import pytest
import soundfile

from audio_service.backends import files
from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.coding import Coder
from audio_service.backends.espeak import Script, speak, stock_voice
from audio_service.backends.loudness import true_peak
from audio_service.backends.mix import PlacedBed, PlacedLine, Scene, Target, master, mix_down
from audio_service.backends.mixing import mix_job, scene_of
from audio_service.backends.spool import Spool
from audio_service.contract.jobs import BedCue, Cue, EffectCue, MixJob, RoomCue
from audio_service.contract.speech import Style
from audio_service.domain.ports import Mixed
from infra.kernel.errors import Invalid

JOB = MixJob(
    job="job-1", production="prd_1", decision="dec_1", seconds=9.0, stems=True,
    cues=(Cue(sha256="a" * 64, start_s=1.0, room="INT. KITCHEN - DAY", distance="medium"),
          Cue(sha256="b" * 64, start_s=1.4, pan=0.6), Cue(sha256="a" * 64, start_s=6.0, distance="far")),
    beds=(BedCue(name="rain", start_s=0, end_s=4.5, seed=1), BedCue(name="city", start_s=4.5, end_s=9, seed=2)),
    effects=(EffectCue(name="a door slams", start_s=4.4), EffectCue(name="bell", start_s=5.0, pan=-0.5)),
    rooms=(RoomCue(room="kitchen", start_s=0, end_s=4.5), RoomCue(room="street", start_s=4.5, end_s=9)),
)  # fmt: skip


@pytest.fixture(scope="module")
def takes() -> list[bytes]:
    said = [speak(Script(text, Style()), stock_voice(voice), unchecked).sound
            for text, voice in (("Did you find the letters?", "wren"), ("No. Did you?", "bram"))]  # fmt: skip
    first, second = (files.to_wav(sound, RATE) for sound in said)
    return [first, second, first]


@pytest.fixture(scope="module")
def mixed(takes: Sequence[bytes]) -> Mixed:
    return mix_job(JOB, takes, unchecked, lambda _: None)


@pytest.fixture(scope="module")
def track(takes: Sequence[bytes]) -> Sound:
    return mastered(JOB, takes)


def mastered(job: MixJob, takes: Sequence[bytes]) -> Sound:
    """The track before it is encoded."""
    blocks: list[Sound] = []
    with mix_down(scene_of(job, takes, unchecked), job.seconds, unchecked) as made:
        master(made.whole, Target(job.seconds, job.loudness_lufs, job.true_peak_dbtp), unchecked, blocks.append)
    return np.concatenate(blocks)


def decoded(coded: bytes) -> Sound:
    """The track as the film has it; the last packet is filled up, and is played as far as the file says."""
    with av.open(io.BytesIO(coded)) as film:
        stream = film.streams.audio[0]
        length = round(float((stream.duration or 0) * (stream.time_base or 0)) * RATE)
        return np.concatenate([frame.to_ndarray().T for frame in film.decode(audio=0)]).astype(np.float32)[:length]


def read(wav: bytes) -> Sound:
    return np.asarray(soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)[0], np.float32)


def level(sound: Sound, start: float, end: float) -> float:
    return float(10 * np.log10(np.mean(sound[round(start * RATE) : round(end * RATE)] ** 2) + 1e-12))


def test_stems_add_up_to_the_mix_before_its_master_gain(mixed: Mixed, track: Sound) -> None:
    stems = {name: read(wav) for name, wav in mixed.stems.items()}
    assert list(stems) == ["dialogue", "beds", "effects"]
    whole = np.asarray(sum(stems.values()))
    assert len(track) == len(whole) == 9 * RATE
    free = np.abs(track).max(axis=1) < 0.2  # where no limiter works but for the milliseconds around a peak
    gain = float(
        np.median(track[free & (np.abs(whole[:, 0]) > 1e-3), 0] / whole[free & (np.abs(whole[:, 0]) > 1e-3), 0])
    )
    off = np.abs(track - gain * whole)[free].max(axis=1)
    assert np.quantile(off, 0.97) < 4e-5


def test_stems_hold_what_their_names_say(mixed: Mixed) -> None:
    stems = {name: read(wav) for name, wav in mixed.stems.items()}
    assert np.abs(stems["dialogue"][: RATE - 10]).max() == 0
    assert level(stems["dialogue"], 1.2, 2.0) > -35
    assert np.abs(stems["effects"][: round(4.3 * RATE)]).max() == 0
    assert level(stems["effects"], 5.0, 6.0) > -45
    assert level(stems["beds"], 3.8, 4.3) > level(stems["beds"], 1.5, 2.0) + 6  # ducked under the first line


def test_the_track_is_loud_enough_and_its_peaks_hold_after_aac(mixed: Mixed, track: Sound) -> None:
    assert mixed.loudness_lufs == pytest.approx(-16, abs=0.3)
    assert true_peak(track) <= -1.0
    assert true_peak(track) == pytest.approx(mixed.true_peak_dbtp, abs=0.01)
    heard = decoded(mixed.track)
    assert true_peak(heard) <= -1.0
    assert heard.shape == track.shape == (9 * RATE, 2)
    assert 10 * np.log10(np.mean(track**2) / np.mean((heard - track) ** 2)) > 25


def test_a_track_is_the_same_bytes_however_it_is_cut_up(track: Sound) -> None:
    whole, parts = Coder(), Coder()
    whole.put(track)
    for part in np.array_split(track, 37):
        parts.put(part)
    assert whole.finish() == parts.finish()


def test_hot_material_holds_its_ceiling_after_aac(takes: Sequence[bytes]) -> None:
    hot = JOB.model_copy(update={"loudness_lufs": -11.0, "stems": False, "rooms": ()})
    assert true_peak(decoded(mix_job(hot, takes, unchecked, lambda _: None).track)) <= -1.0


def test_one_bed_goes_over_into_the_next_without_a_click_or_a_hole() -> None:
    beds = [PlacedBed("rain", 0, 3, 0.0, 1), PlacedBed("rain", 3, 6, 0.0, 2)]
    with mix_down(Scene(beds=beds), 6.0, unchecked, stems=True) as made:
        track = made.whole[:]
        assert np.array_equal(sum(spool[:] for spool in made.stems.values()), track)
    steps = np.abs(np.diff(track, axis=0)).max(axis=1)
    cut = slice(round(2.7 * RATE), round(3.3 * RATE))
    assert steps[cut].max() <= 1.2 * steps[RATE : 2 * RATE].max()
    assert level(track, 2.9, 3.1) == pytest.approx(level(track, 1.5, 2.5), abs=1.5)
    assert max(np.abs(track[0]).max(), np.abs(track[-1]).max()) < 1e-3


def clicks(sound: Sound) -> int:
    """Samples whose second difference is 25 times what is usual in the 20 ms around."""
    sharp = np.abs(np.diff(sound.mean(axis=1), n=2))
    usual = np.convolve(sharp, np.ones(960) / 960, "same")
    return int((sharp > 25 * usual + 0.02).sum())


def test_cuts_do_not_click_and_the_detector_would_hear_it(mixed: Mixed, track: Sound) -> None:
    quiet = np.concatenate([track[: round(4.35 * RATE)], track[round(5.5 * RATE) :]])  # without the slam itself
    joined = quiet.copy()
    joined[3 * RATE :] += np.float32(0.2)
    assert clicks(joined) > 0
    for start in (4.5, 1.0, 6.0):
        part = track[round((start - 0.2) * RATE) : round((start + 0.2) * RATE)]
        if start != 4.5:
            assert clicks(part) == 0
    beds = read(mixed.stems["beds"])
    assert clicks(beds[4 * RATE : 5 * RATE]) == 0


def test_two_lines_at_once_are_both_heard(mixed: Mixed, takes: Sequence[bytes]) -> None:
    dialogue = read(mixed.stems["dialogue"])
    second, _ = files.from_wav(takes[1])
    right = dialogue[round(1.4 * RATE) : round(1.4 * RATE) + len(second), 1]
    left = dialogue[round(1.4 * RATE) : round(1.4 * RATE) + len(second), 0]
    assert np.corrcoef(right, second)[0, 1] > 0.5  # panned to the right, the other one spread
    assert np.corrcoef(right, second)[0, 1] > np.corrcoef(left, second)[0, 1]


def test_an_effect_rings_in_the_room_of_the_shot_and_one_of_the_mind_does_not() -> None:
    def effects(name: str, room: str = "", distance: str = "close") -> Sound:
        cue = EffectCue.model_validate({"name": name, "start_s": 0.5, "seed": 3, "room": room, "distance": distance})
        job = JOB.model_copy(update={"cues": (), "beds": (), "rooms": (), "effects": (cue,), "seconds": 4.0})
        return read(mix_job(job, [], unchecked, lambda _: None).stems["effects"])

    def ring_db(room: str, distance: str) -> float:
        """Level 0.5 to 0.7 s after a click of 0.3 s against the click's own."""
        heard = effects("click", room, distance)
        return level(heard, 1.0, 1.2) - level(heard, 0.5, 0.8)

    dry, kitchen, church = (ring_db(room, "medium") for room in ("studio", "kitchen", "church"))
    assert dry + 10 < kitchen < church - 10
    assert ring_db("church", "far") > church + 4
    assert ring_db("", "close") < kitchen - 10
    assert np.array_equal(effects("heartbeat", "church", "far"), effects("heartbeat"))
    near, far = (effects("boom", "hall", distance) for distance in ("close", "far"))
    assert level(far, 0.5, 2.5) > level(near, 0.5, 2.5) - 6  # what is heavy stays so


def test_memory_does_not_grow_with_the_film() -> None:
    line = np.zeros(RATE // 2, np.float32)

    def highest(seconds: float) -> int:
        scene = Scene([PlacedLine(lambda: line, at) for at in np.arange(0, seconds - 1, 2.0)],
                      [PlacedBed("room", 0, seconds, -18, 1)])  # fmt: skip
        tracemalloc.start()
        with mix_down(scene, seconds, unchecked):
            found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    highest(2.0)  # tables that stay
    assert highest(24.0) < highest(4.0) + 1_000_000  # 20 s of stereo float are 7.7 MB


def test_a_spool_gives_back_what_was_written_and_keeps_nothing_readable() -> None:
    rng, spool = np.random.default_rng(0), Spool()
    sound = rng.standard_normal((7001, 2)).astype(np.float32)
    for start in range(0, 7001, 333):
        spool.append(sound[start : start + 333])
    for start, stop in ((0, 7001), (1, 2), (333, 4001), (6999, 9000)):
        assert np.array_equal(spool[start:stop], sound[start:stop])
    spool._file.seek(0)
    raw = spool._file.read()
    assert len(raw) == 7001 * 8
    assert sound[100:104].tobytes() not in raw
    spool.close()


def test_unknown_words_are_refused_with_a_fix(takes: Sequence[bytes]) -> None:
    for update, code in (
        ({"effects": (EffectCue(name="theremin", start_s=0),)}, "audio.effect_unknown"),
        ({"beds": (BedCue(name="theremin", start_s=0, end_s=1),)}, "audio.bed_unknown"),
    ):
        with pytest.raises(Invalid) as refused:
            mix_job(JOB.model_copy(update=update), takes, unchecked, lambda _: None)
        assert refused.value.code == code
        assert refused.value.fix
