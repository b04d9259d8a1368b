"""The lease as workers use it, against the real use cases in memory: what is kept, what is recorded, who stops it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from consent_service.client import lease as lease_module
from consent_service.client.errors import Stopped, StoppedByConsent, StoppedByPause, StoppedUnsure
from consent_service.client.guard import Guard
from consent_service.client.lease import ConsentClient, Run
from consent_service.client.permits import PermitVerifier
from consent_service.contract import events as kinds
from consent_service.contract.decisions import IssuePermit
from consent_service.contract.ledger import Control
from consent_service.domain import leases as rules
from consent_service.domain.control import control_of
from consent_service.usecases import decisions, leases
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import AssentError, Unavailable
from infra.kernel.rpc import Method
from tests.consent_service.house import OUTPUT, House, memory_parts, request, use

_SERVED: dict[str, Callable[..., Any]] = {
    "issue_permit": decisions.issue_permit,
    "open_lease": leases.open_lease,
    "renew_lease": leases.renew_lease,
    "close_lease": leases.close_lease,
}


class LocalRpc:
    """The consent service without a broker, over JSON. ``away`` names methods that do not answer; ``deaf`` ones that
    act and whose answer is lost. ``renewed`` is set by each renewal.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self.away: set[str] = set()
        self.deaf: set[str] = set()
        self.renewed = threading.Event()

    def call(self, method: Method[Any, Any], command: Any, deadline_s: float | None = None) -> Any:
        if method.name in self.away:
            raise Unavailable("rpc.timeout", "no answer")
        received = method.command.model_validate_json(command.model_dump_json())
        try:
            answer = _SERVED[method.name](self._house.parts, received)
        except AssentError as error:
            raise AssentError.from_wire(error.to_wire()) from None
        finally:
            if method.name == "renew_lease":
                self.renewed.set()
        if method.name in self.deaf:
            self.deaf.discard(method.name)
            raise Unavailable("rpc.timeout", "no answer")
        return method.answer.model_validate_json(answer.model_dump_json())


class Stage:
    """A house, a worker's client, and the control stream brought to its guard by hand."""

    def __init__(self) -> None:
        self.house = House(memory_parts(SystemClock())).furnish()
        self.rpc = LocalRpc(self.house)
        self.guard = Guard(lambda: None)
        verifier: PermitVerifier = self.house.parts.permits  # type: ignore[assignment]
        self.client = ConsentClient(self.rpc, self.guard, Ed25519Signer.generate(), verifier)
        self.sync()
        self.grant = self.house.grant()
        self.used = use(self.house.subject)

    def sync(self) -> None:
        self.guard.adopt(self.house.parts.proofs.snapshot(), asked_at=SystemClock().monotonic())

    def tell(self) -> None:
        """Bring the guard the control entries it does not know, one by one."""
        seq = 0
        for event in self.house.parts.log.history(limit=1 << 20):  # type: ignore[attr-defined]
            found = control_of(event.type, event.data)
            if found is None:
                continue
            seq += 1
            value = dict(zip(("kind", "key", "state"), found, strict=True))
            at_ms = event.at.timestamp() * 1000
            self.guard.receive(Control.model_validate(value | {"seq": seq, "index": event.position, "at_ms": at_ms}))

    def run(self, job: str = "job_1", **changes: Any) -> Run:
        decision = decisions.decide(self.house.parts, request(self.used)).id
        value = {"decision": decision, "job": job, "uses": [self.used], "features": ["allow.video_generation"]}
        return self.client.lease(**{**value, **changes})

    def events(self, job: str = "job_1") -> list[Any]:
        return list(self.house.parts.log.run(lambda tx: tx.read(rules.stream(job))))


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    running = [thread for thread in threading.enumerate() if thread.name.startswith("renew-")]
    for thread in running:
        thread.join(timeout=5)


@pytest.fixture
def quick_renewal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renew every few milliseconds; nothing else of a lease is shortened."""
    started = lease_module.Renewal.__init__

    def hasty(self: Any, rpc: Any, lease: Any, watch: Any) -> None:
        started(self, rpc, lease.model_copy(update={"ttl_s": 0.03}), watch)

    monkeypatch.setattr(lease_module.Renewal, "__init__", hasty)


def test_a_run_that_completes_is_in_the_ledger(stage: Stage) -> None:
    with stage.run() as run:
        run.check()
        closed = run.complete(output_sha256=OUTPUT, seconds=3.0)
    started, completed = stage.events()
    assert started.data["permit"] == stage.house.parts.permits.verify(run.token).jti
    assert (completed.type, completed.id, completed.data["output_sha256"]) == (
        kinds.SYNTHESIS_COMPLETED, closed.entry_id, OUTPUT,
    )  # fmt: skip
    assert run.stop_ms is None


def test_a_pause_stops_the_run_at_its_next_step_and_says_how_fast(stage: Stage) -> None:
    steps, run = 0, stage.run()

    def work() -> None:
        nonlocal steps
        with run:
            while True:
                run.check()
                steps += 1
                if steps == 3:
                    stage.house.set_flag("allow.video_generation", "paused")
                    stage.tell()

    with pytest.raises(StoppedByPause) as stopped:
        work()
    assert steps == 3
    *_, aborted = stage.events()
    assert (aborted.type, aborted.data["outcome"]) == (kinds.SYNTHESIS_ABORTED, "aborted")
    assert aborted.data["reason"] == "consent.flag_paused"
    assert 0 < aborted.data["stop_ms"] < 5000
    assert stopped.value.info["stop_ms"] == run.stop_ms == aborted.data["stop_ms"]
    assert stopped.value.info["ledger_index"] is not None


def test_a_withdrawal_during_the_run_is_refused_by_the_gate_even_unheard(stage: Stage) -> None:
    """The guard heard nothing; the gate reads the ledger's own truth."""

    def work() -> None:
        with stage.run() as run:
            stage.house.change_grant(stage.grant, "withdraw")
            run.check()
            run.complete(output_sha256=OUTPUT, seconds=3.0)

    with pytest.raises(StoppedByConsent) as stopped:
        work()
    assert stopped.value.code == "consent.grant_withdrawn"
    *_, aborted = stage.events()
    assert aborted.type == kinds.SYNTHESIS_ABORTED
    assert 0 < aborted.data["stop_ms"] < 5000


def test_an_unsure_guard_lets_nothing_complete(stage: Stage) -> None:
    def work() -> None:
        with stage.run() as run:
            stage.guard.good_until = float("-inf")
            run.complete(output_sha256=OUTPUT, seconds=3.0)

    with pytest.raises(StoppedUnsure, match="guard_unsure"):
        work()
    assert [event.type for event in stage.events()] == [kinds.SYNTHESIS_STARTED, kinds.SYNTHESIS_ABORTED]


def test_a_crash_in_the_block_is_recorded_as_failed(stage: Stage) -> None:
    with pytest.raises(ZeroDivisionError), stage.run():
        raise ZeroDivisionError
    *_, failed = stage.events()
    assert (failed.data["outcome"], failed.data["reason"]) == ("failed", "ZeroDivisionError")


def test_leaving_without_completing_is_recorded_as_failed(stage: Stage) -> None:
    with stage.run():
        pass
    *_, failed = stage.events()
    assert (failed.data["outcome"], failed.data["reason"]) == ("failed", "consent.not_completed")


@pytest.mark.parametrize("method", ["issue_permit", "open_lease"])
def test_an_unreachable_ledger_denies(stage: Stage, method: str) -> None:
    stage.rpc.away.add(method)
    with pytest.raises(StoppedUnsure) as stopped, stage.run():
        pytest.fail("it must not run")
    assert stopped.value.code == "rpc.timeout"
    assert stage.events() == []


def test_a_guard_that_never_heard_denies(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_module, "_READY_S", 0.01)
    stage.client.guard = Guard(lambda: None)
    with pytest.raises(StoppedUnsure, match="guard_unsure"), stage.run():
        pytest.fail("it must not run")


def test_a_refused_permit_is_a_stop(stage: Stage) -> None:
    run = stage.run()
    stage.house.change_grant(stage.grant, "suspend")
    with pytest.raises(StoppedByConsent) as stopped, run:
        pytest.fail("it must not run")
    assert stopped.value.code == "consent.grant_suspended"
    assert stopped.value.info["decision"]["reasons"][0]["grant"] == stage.grant


def test_a_gate_that_does_not_answer_is_a_no(stage: Stage) -> None:
    run = stage.run()

    def work() -> None:
        with run:
            stage.rpc.away.add("close_lease")
            run.complete(output_sha256=OUTPUT, seconds=3.0)

    with pytest.raises(StoppedUnsure):
        work()
    assert run.closed is None
    assert [event.type for event in stage.events()] == [kinds.SYNTHESIS_STARTED]


def test_a_lost_answer_of_the_gate_is_asked_for_again(stage: Stage) -> None:
    with stage.run() as run:
        stage.rpc.deaf.add("close_lease")
        closed = run.complete(output_sha256=OUTPUT, seconds=3.0)
    assert [event.id for event in stage.events()][1:] == [closed.entry_id]


@pytest.mark.usefixtures("quick_renewal")
def test_a_refused_renewal_stops_the_run(stage: Stage) -> None:
    """A partner's own rollout ended: no control message names it, the renewal does."""
    run = stage.run()

    def work() -> None:
        with run:
            stage.house.set_flag("allow.video_generation", "limited", tiers=())
            _until_stopped(run, stage.rpc)

    with pytest.raises(StoppedByPause) as stopped:
        work()
    assert stopped.value.code == "consent.flag_not_for_partner"
    assert run.stop_ms is not None


@pytest.mark.usefixtures("quick_renewal")
def test_renewals_that_nobody_answers_stop_the_run(stage: Stage) -> None:

    def work() -> None:
        with stage.run() as run:
            stage.rpc.away.add("renew_lease")
            _until_stopped(run, stage.rpc)

    with pytest.raises(StoppedUnsure):
        work()


def _until_stopped(run: Run, rpc: LocalRpc) -> None:
    """Work until the guard says stop; a guard that never does lets the test's own time limit end it."""
    while True:
        run.check()
        rpc.renewed.wait(0.005)


def test_a_run_whose_place_was_taken_may_ask_again(stage: Stage) -> None:
    """Not a word about consent: the same job was started once more, so this run keeps nothing and nobody is refused."""

    def work() -> None:
        with stage.run("job_1") as first, stage.run("job_1") as second:
            second.check()
            first.complete(output_sha256=OUTPUT, seconds=3.0)

    with pytest.raises(StoppedUnsure, match="lease_superseded"):
        work()


def test_a_release_passes_the_gate_with_its_takes(stage: Stage) -> None:
    with stage.run() as run:
        run.complete(output_sha256=OUTPUT, seconds=3.0)
    with stage.run("job_2", kind="release") as release:
        release.complete(output_sha256="d" * 64, seconds=12.0, takes=[OUTPUT])
    *_, released = stage.events("job_2")
    assert (released.type, released.data["takes"]) == (kinds.OUTPUT_RELEASED, [OUTPUT])


def test_stops_are_caught_as_one_and_told_apart_by_kind() -> None:
    assert issubclass(StoppedByPause, Stopped)
    assert StoppedByPause("c", "d").to_wire()["kind"] == "paused"
    assert StoppedByConsent("c", "d").to_wire()["kind"] == "denied"
    assert StoppedUnsure("c", "d").to_wire()["kind"] == "unavailable"


def test_a_worker_asks_for_its_own_key_only(stage: Stage) -> None:
    asked: IssuePermit = stage.run()._asked
    thief = ConsentClient(stage.rpc, stage.guard, Ed25519Signer.generate(), stage.client.verifier)
    with pytest.raises(StoppedByConsent, match="wrong_worker_key"), Run(thief, asked):
        pytest.fail("it must not run")
