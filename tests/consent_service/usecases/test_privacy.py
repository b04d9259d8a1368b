"""Erasing a subject: what dies, what stays provable, what a restored backup cannot undo."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consent_service.bootstrap import Consent, wire
from consent_service.client.subject_proof import open_history
from consent_service.contract.erasure import ERASURE_CONTEXT, SUBJECT_ERASED, EraseSubject, Erasure
from consent_service.contract.methods import GetGrant
from consent_service.contract.privacy import GetOpenings
from consent_service.contract.subject_index import ProveSubject, SubjectEntries
from consent_service.indexer.process import Indexer
from consent_service.sequencer.process import LogKey, Sequencer
from consent_service.sequencer.watermark import Watermark
from consent_service.store.erasures import Erasures
from consent_service.store.ledger_log import LedgerLog
from consent_service.usecases import decisions, grants, privacy
from infra.eventlog.db import open_pool
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import Ed25519Signer, sign_value
from infra.kernel.errors import Conflict, Denied, NotFound
from infra.tlog.note import parse_vkey
from infra.tlog.proof import verify_tlog_proof
from tests.consent_service.house import VAULT_KEY, House, Person, command_id, request, use
from tests.databases import Databases, FreshDatabase


def asked(house: House, by: Person | None = None, **changes: Any) -> EraseSubject:
    signer = by or house.subject
    value = {"subject": house.subject.handle, "by": signer.handle, "reason": "request", "at": house.now}
    erasure = Erasure.model_validate(value | changes)
    signature = sign_value(signer.signer, ERASURE_CONTEXT, erasure.model_dump(mode="json"))
    return EraseSubject(command_id=command_id(), erasure=erasure, signature=signature)


def texts(house: House) -> list[Any]:
    found = privacy.openings(house.parts, GetOpenings(subject=house.subject.handle)).opened
    return [value for one in found for value in one.values.values()]


def test_the_subject_is_erased_and_nothing_runs_any_more(house: House) -> None:
    grant = house.grant()
    house.start("job-1", use(house.subject))
    assert texts(house) == ["a short film"]
    answer = privacy.erase_subject(house.parts, asked(house))
    assert answer.recorded.ledger_index is not None
    assert texts(house) == []
    assert grants.get_grant(house.parts, GetGrant(grant=grant)).terms.scope.description == ""
    verdict = decisions.decide(house.parts, request(use(house.subject)))
    assert "consent.subject_inactive" in {reason.code for reason in verdict.reasons}
    assert house.parts.proofs.snapshot().blocked_parties == {house.subject.handle: "erased"}


def test_an_operator_may_ask_and_nobody_else(house: House) -> None:
    house.grant()
    for by in (Person("sub_eve"), Person("prt_studio")):
        with pytest.raises(Denied):
            privacy.erase_subject(house.parts, asked(house, by))
    forged = asked(house).model_copy(update={"signature": asked(house, Person("sub_eve")).signature})
    with pytest.raises(Denied, match="bad_signature"):
        privacy.erase_subject(house.parts, forged)
    with pytest.raises(Denied, match="stale"):
        privacy.erase_subject(house.parts, asked(house, at=house.now - timedelta(hours=1)))
    with pytest.raises(NotFound):
        privacy.erase_subject(house.parts, asked(house, subject="sub_nobody"))
    assert texts(house) == ["a short film"]
    assert house.parts.vault.erasures() == []
    privacy.erase_subject(house.parts, asked(house, house.pauser, reason="legal_order"))
    assert texts(house) == []


def test_an_erasure_happens_once_and_for_ever(house: House) -> None:
    house.grant()
    first = privacy.erase_subject(house.parts, asked(house))
    again = privacy.erase_subject(house.parts, asked(house))
    assert first.recorded.entry_id == again.recorded.entry_id
    with pytest.raises(Conflict, match="party_erased"):
        house.register("subject", house.subject)
    with pytest.raises(Denied):
        house.grant()
    assert privacy.erase_again(house.parts) == 0


def test_the_list_of_erasures_survives_a_torn_line(tmp_path: Path, house: House) -> None:
    path = tmp_path / "state" / "erasures.jsonl"
    one, other = asked(house), asked(house, subject="sub_2")
    Erasures(path).note(one)
    with path.open("a") as file:
        file.write('{"command_id": "torn')
    listed = Erasures(path)
    listed.note(other)
    listed.note(one)
    assert [known.erasure.subject for known in Erasures(path).all()] == ["sub_ada", "sub_2"]


@pytest.fixture
def backup(databases: Databases, fresh_database: Callable[..., FreshDatabase]) -> tuple[FreshDatabase, Any]:
    """A database, and a way to make a copy of it as it is now."""
    database = fresh_database()
    return database, lambda: databases._create(database.name)


LOG_KEY = LogKey("test.local/ledger", Ed25519Signer.from_seed(b"l" * 32))


@contextmanager
def sequencing(url: str, folder: Path) -> Iterator[None]:
    """A sequencer that keeps its key from one run to the next."""
    ended = threading.Event()

    def work() -> None:
        with psycopg.connect(url, autocommit=True) as conn:
            sequencer = Sequencer(conn, LOG_KEY, Watermark(folder / "checkpoint"), clock=SystemClock())
            sequencer.stand_by(ended.is_set)
            sequencer.recover()
            sequencer.run(ended.is_set)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()


def opened_at(url: str, state: Path, pool: Any) -> Consent:
    return wire(pool, Ed25519Signer.generate(), SystemClock(), VAULT_KEY, state / "erasures.jsonl")


def test_what_was_proven_before_still_verifies_and_a_restored_backup_brings_nobody_back(
    backup: tuple[FreshDatabase, Any], tmp_path: Path
) -> None:
    database, restore = backup
    url = database.url("consent")
    with sequencing(url, tmp_path), open_pool(url, max_size=4) as pool:
        consent = opened_at(url, tmp_path, pool)
        house = House(consent.parts).furnish()
        grant = house.grant(scope__description="Ada tells of her mother", scope__words_forbidden=["Byron"])
        recorded = consent.ledger.entries(0, 1024).entries
        proofs = [(one.leaf, consent.ledger.proof(index=one.index).tlog_proof) for one in recorded]
        Indexer(LedgerLog(pool), SystemClock()).drain()
        history = consent.subjects.prove(ProveSubject(subject="sub_ada"))
        leaves = [one.leaf for one in consent.subjects.entries(SubjectEntries(subject="sub_ada")).entries]
    old = restore()
    with sequencing(url, tmp_path), open_pool(url, max_size=4) as pool:
        consent = opened_at(url, tmp_path, pool)
        house = House(consent.parts, subject=house.subject)
        assert sorted(map(str, texts(house))) == ["Ada tells of her mother", "['Byron']"]
        decisions.decide(house.parts, request(use(house.subject), words="Byron was here"))
        privacy.erase_subject(house.parts, asked(house))
        vkey = parse_vkey(consent.ledger.latest_checkpoint().vkey)
        for leaf, proof in proofs:
            verify_tlog_proof(proof, leaf.encode(), vkey)
        assert open_history(history, leaves, vkey).grants() == (grant,)
        assert SUBJECT_ERASED in {one.envelope()["type"] for one in consent.ledger.entries(0, 1024).entries}
        _verify_nothing_is_left(url)
    with open_pool(old.url("consent"), max_size=4) as pool:
        restored = opened_at(old.url("consent"), tmp_path, pool)
        back = House(restored.parts, subject=house.subject)
        assert len(texts(back)) == 2
        assert privacy.erase_again(restored.parts) == 1
        assert texts(back) == []
        assert restored.parts.log.run(lambda tx: restored.parts.views.parties(tx, ["sub_ada"]))["sub_ada"].state == (
            "erased"
        )
        assert privacy.erase_again(restored.parts) == 0
    _verify_nothing_is_left(old.url("consent"))


def _verify_nothing_is_left(url: str) -> None:
    """No table of the service holds a word that was typed about the subject, in clear or to be opened."""
    with psycopg.connect(url) as conn:
        tables = [name for (name,) in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'consent'")]
        for name in tables:
            rows = conn.execute(f"SELECT t.* FROM {name} t").fetchall()
            told = json.dumps(
                rows,
                default=lambda value: (
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                ),
            )
            assert "Byron" not in told, name
            assert "her mother" not in told, name
        assert conn.execute("SELECT count(*) FROM subject_keys").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM openings").fetchone() == (0,)
