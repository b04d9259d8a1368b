"""A line that was spoken before is used again under a fresh lease, and only while it still is what would be said."""

import hashlib
from typing import Any

import pytest

from audio_service.contract.jobs import KnownLine, LineJob, MixJob
from audio_service.contract.speech import SpeechTiming, Timed
from infra.kernel.errors import Conflict, NotFound, Paused
from tests.audio_service.usecases.test_run_job import LINE, MIX, STOCK, House

WAV = b"the sound of it"
TIMING = SpeechTiming(
    seconds=1.25, words=(Timed(text="Hello", start_s=0.0, end_s=1.0),), phonemes=(Timed(text="h", start_s=0, end_s=1),)
)
OLD_KEY = b"prd_0".ljust(32, b"k")


@pytest.fixture
def house() -> House:
    made = House()
    made.vault.takes[OLD_KEY, hashlib.sha256(WAV).hexdigest()] = WAV
    return made


def asked(job: LineJob = STOCK, **known: Any) -> LineJob:
    basis: dict[str, Any] = {
        "production": "prd_0", "sha256": hashlib.sha256(WAV).hexdigest(), "engine": "engine-1", "timing": TIMING,
    }  # fmt: skip
    return job.model_copy(update={"known": KnownLine.model_validate({**basis, **known})})


def test_the_same_words_are_not_spoken_twice(house: House) -> None:
    house.handle(asked())
    [(kind, data)] = house.said()
    assert (kind, data["reused"], data["engine"]) == ("line_spoken", True, "engine-1")
    assert data["sha256"] == hashlib.sha256(WAV).hexdigest()
    assert data["timing"]["seconds"] == 1.25
    assert house.studio.samples == []
    assert house.consent.closed == [data["sha256"]]
    assert (b"k" * 32, data["sha256"]) in house.vault.takes  # sealed again under the key of the new film


def test_permission_is_not_used_again(house: House) -> None:
    house.handle(asked(LINE))
    assert house.consent.opened == [("job-1", LINE.uses, LINE.features)]
    assert house.vault.opened == []
    house.handle(asked(LINE.model_copy(update={"job": "job-9", "uses": ()})))
    assert house.said()[-1][1]["code"] == "audio.voice_not_permitted"


def test_another_engine_speaks_it_anew(house: House) -> None:
    house.handle(asked(engine="engine-0"))
    data = house.said()[0][1]
    assert (data["reused"], data["engine"], len(house.studio.samples)) == (False, "engine-1", 1)


def test_a_sound_that_was_swapped_is_spoken_anew(house: House) -> None:
    house.vault.takes[OLD_KEY, hashlib.sha256(WAV).hexdigest()] = b"something else"
    house.handle(asked())
    assert not house.said()[0][1]["reused"]


def test_a_locked_shot_keeps_its_sound_whatever_the_engine(house: House) -> None:
    house.handle(asked(engine="engine-0", kept=True))
    data = house.said()[0][1]
    assert (data["reused"], data["engine"]) == (True, "engine-0")


@pytest.mark.parametrize("kept", [False, True])
def test_a_film_that_is_gone_gives_nothing(house: House, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    real = house.vault.production_key

    def key(production: str, job: str, source: str | None = None) -> bytes:
        if source is not None:
            raise NotFound("generation.source_gone", "gone")
        return real(production, job)

    monkeypatch.setattr(house.vault, "production_key", key)
    house.handle(asked(kept=kept))
    kind, data = house.said()[0]
    if kept:
        assert (kind, data["code"]) == ("job_stopped", "audio.kept_line_gone")
    else:
        assert (kind, data["reused"]) == ("line_spoken", False)


def test_a_film_that_has_ended_meanwhile_is_no_reason_to_speak(house: House) -> None:
    house.vault.key_error = Conflict("generation.production_over", "over")
    house.handle(asked())
    assert house.said()[0][1]["code"] == "generation.production_over"


def test_a_withdrawal_stops_a_line_that_is_there(house: House) -> None:
    house.consent.stop, house.consent.stop_at = Paused("consent.flag_paused", "paused"), 1
    house.handle(asked())
    assert house.said()[0][1]["code"] == "consent.flag_paused"
    assert (b"k" * 32, hashlib.sha256(WAV).hexdigest()) not in house.vault.takes


@pytest.mark.parametrize("job", [STOCK, LINE, MIX], ids=["stock", "subject", "mix"])
def test_what_was_made_for_a_film_that_ended_meanwhile_is_destroyed(house: House, job: LineJob | MixJob) -> None:
    def end() -> None:
        house.vault.key_error = Conflict("generation.production_over", "over")

    before = dict(house.vault.takes)
    house.vault.after = end
    house.handle(job)
    assert house.said()[0][1]["code"] == "generation.production_over"
    assert house.vault.takes == before
