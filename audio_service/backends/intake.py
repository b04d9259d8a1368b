"""The child process behind ``client.inspect_voice``: bytes of a stranger's file in, a verdict and clean sound out.

Duties, in order: (1) the type is WAV, FLAC or MP3 by its first bytes; (2) it decodes, under 120 s; (3) the rate and
the band carry a voice; (4) it is long enough, (5) not silent, (6) not clipped; (7) somebody speaks in it for at least
3 s; (8) over the noise; (9) one person only; (10) trimmed, levelled, re-encoded. An offset is taken away; of channels
that cancel each other the louder one is used; both are told. 8 kHz is refused: a telephone band holds too little of a
voice. Run as ``python -m audio_service.backends.intake``.
"""

import io
import json
import resource
import sys
import warnings

import numpy as np
import soundfile
from scipy import signal

from audio_service.backends.chunks import RATE, Sound, unchecked
from audio_service.backends.files import to_wav
from audio_service.backends.filters import equalise, high_pass, ratio, resample
from audio_service.backends.likeness import embed
from audio_service.backends.loudness import integrated
from audio_service.backends.one_voice import split
from infra.kernel.errors import AssentError, Invalid, TooLarge

CLEAN_RATE = 24_000
SHORTEST_S, LONGEST_S = 3.0, 120.0
LOWEST_RATE, LOWEST_BAND_HZ = 16_000, 4_500
_SILENT_LUFS, _CLIPPED_PART, _NOISY_DB = -50.0, 0.001, 8.0
_CLEAN_LUFS = -20.0
_MEMORY, _CPU_S = 6 * 1024**3, 55
_OFFSET = 0.002
MOST_COMPARED_S = 24
"""Seconds of speech that are compared with each other, at most."""
_AGAIN = "record at least 10 s of clear speech, one voice, in a quiet room"

Quality = dict[str, float | int | str]


def inspect(data: bytes) -> tuple[bytes, Quality]:
    """The cleaned WAV (mono, 16-bit, 24 kHz) and what was measured. Raises the codes of ``client.inspect_voice``."""
    decoded, rate = _decode(data)
    if len(decoded) < SHORTEST_S * rate:
        raise _short(len(decoded) / rate)
    clipped = _verify_unclipped(decoded)
    sound, told = _mono(decoded)
    quality: Quality = {"seconds": round(len(sound) / rate, 3), "source_rate": rate}
    quality |= told
    wide = resample(sound, ratio(rate, RATE), unchecked)
    quality |= _verify_level(wide) | {"clipped_part": clipped}
    spoken = _speech_ranges(resample(sound, ratio(rate, 16_000), unchecked))
    quality |= _verify_speech(wide, spoken) | {"band_hz": _verify_band(sound, rate)}
    quality |= _verify_one_voice(wide, spoken)
    return to_wav(_clean(wide, spoken), CLEAN_RATE), quality


def sniff(head: bytes) -> str | None:
    """``WAV``, ``FLAC`` or ``MP3`` by the first bytes of a file; None for anything else."""
    if head[:4] in (b"RIFF", b"RIFX") and head[8:12] == b"WAVE":
        return "WAV"
    if head[:4] == b"fLaC":
        return "FLAC"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4, 0xE6)):
        return "MP3"
    return None


def _mono(wide: Sound) -> tuple[Sound, Quality]:
    """One channel out of many. Channels that say the same are averaged; where they cancel each other (wired out of
    phase) or differ, the louder one is taken, and the quality says so. A constant offset is taken away, and told.
    """
    offset = wide.mean(axis=0)
    centred = wide - offset
    told: Quality = {}
    if np.abs(offset).max() > _OFFSET:
        told["dc_offset"] = round(float(np.abs(offset).max()), 4)
    if wide.shape[1] == 1:
        return np.ascontiguousarray(centred[:, 0]), told
    power = np.square(centred).mean(axis=0)
    mean = centred.mean(axis=1)
    if float(np.square(mean).mean()) > 0.5 * float(power.mean()):
        told["channels"] = "averaged"
        return np.ascontiguousarray(mean), told
    best = int(np.argmax(power))
    told["channels"] = f"only channel {best + 1}: the others cancel it"
    return np.ascontiguousarray(centred[:, best]), told


def _decode(data: bytes) -> tuple[Sound, int]:
    """All channels, shape ``(n, channels)``, and the rate."""
    kind = sniff(data[:16])
    if kind is None:
        raise Invalid("audio.sample_wrong_type", "not a sound file we accept", fix="send a WAV, FLAC or MP3 file")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if not file.format.startswith(kind) and not (kind == "WAV" and file.format == "WAVEX"):
                raise Invalid("audio.sample_wrong_type", "the file is not what it says it is", fix="send it as WAV")
            if file.samplerate < LOWEST_RATE:
                raise Invalid("audio.sample_low_rate", "the sample rate is too low for a voice", rate=file.samplerate,
                              fix="record at 16 kHz or more, best at 48 kHz", limit=LOWEST_RATE)  # fmt: skip
            if file.samplerate > 192_000 or file.channels > 8 or file.frames > LONGEST_S * file.samplerate:
                raise TooLarge("audio.sample_too_long", "the sample is too long", fix="send at most 120 s",
                               limit_s=LONGEST_S)  # fmt: skip
            return np.nan_to_num(file.read(dtype="float32", always_2d=True)), int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, ValueError, MemoryError) as error:
        raise Invalid(
            "audio.sample_unreadable", "the sound could not be read", fix="save it as WAV and retry"
        ) from error


def _short(seconds: float) -> Invalid:
    return Invalid("audio.sample_too_short", "there is too little sound in the sample", fix=_AGAIN,
                   seconds=round(seconds, 2), limit_s=SHORTEST_S)  # fmt: skip


def _verify_level(wide: Sound) -> Quality:
    loudness, peak = integrated(wide), float(np.abs(wide).max())
    if loudness < _SILENT_LUFS:
        raise Invalid("audio.sample_silent", "the sample is silent, or nearly so", loudness_lufs=round(loudness, 1),
                      fix="check the microphone and record again, closer to it")  # fmt: skip
    return {"loudness_lufs": round(loudness, 2), "peak_dbfs": round(20 * float(np.log10(peak)), 2)}


def _verify_unclipped(sound: Sound) -> float:
    """The part of samples in flat tops of the worst channel, at the worse end."""
    part = max(_flat_part(side * channel) for channel in sound.T for side in (1, -1))
    if part > _CLIPPED_PART:
        raise Invalid("audio.sample_clipped", "the sample is clipped: its peaks are cut off", part=round(part, 4),
                      fix="lower the recording level and record again")  # fmt: skip
    return round(part, 6)


def _flat_part(channel: Sound) -> float:
    """Three or more neighbours within 1.5 % of the highest value, as a part of all samples."""
    top = float(channel.max(initial=0.0))
    if top <= 1e-4:
        return 0.0
    flat = (channel >= 0.985 * top).astype(np.int8)
    runs = np.flatnonzero(np.diff(np.concatenate([[0], flat, [0]])))
    lengths = runs[1::2] - runs[::2]
    return 2 * float(lengths[lengths >= 3].sum()) / len(channel)


def _verify_band(sound: Sound, rate: int) -> int:
    """The frequency under which all but a thousandth of the (pre-emphasised) energy lies, Hz."""
    bright = np.diff(sound.astype(np.float64))
    frequencies, power = signal.welch(bright, rate, nperseg=2048)
    reach = float(frequencies[int(np.searchsorted(np.cumsum(power), 0.999 * power.sum()))])
    if reach < LOWEST_BAND_HZ:
        raise Invalid("audio.sample_narrow_band", "the sample sounds like a telephone line", band_hz=round(reach),
                      fix="record with a full-band microphone, not from a call")  # fmt: skip
    return round(reach)


def _speech_ranges(sound: Sound) -> list[tuple[float, float]]:
    """Where somebody speaks, in seconds (silero-vad on 16 kHz)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch  # noqa: PLC0415 - only once the cheap checks have passed
        from silero_vad import get_speech_timestamps, load_silero_vad  # noqa: PLC0415

        torch.set_num_threads(1)
        found = get_speech_timestamps(torch.from_numpy(sound), load_silero_vad(), sampling_rate=16_000)
    return [(one["start"] / 16_000, one["end"] / 16_000) for one in found]


def _verify_speech(wide: Sound, spoken: list[tuple[float, float]]) -> Quality:
    seconds = sum(end - start for start, end in spoken)
    if seconds < 1.0:
        raise Invalid("audio.sample_no_speech", "nobody speaks in the sample", fix=_AGAIN, speech_s=round(seconds, 2))
    if seconds < SHORTEST_S:
        raise _short(seconds)
    mask = np.zeros(len(wide), bool)
    for start, end in spoken:
        mask[round((start - 0.1) * RATE if start > 0.1 else 0) : round((end + 0.1) * RATE)] = True
    quality: Quality = {"speech_seconds": round(seconds, 3)}
    if (~mask).sum() > RATE // 4:
        noise, voice = float(np.mean(wide[~mask] ** 2)), float(np.mean(wide[mask] ** 2))
        snr = 10 * float(np.log10(voice / max(noise, 1e-12)))
        if snr < _NOISY_DB:
            raise Invalid("audio.sample_noisy", "the voice is drowned in noise", snr_db=round(snr, 1), fix=_AGAIN)
        quality["snr_db"] = round(min(snr, 90.0), 1)
    return quality


def _verify_one_voice(wide: Sound, spoken: list[tuple[float, float]]) -> Quality:
    """One person only: a voice may be enrolled by nobody but its owner, and two voices make neither."""
    speech = np.concatenate([wide[round(start * RATE) : round(end * RATE)] for start, end in spoken])
    found = split(speech[: MOST_COMPARED_S * RATE], RATE, unchecked)
    if found.two_people:
        raise Invalid("audio.sample_two_voices", "more than one person speaks in the sample", fix=_AGAIN,
                      cosine=round(found.cosine, 3), share=round(found.share, 2))  # fmt: skip
    return {"one_voice_cosine": round(found.cosine, 3)}


def _clean(wide: Sound, spoken: list[tuple[float, float]]) -> Sound:
    start, stop = max(0.0, spoken[0][0] - 0.2), spoken[-1][1] + 0.2
    sound = equalise(wide[round(start * RATE) : round(stop * RATE)], high_pass(50.0), unchecked)
    sound = sound * np.float32(10 ** ((_CLEAN_LUFS - integrated(sound)) / 20))
    peak = float(np.abs(sound).max())
    sound = sound * np.float32(min(1.0, 0.95 / max(peak, 1e-6)))
    return resample(sound, ratio(RATE, CLEAN_RATE), unchecked)


def _confine() -> None:
    """Bound memory, processor time and files of this process before a byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer on standard output: a line of JSON, ``{"quality"}`` or ``{"error"}``, then the WAV.

    The judge is loaded and used once first: in a fresh installation that compiles kernels and writes them down, once
    and for all, which a confined process may not.
    """
    embed(np.linspace(-0.1, 0.1, 2 * RATE, dtype=np.float32), RATE, unchecked)
    _confine()
    try:
        wav, quality = inspect(sys.stdin.buffer.read())
        head: dict[str, object] = {"quality": quality}
    except AssentError as error:
        wav, head = b"", {"error": error.to_wire()}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + wav)


if __name__ == "__main__":
    main()
