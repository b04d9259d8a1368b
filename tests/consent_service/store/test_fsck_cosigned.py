"""Stored cosignatures are verified again: what a superuser does to them, the checker finds."""

from pathlib import Path

import psycopg
import pytest

from consent_service.store.cosigned import keep_cosignatures
from consent_service.store.fsck import main
from consent_service.store.fsck_cosigned import check_cosigned
from consent_service.witness.identity import load_cosigners, policy_lines
from infra.tlog.note import split_note
from infra.tlog.policy import Policy, parse_policy
from tests.consent_service.ledger.running import RunningLedger, decision, fresh_ledger, running

__all__ = ["fresh_ledger", "running"]
AT = 1_795_000_000


@pytest.fixture
def policy(running: RunningLedger, tmp_path: Path) -> Policy:
    """Two checkpoints, each cosigned by a witness's two keys."""
    cosigners = load_cosigners(tmp_path / "witness", "w.example")
    found = parse_policy(policy_lines(cosigners, "http://w"))
    names = list(found.witnesses)
    for stream in ("a", "b"):
        running.append(stream, decision())
        running.sequence()
        head = running.ledger.latest_checkpoint()
        lines = {name: one.cosign(split_note(head.note)[0], AT) for name, one in zip(names, cosigners, strict=True)}
        with psycopg.connect(running.url, autocommit=True) as conn:
            assert keep_cosignatures(conn, head.size, lines, found)
            lines = {
                name: one.cosign(split_note(head.note)[0], AT + 9) for name, one in zip(names, cosigners, strict=True)
            }
            assert keep_cosignatures(conn, head.size, lines, found)
    return found


def problems(running: RunningLedger, policy: Policy | None) -> list[str]:
    with psycopg.connect(running.url) as conn:
        return list(check_cosigned(conn, policy))


def edit(running: RunningLedger, statement: str) -> None:
    """As the database's superuser, past the triggers."""
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        for table in ("cosignatures", "quorums", "renewed_cosignatures"):
            admin.execute(f"ALTER TABLE consent.{table} DISABLE TRIGGER ALL")  # type: ignore[arg-type]
        assert admin.execute(statement).rowcount >= 1  # type: ignore[arg-type]  # a statement of this file


EDITS = {
    "UPDATE consent.cosignatures SET line = overlay(line placing 'AAAA' from length(line) - 60 for 4) WHERE size = 2": (
        "over checkpoint 2 does not verify"
    ),
    "UPDATE consent.cosignatures SET line = line || line WHERE size = 3": "is not one line of a witness",
    "UPDATE consent.cosignatures SET line = 'x' WHERE size = 3": "does not verify: consent.note_malformed",
    """UPDATE consent.cosignatures s SET line = o.line FROM consent.cosignatures o
        WHERE o.size = s.size AND o.witness <> s.witness""": "is another key's",
    """UPDATE consent.cosignatures s SET line = o.line FROM consent.cosignatures o
        WHERE o.size <> s.size AND o.witness = s.witness""": "does not verify: consent.cosignature_invalid",
    "DELETE FROM consent.cosignatures WHERE size = 3 AND witness LIKE '%ml-dsa'": "who did not sign it",
    "UPDATE consent.renewed_cosignatures SET line = replace(line, substr(line, 70, 1), '+')": "does not verify",
    "UPDATE consent.quorums SET witnesses = witnesses || '{w9}'": "counts w9, who did not sign it",
}


@pytest.mark.parametrize("statement", EDITS, ids=range(len(EDITS)))
def test_an_edited_cosignature_is_found(running: RunningLedger, policy: Policy, statement: str) -> None:
    assert problems(running, policy) == problems(running, None) == []
    edit(running, statement)
    assert any(EDITS[statement] in one for one in problems(running, policy)), problems(running, policy)


def test_the_command_goes_by_the_policy_beside_it(
    running: RunningLedger, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "witness" / "policy").write_text(policy_lines(load_cosigners(tmp_path / "witness", "w.example"), ""))
    monkeypatch.setenv("ASSENT_DATABASE_URL", running.url)
    monkeypatch.setenv("ASSENT_STATE_DIR", str(tmp_path))
    assert policy
    assert main([]) == 0
    edit(running, next(iter(EDITS)))
    assert main([]) == 1
