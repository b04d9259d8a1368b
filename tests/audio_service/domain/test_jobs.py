import pytest

from audio_service.backends.inferred import infer_voice
from audio_service.contract.jobs import AudioJobStopped, LineSpoken
from audio_service.contract.speech import SpeechTiming, Timed
from audio_service.domain.capabilities import verify_capable
from audio_service.domain.jobs import (
    JOB_STOPPED,
    LINE_SPOKEN,
    STARTED,
    event_type,
    fold,
    may_end,
    may_start,
    published_type,
    recorded,
)
from consent_service.contract.decisions import Use
from infra.eventlog.log import Event
from infra.kernel.clock import parse_rfc3339
from infra.kernel.errors import Paused


def event(version: int, type: str) -> Event:
    at = parse_rfc3339("2026-11-22T09:00:00Z")
    return Event(f"e{version}", type, "job-1", version, {}, at, {}, "")


def test_a_job_may_be_started_often_and_ends_once() -> None:
    new = fold([])
    assert may_start(new)
    again = fold([event(1, STARTED), event(2, STARTED)])
    assert (again.tries, again.version, may_start(again)) == (2, 2, True)
    for end, name in ((LINE_SPOKEN, "done"), (JOB_STOPPED, "stopped")):
        ended = fold([event(1, STARTED), event(2, end)])
        assert (ended.ended, may_start(ended), may_end(ended)) == (name, False, False)


def test_events_are_named_for_what_happened() -> None:
    stopped = AudioJobStopped(job="j", production="p", code="c", detail="d")
    assert (event_type(stopped), published_type(stopped)) == (JOB_STOPPED, "job_stopped")


def test_what_a_voice_said_and_how_it_sounded_is_not_kept_for_ever() -> None:
    said = Timed(text="early", start_s=0.1, end_s=0.4)
    timing = SpeechTiming(seconds=0.5, words=(said,), phonemes=(said,))
    spoken = LineSpoken(
        job="j", production="p", shot="s", line=0, sha256="a" * 64, timing=timing, similarity_after=0.8, ledger_index=4
    )
    kept = recorded(spoken)
    assert "early" not in str(kept)
    assert not kept.keys() & {"timing", "similarity_before", "similarity_after"}
    assert (kept["job"], kept["sha256"], kept["ledger_index"]) == ("j", "a" * 64, 4)


def test_a_voice_is_never_inferred_from_a_face() -> None:
    use = Use(subject="s", modality="voice.inferred_from_face", assets=("a" * 64,), seconds=1)
    for refuse in (lambda: verify_capable([use]), lambda: infer_voice(b"")):
        with pytest.raises(Paused) as paused:
            refuse()
        assert paused.value.code == "audio.voice_inferred_from_face_unavailable"
        assert paused.value.info["feature"] == "allow.voice_inferred_from_face"
    with pytest.raises(Paused):
        verify_capable([use.model_copy(update={"modality": "voice.convert"})])
    verify_capable([use.model_copy(update={"modality": "voice.clone"})])
