"""Leases and the publish gate: what was withdrawn or paused before it always wins, and races never oversell."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from consent_service.contract import events as kinds
from consent_service.contract.decisions import CloseLease, Lease, LeaseClosed, RenewLease
from consent_service.contract.methods import GetGrant
from consent_service.domain import leases as rules
from consent_service.usecases import decisions, grants, leases
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import AssentError, Conflict, Denied, Invalid, NotFound, Paused
from tests.consent_service.house import FACE, OUTPUT, House, Person, request, use


def close(house: House, lease: Lease, outcome: str = "completed", **changes: Any) -> LeaseClosed:
    value = {"lease": lease.id, "fence": lease.fence, "outcome": outcome, "output_sha256": OUTPUT, "seconds": 3.0}
    if outcome != "completed":
        value |= {"output_sha256": None, "seconds": 0.0}
    return leases.close_lease(house.parts, CloseLease.model_validate(value | changes))


def events_of(house: House, job: str) -> list[Any]:
    return list(house.parts.log.run(lambda tx: tx.read(rules.stream(job))))


def test_a_take_is_started_and_completed_in_the_ledger(house: House) -> None:
    grant = house.grant()
    lease = house.start("job_1", use(house.subject))
    assert (lease.fence, lease.grants, lease.subjects) == (1, (grant,), (house.subject.handle,))
    assert set(lease.features) == {"allow.video_generation", "allow.real_person_reference"}
    closed = close(house, lease)
    started, completed = events_of(house, "job_1")
    assert started.type == kinds.SYNTHESIS_STARTED
    assert started.data["consumed"] == [grant]
    assert completed.type == kinds.SYNTHESIS_COMPLETED
    assert closed.entry_id == completed.id
    assert closed.ledger_index == completed.position
    assert grants.get_grant(house.parts, GetGrant(grant=grant)).uses_left == 99


def test_a_release_names_what_it_was_made_of_and_consumes_nothing(house: House) -> None:
    grant = house.grant(limits__max_uses=1)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    lease = house.open(house.permit(decision.id, "job_1", used))
    close(house, lease)
    release = house.open(house.permit(decision.id, "job_2", used, kind="release"))
    take = "e" * 64
    close(house, release, takes=(take,))
    *_, released = events_of(house, "job_2")
    assert released.type == kinds.OUTPUT_RELEASED
    assert released.data["grants"] == [grant]
    assert released.data["takes"] == [take]
    assert released.data["modalities"] == ["face.image"]
    assert released.data["production"] == "prd_1"
    assert grants.get_grant(house.parts, GetGrant(grant=grant)).uses_left == 0


@pytest.mark.parametrize("action", ["withdraw", "suspend"])
def test_the_gate_refuses_after_a_withdrawal(house: House, action: str) -> None:
    grant = house.grant()
    lease = house.start("job_1", use(house.subject))
    house.change_grant(grant, action)
    with pytest.raises(Denied) as refused:
        close(house, lease)
    assert refused.value.code == f"consent.grant_{'withdrawn' if action == 'withdraw' else 'suspended'}"
    with pytest.raises(Denied):
        leases.renew_lease(house.parts, RenewLease(lease=lease.id, fence=lease.fence))
    close(house, lease, "aborted", stop_ms=12.5, reason=refused.value.code)
    *_, aborted = events_of(house, "job_1")
    assert (aborted.type, aborted.data["stop_ms"]) == (kinds.SYNTHESIS_ABORTED, 12.5)


def test_a_withdrawal_that_stops_only_new_uses_lets_a_running_one_finish(house: House, clock: FixedClock) -> None:
    grant = house.grant(revocation={"effect": "stop_new"})
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    lease = house.open(house.permit(decision.id, "job_1", used))
    later = house.permit(decision.id, "job_2", used)
    clock.advance(0.5)
    house.change_grant(grant, "withdraw")
    assert close(house, lease).lease == lease.id
    with pytest.raises(Denied, match="withdrawn"):
        house.open(later)


def test_the_gate_refuses_after_a_pause(house: House) -> None:
    house.grant()
    lease = house.start("job_1", use(house.subject))
    change = house.set_flag("allow.video_generation", "paused")
    with pytest.raises(Paused) as refused:
        close(house, lease)
    assert refused.value.code == "consent.flag_paused"
    assert refused.value.info["feature"] == "allow.video_generation"
    assert refused.value.info["ledger_index"] == change.recorded.ledger_index
    assert refused.value.info["change_id"] == change.flag.change_id


def test_the_gate_refuses_a_suspended_partner(house: House) -> None:
    house.grant()
    lease = house.start("job_1", use(house.subject))
    house.register("partner", Person("prt_studio"), tier="vetted", state="suspended")
    with pytest.raises(Denied, match="party"):
        close(house, lease)


def test_a_completed_lease_names_its_output_and_keeps_to_its_length(house: House) -> None:
    house.grant()
    lease = house.start("job_1", use(house.subject, seconds=4.0))
    with pytest.raises(Invalid, match="output_missing"):
        close(house, lease, output_sha256=None)
    with pytest.raises(Denied, match="too_long"):
        close(house, lease, seconds=9.0)


def test_closing_twice_gives_the_first_answer_and_another_outcome_conflicts(house: House) -> None:
    house.grant()
    lease = house.start("job_1", use(house.subject))
    first = close(house, lease)
    assert close(house, lease) == first
    with pytest.raises(Conflict, match="lease_closed"):
        close(house, lease, "failed")


def test_a_lease_that_was_not_renewed_is_over(house: House, clock: FixedClock) -> None:
    house.grant()
    lease = house.start("job_1", use(house.subject))
    renew = RenewLease(lease=lease.id, fence=lease.fence)
    for _ in range(3):
        clock.advance(1.5)
        leases.renew_lease(house.parts, renew)
    clock.advance(2.5)
    with pytest.raises(Denied, match="lease_expired"):
        leases.renew_lease(house.parts, renew)
    with pytest.raises(Denied, match="lease_expired"):
        close(house, lease)


def test_the_sweep_ends_lost_leases_once(house: House, clock: FixedClock) -> None:
    house.grant()
    lost = house.start("job_1", use(house.subject))
    clock.advance(1.0)
    house.start("job_2", use(house.subject))
    clock.advance(1.5)
    assert leases.sweep(house.parts) == 1
    assert leases.sweep(house.parts) == 0
    *_, aborted = events_of(house, "job_1")
    assert aborted.data["reason"] == "consent.lease_expired"
    with pytest.raises(Conflict, match="lease_closed"):
        close(house, lost)


def test_opening_again_raises_the_fence_and_consumes_nothing(house: House) -> None:
    grant = house.grant(limits__max_uses=1)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    token = house.permit(decision.id, "job_1", used)
    first, second = house.open(token), house.open(token)
    third = house.open(house.permit(decision.id, "job_1", used))
    assert [first.fence, second.fence, third.fence] == [1, 2, 3]
    assert grants.get_grant(house.parts, GetGrant(grant=grant)).uses_left == 0
    for old in (first, second):
        with pytest.raises(Denied, match="superseded"):
            close(house, old)
        with pytest.raises(Denied, match="superseded"):
            leases.renew_lease(house.parts, RenewLease(lease=old.id, fence=old.fence))
    close(house, third)


def test_a_stock_job_needs_no_grant_but_its_features(house: House) -> None:
    lease = house.start("job_1")
    assert lease.grants == ()
    house.set_flag("allow.video_generation", "off")
    with pytest.raises(Paused, match="flag_off"):
        close(house, lease)


def test_no_more_run_at_once_than_the_grant_allows(house: House, clock: FixedClock) -> None:
    house.grant(limits__max_concurrent=2)
    first = house.start("job_1", use(house.subject))
    house.start("job_2", use(house.subject))
    with pytest.raises(Denied, match="too_many_running"):
        house.start("job_3", use(house.subject))
    close(house, first)
    house.start("job_3", use(house.subject))
    clock.advance(2.5)  # lost workers do not hold a place for ever
    house.start("job_4", use(house.subject))


def test_a_lease_is_opened_with_the_workers_own_key_only(house: House) -> None:
    house.grant()
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    token = house.permit(decision.id, "job_1", used)
    with pytest.raises(Denied, match="wrong_worker_key"):
        house.open(token, Ed25519Signer.generate())


def test_a_permit_is_refused_once_it_is_too_old_to_start(house: House, clock: FixedClock) -> None:
    house.grant()
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    token = house.permit(decision.id, "job_1", used)
    clock.advance(63)
    with pytest.raises(Denied, match="permit_expired"):
        house.open(token)


def test_a_permit_does_not_outlive_its_grant(house: House) -> None:
    grant = house.grant()
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    token = house.permit(decision.id, "job_1", used)
    house.change_grant(grant, "withdraw")
    with pytest.raises(Denied, match="grant_withdrawn"):
        house.open(token)
    with pytest.raises(Denied, match="grant_withdrawn"):
        house.permit(decision.id, "job_2", used)


def test_an_unknown_lease_is_not_found(house: House) -> None:
    with pytest.raises(NotFound, match="unknown_lease"):
        leases.renew_lease(house.parts, RenewLease(lease="lse_0", fence=1))


def race(calls: list[Callable[[], Any]]) -> list[Any]:
    """All at once; each answers its result or its error."""
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return call()
        except AssentError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_exactly_as_many_racing_leases_open_as_uses_are_left(stone_house: House) -> None:
    house = stone_house
    grant = house.grant(limits__max_uses=3, limits__max_concurrent=100)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    tokens = [house.permit(decision.id, f"job_{n}", used) for n in range(10)]
    outcomes = race([lambda token=token: house.open(token) for token in tokens])  # type: ignore[misc]
    assert sum(isinstance(outcome, Lease) for outcome in outcomes) == 3
    assert {outcome.code for outcome in outcomes if isinstance(outcome, AssentError)} == {"consent.uses_exhausted"}
    assert grants.get_grant(house.parts, GetGrant(grant=grant)).uses_left == 0


def test_exactly_as_many_racing_leases_open_as_places_are_free(stone_house: House) -> None:
    house = stone_house
    house.grant(limits__max_concurrent=2)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    tokens = [house.permit(decision.id, f"job_{n}", used) for n in range(8)]
    outcomes = race([lambda token=token: house.open(token) for token in tokens])  # type: ignore[misc]
    assert sum(isinstance(outcome, Lease) for outcome in outcomes) == 2


def test_the_same_job_racing_itself_gets_growing_fences(stone_house: House) -> None:
    house = stone_house
    house.grant(limits__max_uses=1)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    token = house.permit(decision.id, "job_1", used)
    outcomes = race([lambda: house.open(token)] * 6)
    assert sorted(outcome.fence for outcome in outcomes) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("cause", ["withdraw", "pause"])
def test_nothing_passes_the_gate_behind_a_committed_stop(stone_house: House, cause: str) -> None:
    """Whatever order the race takes: an output in the ledger stands before the stop, never after it."""
    house = stone_house
    grant = house.grant()
    used = use(house.subject, assets=[FACE])
    decision = decisions.decide(house.parts, request(used))
    opened = [house.open(house.permit(decision.id, f"job_{n}", used)) for n in range(4)]
    stop: Callable[[], Any] = lambda: house.change_grant(grant, "withdraw")  # noqa: E731
    if cause == "pause":
        stop = lambda: house.set_flag("allow.video_generation", "paused")  # noqa: E731
    calls: list[Callable[[], Any]] = [lambda lease=lease: close(house, lease) for lease in opened]  # type: ignore[misc]
    outcomes = race([*calls[:2], stop, *calls[2:]])
    with house.parts.log._pool.connection() as conn:  # type: ignore[attr-defined]
        rows = conn.execute("SELECT type FROM events JOIN event_order ON id = event_id ORDER BY position").fetchall()
    types = [kind for (kind,) in rows]
    stopped_at = types.index(kinds.GRANT_WITHDRAWN if cause == "withdraw" else kinds.FLAG_CHANGED)
    assert kinds.SYNTHESIS_COMPLETED not in types[stopped_at:]
    passed = sum(isinstance(outcome, LeaseClosed) for outcome in outcomes)
    assert passed == types.count(kinds.SYNTHESIS_COMPLETED)
