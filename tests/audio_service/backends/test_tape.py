"""A stream from the tape is the stream, whoever listened before."""

from itertools import count, islice

import numpy as np
import pytest

from audio_service.backends import tape
from audio_service.backends.beds import bed_blocks
from audio_service.backends.chunks import CHUNK
from audio_service.backends.tones import tone_blocks


def test_a_bed_from_the_tape_is_the_bed() -> None:
    own = np.concatenate(list(islice(bed_blocks("rain", 5), 40)))
    first, second = tape.bed_tape("rain", 5), tape.bed_tape("rain", 5)
    heard = [next(first) for _ in range(7)]
    assert np.array_equal(np.concatenate(list(islice(second, 40))), own)  # it overtakes the first
    assert np.array_equal(np.concatenate([*heard, *islice(first, 33)]), own)
    assert not np.array_equal(next(tape.bed_tape("rain", 6)), own[:CHUNK])


def test_a_tone_from_the_tape_is_the_tone() -> None:
    own = np.concatenate(list(islice(tone_blocks("kitchen", 2), 20)))
    for _ in range(2):
        assert np.array_equal(np.concatenate(list(islice(tape.tone_tape("kitchen", 2), 20))), own)


def test_what_is_longer_than_the_tape_goes_on_behind_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape, "_LONGEST", 32)
    made = tape.Tape(lambda: (np.full((CHUNK, 2), n, np.float32) for n in count()))
    for _ in range(2):
        assert [float(block[0, 0]) for block in islice(made.blocks(), 50)] == list(range(50))
