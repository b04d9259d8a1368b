"""The enrolment check: what strangers send, and what comes back."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from audio_service import fictional_voice
from audio_service.backends import intake
from audio_service.backends.chunks import unchecked
from audio_service.backends.espeak import Script, speak, stock_voice
from audio_service.client import inspect_voice
from audio_service.contract.speech import Style
from audio_service.fictional_voice import SENTENCES
from infra.kernel.errors import AssentError, TooLarge

RATE = 48_000


@pytest.fixture(scope="module")
def voice() -> np.ndarray:
    sound, rate = soundfile.read(fictional_voice.PATH, dtype="float32")
    return np.asarray(signal.resample_poly(sound, RATE, rate), np.float32)


def encoded(sound: np.ndarray, rate: int = RATE, kind: str = "WAV") -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, rate, format=kind)
    return file.getvalue()


def refusal(data: bytes) -> AssentError:
    with pytest.raises(AssentError) as refused:
        intake.inspect(data)
    assert refused.value.fix
    return refused.value


def test_the_shipped_sample_passes_in_the_child_process_and_comes_back_clean() -> None:
    data = fictional_voice.PATH.read_bytes()
    first = inspect_voice(data)
    assert (first.wav, first.quality) == intake.inspect(data)
    with soundfile.SoundFile(io.BytesIO(first.wav)) as file:
        assert (file.samplerate, file.channels, file.subtype, file.format) == (24_000, 1, "PCM_16", "WAV")
        assert 10 < file.frames / file.samplerate < 15
    assert float(first.quality["speech_seconds"]) > 9
    assert first.quality["clipped_part"] == 0


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "MP3"])
def test_three_kinds_of_file_are_read(voice: np.ndarray, kind: str) -> None:
    wav, quality = intake.inspect(encoded(voice[: 6 * RATE], kind=kind))
    assert quality["source_rate"] == RATE
    assert wav.startswith(b"RIFF")


def test_metadata_does_not_survive(voice: np.ndarray) -> None:
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", RATE, 1, format="WAV") as out:
        out.title = "name of somebody"
        out.write(voice[: 6 * RATE])
    assert b"name of somebody" in file.getvalue()
    wav, _ = intake.inspect(file.getvalue() + b"<script>polyglot</script>")
    assert b"name of somebody" not in wav
    assert b"polyglot" not in wav


def test_a_silent_sample_is_refused(voice: np.ndarray) -> None:
    assert refusal(encoded(voice * 0)).code == "audio.sample_silent"
    assert refusal(encoded(voice * 2e-4)).code == "audio.sample_silent"


def test_a_clipped_sample_is_refused(voice: np.ndarray) -> None:
    assert refusal(encoded(np.clip(voice * 8, -1, 1))).code == "audio.sample_clipped"
    assert refusal(encoded(np.clip(voice * 8, -1, 1) * 0.5)).code == "audio.sample_clipped"


def test_too_little_is_refused(voice: np.ndarray) -> None:
    assert refusal(encoded(voice[: 2 * RATE])).code == "audio.sample_too_short"
    mostly_silence = np.concatenate([voice[: 2 * RATE], np.zeros(6 * RATE, np.float32)])
    assert refusal(encoded(mostly_silence)).code == "audio.sample_too_short"


def test_half_a_second_is_refused(voice: np.ndarray) -> None:
    found = refusal(encoded(voice[: RATE // 2]))
    assert found.code == "audio.sample_too_short"
    assert found.info["seconds"] == 0.5


def test_two_people_are_refused_one_after_the_other(voice: np.ndarray) -> None:
    other = np.concatenate([speak(Script(text, Style()), stock_voice("marlow"), unchecked).sound for text in SENTENCES])
    half = min(len(voice), len(other)) // 2
    found = refusal(encoded(np.concatenate([voice[:half], 0.7 * other[:half]])))
    assert found.code == "audio.sample_two_voices"


def test_channels_out_of_phase_do_not_cancel_the_voice(voice: np.ndarray) -> None:
    part = voice[: 6 * RATE]
    _, usual = intake.inspect(encoded(np.stack([part, 0.9 * part], axis=1)))
    _, crossed = intake.inspect(encoded(np.stack([part, -0.9 * part], axis=1)))
    assert usual["channels"] == "averaged"
    assert str(crossed["channels"]).startswith("only channel 1")
    assert float(crossed["loudness_lufs"]) == pytest.approx(float(usual["loudness_lufs"]), abs=1.0)


def test_an_offset_is_taken_away_and_told(voice: np.ndarray) -> None:
    wav, quality = intake.inspect(encoded(0.4 * voice[: 6 * RATE] + 0.25))
    assert quality["dc_offset"] == pytest.approx(0.25, abs=0.01)
    sound, _ = soundfile.read(io.BytesIO(wav))
    assert abs(sound.mean()) < 1e-3
    pushed = refusal(encoded(np.clip(2.0 * voice + 0.6, -1, 1)))  # cut off at one end only
    assert pushed.code == "audio.sample_clipped"


def test_a_telephone_is_refused(voice: np.ndarray) -> None:
    narrow = signal.resample_poly(voice, 1, 6)
    assert refusal(encoded(narrow, 8_000)).code == "audio.sample_low_rate"
    assert refusal(encoded(signal.resample_poly(narrow, 6, 1))).code == "audio.sample_narrow_band"


def test_music_and_noise_are_nobodys_voice() -> None:
    time = np.arange(6 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * time) for hertz in (262, 330, 392, 1046, 5274, 7040, 8372))
    music = 0.06 * chord * np.exp(-3 * (time % 0.5))
    assert refusal(encoded(music)).code == "audio.sample_no_speech"
    piano = 0.06 * sum(np.sin(2 * np.pi * hertz * time) for hertz in (262, 330, 392)) * np.exp(-3 * (time % 0.5))
    assert refusal(encoded(piano)).code == "audio.sample_no_speech"  # and no telephone, though as narrow
    hiss = 0.1 * np.random.default_rng(0).standard_normal(6 * RATE)
    assert refusal(encoded(hiss)).code == "audio.sample_no_speech"


def test_a_voice_drowned_in_noise_is_refused(voice: np.ndarray) -> None:
    quiet = np.concatenate([np.zeros(RATE, np.float32), voice[: 8 * RATE], np.zeros(RATE, np.float32)])
    noisy = quiet + 0.15 * np.random.default_rng(1).standard_normal(len(quiet)).astype(np.float32)
    assert refusal(encoded(noisy)).code in {"audio.sample_noisy", "audio.sample_no_speech"}


@pytest.mark.parametrize("data", [b"hello, I am text", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, b"RIFF\0\0\0\0AVI "])
def test_other_types_are_refused(data: bytes) -> None:
    assert refusal(data).code == "audio.sample_wrong_type"


def test_broken_files_are_refused(voice: np.ndarray) -> None:
    assert refusal(encoded(voice, kind="FLAC")[:200]).code == "audio.sample_unreadable"
    assert refusal(b"fLaC" + b"\xff" * 400).code == "audio.sample_unreadable"


def test_nothing_and_too_much_are_refused_before_a_process_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("a process was started"))
    for data, code in ((b"", "audio.sample_empty"), (b"RIFF" * (9 << 20), "audio.sample_too_large")):
        with pytest.raises(AssentError) as refused:
            inspect_voice(data)
        assert refused.value.code == code


def test_an_hour_is_refused_by_its_header() -> None:
    found = refusal(encoded(np.zeros(130 * 16_000, np.float32), 16_000, "FLAC"))
    assert found.code == "audio.sample_too_long"
    assert isinstance(found, TooLarge)


def test_a_refusal_crosses_from_the_child_with_its_kind() -> None:
    with pytest.raises(AssentError) as refused:
        inspect_voice(b"hello, I am text")
    assert (refused.value.kind, refused.value.code) == ("invalid", "audio.sample_wrong_type")


def test_a_fresh_installation_compiles_before_it_is_confined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No kernel was ever compiled here: the child has to write down what it compiles, and may not once confined."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert inspect_voice(fictional_voice.PATH.read_bytes()).quality["seconds"] > 3
    assert list(tmp_path.rglob("*.nbi"))
