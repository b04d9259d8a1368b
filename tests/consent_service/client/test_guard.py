"""The guard: knows, or denies. Every way not to know is tried; time stands still unless it is moved."""

import threading
from typing import Any

import pytest

from consent_service.client.errors import Stopped, StoppedByConsent, StoppedByPause, StoppedUnsure
from consent_service.client.guard import PATIENCE_S, Guard, Watch
from consent_service.contract.ledger import Control, Snapshot
from infra.kernel.errors import Denied, Paused, Unavailable


class Stage:
    """A guard with a clock set by hand; ``doubts`` counts how often it asked for a snapshot."""

    def __init__(self) -> None:
        self.time, self.doubts = 100.0, 0
        self.guard = Guard(self._doubted, now=lambda: self.time)

    def _doubted(self) -> None:
        self.doubts += 1

    def snapshot(self, seq: int = 0, **blocked: dict[str, str]) -> None:
        value: dict[str, Any] = {"seq": seq, "index": seq + 10, "flags": {}, "blocked_grants": {}} | blocked
        self.guard.adopt(Snapshot.model_validate(value), asked_at=self.time)

    def hear(self, seq: int, kind: str = "heartbeat", key: str = "", state: str = "") -> None:
        value = {"kind": kind, "seq": seq, "index": seq + 10, "key": key, "state": state, "at_ms": 1000.0 + seq}
        self.guard.receive(Control.model_validate(value))

    def watch(self) -> Watch:
        return self.guard.watch(features=["allow.video"], grants=["grt_1"], parties=["prt_1", "sub_1"])

    def allows(self, watch: Watch) -> bool:
        try:
            watch.check(lambda: self.time)
        except Stopped:
            return False
        return True


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_it_denies_until_the_first_snapshot(stage: Stage) -> None:
    watch = stage.watch()
    stage.hear(0)
    assert not stage.allows(watch)
    assert not stage.guard.wait_ready(0)
    stage.snapshot()
    assert stage.allows(watch)
    assert stage.guard.wait_ready(0)


def test_silence_denies_after_the_patience_and_a_heartbeat_ends_it(stage: Stage) -> None:
    stage.snapshot()
    watch = stage.watch()
    stage.time += PATIENCE_S - 0.01
    assert stage.allows(watch)
    stage.time += 0.02
    with pytest.raises(StoppedUnsure) as stopped:
        watch.check(lambda: stage.time)
    assert isinstance(stopped.value, Unavailable)
    assert (stopped.value.code, stopped.value.cause_at_ms) == ("consent.guard_unsure", None)
    stage.hear(0)
    assert stage.allows(watch)


@pytest.mark.parametrize("state", ["paused", "off"])
def test_a_pause_stops_who_needs_the_feature_and_nobody_else(stage: Stage, state: str) -> None:
    stage.snapshot()
    watch, other = stage.watch(), stage.guard.watch(features=["allow.audio"], grants=[])
    stage.hear(1, "flag", "allow.video", state)
    assert stage.allows(other)
    with pytest.raises(StoppedByPause) as stopped:
        watch.check(lambda: stage.time)
    assert isinstance(stopped.value, Paused)
    assert stopped.value.code == f"consent.flag_{state}"
    assert stopped.value.info["feature"] == "allow.video"
    assert stopped.value.info["ledger_index"] == 11
    assert stopped.value.cause_at_ms == 1001.0


@pytest.mark.parametrize(
    ("kind", "key", "state"),
    [("grant", "grt_1", "withdrawn"), ("grant", "grt_1", "suspended"), ("party", "prt_1", "suspended"),
     ("party", "sub_1", "erased")],
)  # fmt: skip
def test_a_withdrawal_or_a_party_that_goes_stops_it(stage: Stage, kind: str, key: str, state: str) -> None:
    stage.snapshot()
    watch = stage.watch()
    stage.hear(1, kind, key, state)
    with pytest.raises(StoppedByConsent) as stopped:
        watch.check(lambda: stage.time)
    assert isinstance(stopped.value, Denied)
    assert stopped.value.code == f"consent.{kind}_{state}"


def test_a_stopped_run_stays_stopped_and_a_new_one_may_start_after_a_resume(stage: Stage) -> None:
    stage.snapshot()
    old = stage.watch()
    stage.hear(1, "flag", "allow.video", "paused")
    assert not stage.allows(stage.watch())
    stage.hear(2, "flag", "allow.video", "limited")
    assert not stage.allows(old)
    assert stage.allows(stage.watch())


def test_what_the_snapshot_blocks_is_blocked(stage: Stage) -> None:
    stage.snapshot(5, flags={"allow.audio": "limited"}, blocked_grants={"grt_1": "withdrawn"})
    assert not stage.allows(stage.watch())
    assert stage.allows(stage.guard.watch(features=["allow.audio"], grants=["grt_2"]))


def test_a_gap_asks_for_a_snapshot_and_renews_nothing(stage: Stage) -> None:
    stage.snapshot(1)
    watch = stage.watch()
    stage.hear(3, "grant", "grt_9", "withdrawn")
    assert (stage.doubts, stage.guard.seq) == (1, None)
    stage.time += PATIENCE_S / 2
    stage.hear(3)
    stage.hear(4, "grant", "grt_8", "withdrawn")
    assert stage.allows(watch)
    stage.time += PATIENCE_S / 2
    assert not stage.allows(watch)
    stage.snapshot(3)
    assert stage.allows(watch)
    assert stage.guard.seq == 4  # the early message was kept and applied after the snapshot


def test_a_heartbeat_ahead_of_us_is_a_gap(stage: Stage) -> None:
    stage.snapshot(1)
    stage.hear(2)
    assert (stage.doubts, stage.guard.seq) == (1, None)


def test_what_is_taken_away_binds_even_while_unsure(stage: Stage) -> None:
    stage.snapshot(1)
    watch = stage.watch()
    stage.hear(7, "flag", "allow.video", "paused")
    assert not stage.allows(watch)


def test_a_snapshot_behind_what_we_know_changes_nothing(stage: Stage) -> None:
    stage.snapshot(1)
    stage.hear(2, "grant", "grt_1", "withdrawn")
    stage.snapshot(1)
    assert stage.guard.seq == 2
    assert not stage.allows(stage.watch())


def test_messages_before_the_snapshot_apply_in_order_after_it(stage: Stage) -> None:
    stage.hear(6, "flag", "allow.video", "limited")
    stage.hear(5, "flag", "allow.video", "paused")
    stage.hear(4, "grant", "grt_1", "withdrawn")
    stage.snapshot(4)
    assert stage.guard.seq == 6
    assert stage.allows(stage.watch())


def test_a_hole_among_the_early_messages_is_a_gap(stage: Stage) -> None:
    stage.hear(6, "flag", "allow.audio", "paused")
    stage.snapshot(4)
    assert stage.doubts == 1
    assert stage.guard.seq is None


def test_repeats_are_dropped(stage: Stage) -> None:
    stage.snapshot(1)
    stage.hear(2, "flag", "allow.video", "paused")
    stage.hear(3, "flag", "allow.video", "limited")
    watch = stage.watch()
    stage.hear(2, "flag", "allow.video", "paused")
    assert stage.allows(watch)
    assert stage.doubts == 0


def test_a_snapshot_counts_from_when_it_was_asked_for(stage: Stage) -> None:
    asked_at = stage.time
    stage.time += PATIENCE_S + 1
    snapshot = Snapshot(seq=0, index=0, flags={}, blocked_grants={})
    stage.guard.adopt(snapshot, asked_at=asked_at)
    assert not stage.allows(stage.watch())


def test_an_ended_run_is_forgotten(stage: Stage) -> None:
    stage.snapshot()
    watch = stage.watch()
    stage.guard.release(watch)
    stage.hear(1, "flag", "allow.video", "paused")
    assert watch.cause is None


def test_runs_come_and_go_while_messages_pour_in(stage: Stage) -> None:
    """Threads that watch and release never disturb the fold, and a run never misses what stops it."""
    stage.snapshot()
    missed: list[Watch] = []
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            watch = stage.guard.watch(features=[], grants=["grt_1"])
            if stage.guard._blocked and watch.cause is None:
                missed.append(watch)
            stage.guard.release(watch)

    threads = [threading.Thread(target=churn) for _ in range(4)]
    for thread in threads:
        thread.start()
    stage.hear(1, "grant", "grt_1", "suspended")
    for seq in range(2, 2000):
        stage.hear(seq, "grant", f"grt_x{seq % 7}", "suspended")
    done.set()
    for thread in threads:
        thread.join()
    assert (missed, stage.guard.seq, stage.doubts) == ([], 1999, 0)
