import io
import time

import numpy as np
import soundfile

from audio_service.backends.chunks import RATE
from audio_service.backends.files import undated


def written() -> io.BytesIO:
    data = io.BytesIO()
    with soundfile.SoundFile(data, "w", RATE, 2, format="WAV", subtype="FLOAT") as file:
        file.write(np.linspace(-1.2, 1.2, 400, dtype=np.float32).reshape(200, 2))
    return data


def test_a_stem_does_not_tell_when_it_was_written() -> None:
    data = written()
    at = data.getvalue().find(b"PEAK") + 12
    stamp = int.from_bytes(data.getvalue()[at : at + 4], "little")
    assert abs(stamp - time.time()) < 60  # the library does write the time of day
    plain = undated(data)
    assert plain[at : at + 4] == bytes(4)
    sound, rate = soundfile.read(io.BytesIO(plain), dtype="float32")
    assert rate == RATE
    assert np.abs(sound).max() == np.float32(1.2)
