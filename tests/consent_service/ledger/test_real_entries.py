"""What the real use cases write, exported and verified: the writer's and the verifier's reading of entries agree."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consent_service.client.export import write_export
from consent_service.client.verify import Report, verify_export
from consent_service.contract.decisions import CloseLease, Lease
from consent_service.usecases import decisions, leases
from infra.eventlog.envelope import pack
from infra.kernel.clock import FixedClock
from tests.consent_service.house import START, House, memory_parts, request, use
from tests.consent_service.ledger.story import VKEY, checkpoint

FILM = "f" * 64


@pytest.fixture
def house() -> House:
    return House(memory_parts(FixedClock(START))).furnish()


def close(house: House, lease: Lease, output: str, takes: tuple[str, ...] = ()) -> None:
    command = {"lease": lease.id, "fence": lease.fence, "outcome": "completed", "output_sha256": output, "seconds": 3}
    leases.close_lease(house.parts, CloseLease.model_validate(command | {"takes": takes}))


def publish(house: House) -> None:
    used, take = use(house.subject), "e" * 64
    decision = decisions.decide(house.parts, request(used))
    close(house, house.open(house.permit(decision.id, "job_1", used)), take)
    close(house, house.open(house.permit(decision.id, "job_2", used, kind="release")), FILM, (take,))


def verified(house: House, dest: Path) -> Report:
    log: Any = house.parts.log
    leaves = [pack(event).decode() for event in log.history(limit=10_000)]
    write_export(leaves, checkpoint(leaves), dest)
    return verify_export(dest, str(VKEY))


def test_a_published_film_is_covered(house: House, tmp_path: Path) -> None:
    grant = house.grant()
    publish(house)
    report = verified(house, tmp_path / "export.zip")
    assert report.faults == ()
    [film] = report.films
    assert (film.output_sha256, film.production, list(film.grants)) == (FILM, "prd_1", [grant])


def test_a_grant_that_was_suspended_resumed_and_withdrawn_reads_the_same(house: House, tmp_path: Path) -> None:
    grant = house.grant()
    clock: Any = house.parts.clock
    for action in ("suspend", "resume"):
        clock.advance(1)
        house.change_grant(grant, action)
    publish(house)
    clock.advance(timedelta(minutes=1).total_seconds())
    house.change_grant(grant, "withdraw")
    assert verified(house, tmp_path / "export").faults == ()


def test_flag_changes_are_entries_like_others(house: House, tmp_path: Path) -> None:
    house.set_flag("allow.video_generation", "paused")
    house.set_flag("allow.video_generation", "limited", house.resumer, tiers=("vetted",))
    assert verified(house, tmp_path / "export").faults == ()
