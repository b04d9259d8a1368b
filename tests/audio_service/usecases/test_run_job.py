"""One delivery of one job against ports that can be bent: what is kept, what is said, and how often."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from audio_service.contract.beds import bed_names
from audio_service.contract.jobs import LineJob, MixJob
from audio_service.contract.methods import GetJobs
from audio_service.contract.speech import SpeechTiming
from audio_service.domain.ports import Check, Mixed, Report, Spoken
from audio_service.store.memory import MemoryProgress
from audio_service.usecases import Ask, HandleJob
from audio_service.usecases.desk import Desk
from audio_service.usecases.run_job import LAST_TRY
from consent_service.client import Stopped
from consent_service.client.errors import StoppedByConsent, StoppedByPause, StoppedUnsure
from consent_service.contract.decisions import LeaseClosed, Use
from infra.eventlog.memory import MemoryLog
from infra.kernel.clock import FixedClock
from infra.kernel.errors import AssentError, Conflict, Denied, Internal, Invalid, Unavailable

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ASSET = "a" * 64
CLONE = Use(subject="sub_1", modality="voice.clone", assets=(ASSET,), seconds=20)
LINE = LineJob(
    job="job-1", production="prd_1", shot="shot-1", line=0, decision="dec_1", text="Hello there.",
    voice={"subject": "sub_1", "asset": ASSET}, uses=(CLONE,), features=("allow.audio_generation", "allow.voice_clone"),
)  # fmt: skip
STOCK = LINE.model_copy(
    update={
        "job": "job-2",
        "voice": LINE.voice.model_copy(update={"stock": "wren", "subject": None, "asset": None}),
        "uses": (),
    }
)
MIX = MixJob(job="job-3", production="prd_1", decision="dec_1", seconds=2.0, cues=())


@dataclass
class Crash(Exception):
    """The process died here."""


@dataclass
class FakeRun:
    consent: "FakeConsent"
    token: str = "permit"
    closed: bool = False

    def check(self) -> None:
        self.consent.checks += 1
        if self.consent.stop_at == self.consent.checks:
            raise self.consent.stop

    def complete(self, *, output_sha256: str, seconds: float) -> LeaseClosed:
        if self.consent.gate is not None:
            raise self.consent.gate
        self.closed = True
        self.consent.closed.append(output_sha256)
        return LeaseClosed(lease="lse_1", entry_id="ent_1", ledger_index=41, at=NOW)


@dataclass
class FakeConsent:
    """Grants leases, unless told otherwise; counts what was opened, closed and aborted."""

    refuse: Stopped | None = None
    stop_at: int = 0
    stop: AssentError = field(
        default_factory=lambda: StoppedByConsent("consent.grant_withdrawn", "gone", ledger_index=9)
    )
    gate: Stopped | None = None
    checks: int = 0
    opened: list[tuple[str, tuple[Use, ...], tuple[str, ...]]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    aborted: int = 0

    @contextmanager
    def lease(self, *, decision: str, job: str, uses: Sequence[Use], features: Sequence[str]) -> Iterator[FakeRun]:
        if self.refuse is not None:
            raise self.refuse
        self.opened.append((job, tuple(uses), tuple(features)))
        run = FakeRun(self)
        try:
            yield run
        except BaseException as error:
            self.aborted += 1
            if isinstance(error, Stopped):
                error.info["stop_ms"] = 12.5
            raise


@dataclass
class FakeVault:
    """Keeps takes in a dictionary. ``before``/``after`` are called around :meth:`keep`: a place to crash."""

    takes: dict[tuple[bytes, str], bytes] = field(default_factory=dict)
    key_error: AssentError | None = None
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    opened: list[tuple[str, str]] = field(default_factory=list)

    def production_key(self, production: str, job: str, source: str | None = None) -> bytes:
        if self.key_error is not None:
            raise self.key_error
        return (source or "k" * 32).encode().ljust(32, b"k")[:32]

    def sample(self, sha256: str, permit: str) -> bytes:
        self.opened.append((sha256, permit))
        return b"sample"

    def keep(self, wav: bytes, key: bytes) -> str:
        self.before()
        address = hashlib.sha256(wav).hexdigest()
        self.takes[key, address] = wav
        self.after()
        return address

    def take(self, sha256: str, key: bytes) -> bytes:
        return self.takes[key, sha256]

    def destroy(self, sha256: str, key: bytes) -> None:
        self.takes.pop((key, sha256), None)


@dataclass
class FakeStudio:
    """Twenty pieces of sound, the guard read before each."""

    version: str = "engine-1"
    broken: Exception | None = None
    samples: list[bytes | None] = field(default_factory=list)
    clock: FixedClock | None = None
    heard: list[bytes] = field(default_factory=list)

    def speak(self, job: LineJob, sample: bytes | None, check: Check, report: Report) -> Spoken:
        self.samples.append(sample)
        self._work(check, report)
        after = None if sample is None else 0.8
        return Spoken(b"wav of " + job.job.encode(), SpeechTiming(seconds=1.0, words=(), phonemes=()), after, after)

    def mix(self, job: MixJob, takes: Sequence[bytes], check: Check, report: Report) -> Mixed:
        self._work(check, report)
        self.heard = list(takes)
        stems = {name: f"stem {name}".encode() for name in ("dialogue", "beds", "effects")} if job.stems else {}
        return Mixed(b"track", job.seconds, -16.0, -1.1, 8.5, stems)

    def _work(self, check: Check, report: Report) -> None:
        for piece in range(20):
            check()
            if self.clock is not None:
                self.clock.advance(0.3)
            report(piece / 20)
        if self.broken is not None:
            raise self.broken


@dataclass
class House:
    consent: FakeConsent = field(default_factory=FakeConsent)
    vault: FakeVault = field(default_factory=FakeVault)
    studio: FakeStudio = field(default_factory=FakeStudio)
    log: MemoryLog = field(default_factory=MemoryLog)
    progress: MemoryProgress = field(default_factory=MemoryProgress)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def handle(self, job: LineJob | MixJob) -> None:
        desk = Desk(self.log, self.progress, self.clock)
        HandleJob(desk, self.consent, self.vault, self.studio)(job.model_dump(mode="json"))

    def said(self) -> list[tuple[str, dict[str, Any]]]:
        return [(message.key, message.body["data"]) for message in self.log.outbox]

    def states(self) -> dict[str, tuple[str, float]]:
        found = Ask(self.log, self.progress, ()).jobs(GetJobs(production="prd_1")).jobs
        return {one.job: (one.state, one.fraction) for one in found}


@pytest.fixture
def house() -> House:
    return House()


def test_a_subjects_line_is_spoken_under_a_lease_with_the_permitted_sample(house: House) -> None:
    house.handle(LINE)
    [(kind, data)] = house.said()
    assert kind == "line_spoken"
    assert (data["job"], data["shot"], data["line"], data["ledger_index"]) == ("job-1", "shot-1", 0, 41)
    assert data["similarity_after"] == 0.8
    assert house.consent.opened == [("job-1", (CLONE,), LINE.features)]
    assert house.vault.opened == [(ASSET, "permit")]
    assert house.studio.samples == [b"sample"]
    assert house.consent.closed == [data["sha256"]]
    assert [address for _, address in house.vault.takes] == [data["sha256"]]
    assert house.states() == {"job-1": ("done", 1.0)}


def test_a_stock_line_needs_no_sample_but_a_lease(house: House) -> None:
    house.handle(STOCK)
    assert house.vault.opened == []
    assert house.consent.opened[0][1] == ()
    assert house.said()[0][1]["similarity_after"] is None


def test_a_track_is_mixed_and_its_numbers_are_told(house: House) -> None:
    house.handle(MIX)
    [(kind, data)] = house.said()
    assert (kind, data["loudness_lufs"], data["true_peak_dbtp"], data["ducking_db"]) == (
        "track_mixed",
        -16.0,
        -1.1,
        8.5,
    )


def test_stems_are_sealed_beside_the_track_and_go_with_it(house: House) -> None:
    key, mix = b"k" * 32, MIX.model_copy(update={"stems": True})
    take = house.vault.keep(b"line", key)
    cue = {"sha256": take, "start_s": 0.5}
    mix = MixJob.model_validate(mix.model_dump() | {"cues": [cue]})
    house.handle(mix)
    [(_, data)] = house.said()
    assert house.studio.heard == [b"line"]
    assert {name: house.vault.takes[key, address] for name, address in data["stems"].items()} == {
        "dialogue": b"stem dialogue", "beds": b"stem beds", "effects": b"stem effects",
    }  # fmt: skip
    refused = House(vault=FakeVault(takes={(key, take): b"line"}))
    refused.consent.gate = StoppedByPause("consent.feature_paused", "paused", ledger_index=5)
    refused.handle(mix)
    assert list(refused.vault.takes.values()) == [b"line"]


@pytest.mark.parametrize("at", [1, 7, 20, 21])
def test_a_stop_in_mid_line_leaves_nothing_and_says_why(house: House, at: int) -> None:
    house.consent.stop_at = at
    house.handle(LINE)
    [(kind, data)] = house.said()
    assert kind == "job_stopped"
    assert (data["code"], data["stop_ms"], data["ledger_index"]) == ("consent.grant_withdrawn", 12.5, 9)
    assert house.vault.takes == {}
    assert house.consent.checks == at
    assert house.consent.aborted == 1
    assert house.states()["job-1"][0] == "stopped"


def test_what_the_gate_refuses_is_destroyed(house: House) -> None:
    house.consent.gate = StoppedByPause("consent.feature_paused", "paused", ledger_index=5)
    house.handle(LINE)
    assert house.vault.takes == {}
    assert [kind for kind, _ in house.said()] == ["job_stopped"]


def test_a_refused_lease_ends_the_job_before_anything_sounds(house: House) -> None:
    house.consent.refuse = StoppedByConsent("consent.grant_expired", "expired")
    house.handle(LINE)
    assert house.said()[0][1]["code"] == "consent.grant_expired"
    assert house.studio.samples == []


def test_an_unreachable_ledger_is_waited_for_however_long(house: House) -> None:
    house.consent.refuse = StoppedUnsure("consent.guard_unsure", "not heard")
    for _ in range(2 * LAST_TRY):
        with pytest.raises(Unavailable):
            house.handle(LINE)
        assert house.said() == []
    house.consent.refuse = None
    house.handle(LINE)
    assert [kind for kind, _ in house.said()] == ["line_spoken"]


def test_a_guard_that_goes_deaf_in_mid_line_ends_the_run_and_keeps_nothing(house: House) -> None:
    house.consent.stop_at, house.consent.stop = 5, StoppedUnsure("consent.guard_unsure", "not heard")
    with pytest.raises(Unavailable):
        house.handle(LINE)
    assert house.vault.takes == {}
    assert house.said() == []
    house.consent.stop_at = 0
    house.handle(LINE)
    assert [kind for kind, _ in house.said()] == ["line_spoken"]


def test_a_job_that_no_worker_survived_is_said_to_be_lost(house: House) -> None:
    desk = Desk(house.log, house.progress, FixedClock(NOW))
    desk.start(LINE.job, LINE.production)
    HandleJob(desk, house.consent, house.vault, house.studio).abandon(LINE.model_dump(mode="json"))
    assert house.said()[0][1]["code"] == "audio.job_lost"


def test_a_production_that_has_ended_costs_no_use(house: House) -> None:
    house.vault.key_error = Conflict("generation.production_over", "the production has ended")
    house.handle(LINE)
    assert house.consent.opened == []
    assert house.said()[0][1]["code"] == "generation.production_over"


@pytest.mark.parametrize("where", ["before keep", "after keep"])
def test_a_crash_is_redelivered_and_finished_once(house: House, where: str) -> None:
    def crash() -> None:
        raise Crash

    setattr(house.vault, where.split(maxsplit=1)[0], crash)
    with pytest.raises(Crash):
        house.handle(LINE)
    assert house.said() == []
    setattr(house.vault, where.split(maxsplit=1)[0], lambda: None)
    house.handle(LINE)
    house.handle(LINE)
    assert [kind for kind, _ in house.said()] == ["line_spoken"]
    assert len(house.vault.takes) == 1
    assert len(house.consent.opened) == 2  # the third delivery opened no lease


def test_a_crash_before_the_commit_leaves_the_job_to_its_next_delivery(house: House) -> None:
    run, house.log.run = house.log.run, None  # type: ignore[assignment, method-assign]
    calls = 0

    def dies_at_the_end(work: Callable[[Any], Any]) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Crash
        return run(work)

    house.log.run = dies_at_the_end  # type: ignore[method-assign]
    with pytest.raises(Crash):
        house.handle(STOCK)
    house.handle(STOCK)
    house.handle(STOCK)
    assert [kind for kind, _ in house.said()] == ["line_spoken"]


def test_a_crashing_engine_ends_the_job_at_the_last_try(house: House) -> None:
    house.studio.broken = RuntimeError("secret path")
    for _ in range(LAST_TRY - 1):
        with pytest.raises(RuntimeError):
            house.handle(STOCK)
    house.handle(STOCK)
    [(kind, data)] = house.said()
    assert (kind, data["code"]) == ("job_stopped", "audio.job_crashed")
    assert "secret" not in data["detail"]


@pytest.mark.parametrize(
    "error", [Invalid("audio.text_unspeakable", "no words"), Denied("generation.production_over", "over")]
)
def test_what_no_retry_mends_is_told_at_once(house: House, error: AssentError) -> None:
    house.vault.key_error = error
    house.handle(STOCK)
    assert house.said()[0][1]["code"] == error.code


def test_our_own_fault_is_tried_again(house: House) -> None:
    house.vault.key_error = Internal("rpc.failed", "failed")
    with pytest.raises(Internal):
        house.handle(STOCK)
    assert house.said() == []


def test_a_sample_that_no_use_names_is_never_opened(house: House) -> None:
    other = CLONE.model_copy(update={"assets": ("b" * 64,)})
    house.handle(LINE.model_copy(update={"uses": (other,)}))
    assert house.said()[0][1]["code"] == "audio.voice_not_permitted"
    assert house.vault.opened == []


def test_a_voice_inferred_from_a_face_is_refused_before_a_lease(house: House) -> None:
    inferred = CLONE.model_copy(update={"modality": "voice.inferred_from_face"})
    house.handle(LINE.model_copy(update={"uses": (inferred,)}))
    assert house.said()[0][1]["code"] == "audio.voice_inferred_from_face_unavailable"
    assert house.consent.opened == []


def test_a_message_that_is_no_job_is_parked(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        HandleJob(Desk(house.log, house.progress, house.clock), house.consent, house.vault, house.studio)(
            {"kind": "line"}
        )
    assert refused.value.code == "audio.bad_job"


def test_progress_is_seen_while_it_runs_and_written_twice_a_second_at_most(house: House) -> None:
    house.studio.clock = house.clock
    seen: list[float] = []
    advance = house.progress.advance
    house.progress.advance = lambda tx, job, fraction: (seen.append(fraction), advance(tx, job, fraction))[1]  # type: ignore[method-assign, assignment, func-returns-value]
    house.handle(STOCK)
    assert 8 <= len(seen) <= 12  # 6 s of work, a report every 0.3 s
    assert seen == sorted(seen)


def test_questions_answer_from_data() -> None:
    ask = Ask(MemoryLog(), MemoryProgress(), ())
    assert ask.beds().beds == bed_names()
    assert ask.jobs(GetJobs(production="nothing")).jobs == ()
