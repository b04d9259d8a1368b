"""What the real use cases write, exported and verified: the writer's and the verifier's reading of entries agree."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consent_service.client.export import write_export
from consent_service.client.verify import Report, verify_export
from consent_service.contract.decisions import CloseLease, Lease
from consent_service.usecases import decisions, grants, leases
from infra.eventlog.envelope import pack
from infra.kernel.clock import FixedClock
from tests.consent_service.house import START, House, Person, memory_parts, request, terms, use
from tests.consent_service.ledger.story import VKEY, checkpoint
from tests.consent_service.usecases.signing import approve, narrowed

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
    checker = Path("consent_service/client/pack_files/verify.py").resolve()
    told = subprocess.run(
        [sys.executable, checker, dest, "--key", str(VKEY)], capture_output=True, text=True, check=False
    )
    assert told.returncode == 10, told.stdout
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


def test_what_guardians_unions_and_operators_sign(house: House, tmp_path: Path) -> None:
    mother, union = Person("rep_mother"), Person("rep_guild")
    house.register("representative", mother, role="guardian")
    house.register("representative", union, role="union")
    agreed = terms(
        house.subject, house.now, subject__age_class="minor", subject__authority="guardian",
        subject__authority_ref=mother.handle, subject__authority_evidence="e" * 64,
        limits__not_after=house.now + timedelta(days=300),
    )  # fmt: skip
    minors = grants.record_grant(house.parts, house.signed_grant(agreed, by=mother)).ref
    shared = house.grant(
        subject__representation="union", subject__representative=union.handle,
        revocation={"suspendable_by": ["subject", "union"]},
    )  # fmt: skip
    clock: Any = house.parts.clock
    steps = [(minors, "suspend", house.subject), (minors, "resume", mother), (shared, "suspend", union),
             (shared, "resume", union), (minors, "invalidate", house.pauser)]  # fmt: skip
    for grant, action, by in steps:
        clock.advance(1)
        house.change_grant(grant, action, by=by)
    assert verified(house, tmp_path / "export").faults == ()


def test_narrowing_replacing_and_approving_each_use(house: House, tmp_path: Path) -> None:
    old = house.grant()
    narrowed(house, old, limits__max_uses=50)
    grant = house.grant(supersedes=old, limits__approval="per_use")
    decision = decisions.decide(house.parts, request(use(house.subject)))
    approve(house, decision.id, grant)
    assert verified(house, tmp_path / "export").faults == ()
