"""Sound files: what our own takes look like as bytes, and back. It reads nothing a stranger sent."""

import io

import numpy as np
import soundfile

from audio_service.backends.chunks import Check, Sound, pieces, unchecked
from infra.kernel.errors import Invalid


def to_wav(sound: Sound, rate: int, check: Check = unchecked) -> bytes:
    """16-bit PCM WAV of mono ``(n,)`` or stereo ``(n, 2)`` sound. The same sound gives the same bytes."""
    data = io.BytesIO()
    with soundfile.SoundFile(data, "w", rate, sound.ndim, format="WAV", subtype="PCM_16") as file:
        for start, stop in pieces(len(sound), check):
            file.write(np.clip(sound[start:stop], -1.0, 1.0))
    return data.getvalue()


def from_wav(data: bytes) -> tuple[Sound, int]:
    """Mono float32 sound and its rate; raises :class:`Invalid` (``audio.take_unreadable``)."""
    try:
        sound, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise Invalid("audio.take_unreadable", "a take is not a sound file of ours") from error
    return np.ascontiguousarray(sound.mean(axis=1)), int(rate)


def undated(data: io.BytesIO) -> bytes:
    """The bytes of a floating-point WAV without the time of day that libsndfile writes into its PEAK chunk (version,
    time, peaks; 4 bytes each): the same sound gives the same bytes, whenever it is written.
    """
    at = data.getbuffer()[:128].tobytes().find(b"PEAK")
    if at >= 0:
        data.getbuffer()[at + 12 : at + 16] = bytes(4)
    return data.getvalue()
