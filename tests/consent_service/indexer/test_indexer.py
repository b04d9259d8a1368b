"""The index per subject on Postgres: brought forward in steps, proven, checked against the ledger, tampered with."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consent_service.bootstrap import Consent, wire
from consent_service.client.subject_proof import IndexAudit, open_history, verify_no_use, verify_standing
from consent_service.contract.subject_index import INDEX_COMMITTED, ProveSubject, SubjectEntries, SubjectProof
from consent_service.indexer.process import Indexer
from consent_service.store.ledger_log import LedgerLog
from consent_service.store.subject_index import check_index
from infra.eventlog.db import open_pool
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Invalid, Unavailable
from infra.tlog.leaf import read_leaf
from infra.tlog.note import VerifierKey, parse_vkey
from tests.consent_service.house import VAULT_KEY, House, Person, sequencing, use
from tests.databases import FreshDatabase


@dataclass
class Indexed:
    """A running ledger with an indexer that steps when told."""

    house: House
    consent: Consent
    indexer: Indexer
    url: str
    admin_url: str

    @property
    def vkey(self) -> VerifierKey:
        return parse_vkey(self.consent.ledger.latest_checkpoint().vkey)

    @property
    def size(self) -> int:
        return self.consent.ledger.latest_checkpoint().size

    def prove(self, subject: str, **more: Any) -> tuple[SubjectProof, list[str]]:
        proof = self.consent.subjects.prove(ProveSubject(subject=subject, **more))
        return proof, self.leaves(subject)

    def leaves(self, subject: str) -> list[str]:
        found = self.consent.subjects.entries(SubjectEntries(subject=subject, limit=1024))
        return [entry.leaf for entry in found.entries]

    def audit(self) -> int:
        """Feed every entry to the auditor; how many roots it saw."""
        audit, roots = IndexAudit(), 0
        for entry in self.consent.ledger.entries(0, 10_000).entries:
            audit.see(read_leaf(entry.leaf.encode(), entry.index), bytes.fromhex(entry.leaf_hash))
            roots += entry.envelope()["type"] == INDEX_COMMITTED
        return roots


@pytest.fixture
def indexed(fresh_database: Callable[..., FreshDatabase], tmp_path: Path) -> Iterator[Indexed]:
    database = fresh_database()
    url = database.url("consent")
    with sequencing(url, tmp_path), open_pool(url, max_size=8) as pool:
        consent = wire(pool, Ed25519Signer.generate(), SystemClock(), VAULT_KEY)
        house = House(consent.parts).furnish()
        yield Indexed(house, consent, Indexer(LedgerLog(pool), SystemClock()), url, database.admin_url)


def test_a_history_is_complete_and_verifies_offline(indexed: Indexed) -> None:
    house = indexed.house
    grant = house.grant()
    lease = house.start("job-1", use(house.subject))
    indexed.indexer.drain()
    proof, leaves = indexed.prove("sub_ada")
    history = open_history(proof, leaves, indexed.vkey)
    assert history.grants() == (grant,)
    assert [one.lease for one in history.uses()] == [lease.id]
    told = {event.type for event in history.entries}
    assert {"consent.party-registered.v1", "consent.decision-made.v1", "consent.synthesis-started.v1"} <= told
    verify_standing(history, grant, history.covers)
    with pytest.raises(Invalid, match="was_used"):
        verify_no_use(history, 0, history.covers)
    verify_no_use(history, 0, history.uses()[0].started)
    assert indexed.audit() >= 1


def test_a_withdrawal_shows_and_the_time_before_it_still_stands(indexed: Indexed) -> None:
    grant = indexed.house.grant()
    indexed.indexer.drain()
    before = indexed.size
    indexed.house.change_grant(grant, "withdraw")
    indexed.indexer.drain()
    history = open_history(*indexed.prove("sub_ada", at_least=before + 1), indexed.vkey)
    verify_standing(history, grant, before)
    with pytest.raises(Invalid, match="not_standing"):
        verify_standing(history, grant, history.covers)
    with pytest.raises(Invalid, match="not_covered"):
        verify_standing(history, grant, history.covers + 1)
    verify_no_use(history, 0, history.covers)


def test_a_stranger_is_proven_to_be_absent(indexed: Indexed) -> None:
    indexed.house.grant()
    indexed.indexer.drain()
    history = open_history(*indexed.prove("sub_nobody"), indexed.vkey)
    assert history.entries == ()
    proof, leaves = indexed.prove("sub_ada")
    with pytest.raises(Invalid, match="proof_invalid"):
        open_history(proof.model_copy(update={"subject": "sub_nobody"}), leaves, indexed.vkey)


def test_nothing_can_be_left_out_added_or_changed(indexed: Indexed) -> None:
    indexed.house.grant()
    indexed.house.grant()
    indexed.indexer.drain()
    proof, leaves = indexed.prove("sub_ada")
    for n in range(len(leaves)):
        fewer = proof.model_copy(update={"items": proof.items[:n] + proof.items[n + 1 :]})
        with pytest.raises(Invalid, match="proof_invalid"):
            open_history(fewer, leaves[:n] + leaves[n + 1 :], indexed.vkey)
        bent = [*leaves[:n], leaves[n].replace("sub_ada", "sub_adb"), *leaves[n + 1 :]]
        with pytest.raises(Invalid):
            open_history(proof, bent, indexed.vkey)
    with pytest.raises(Invalid):
        open_history(proof.model_copy(update={"items": (), "leaf_key": None, "leaf_value": None}), [], indexed.vkey)
    with pytest.raises(Invalid):
        open_history(proof.model_copy(update={"commitment": leaves[0]}), leaves, indexed.vkey)
    stranger = VerifierKey(indexed.vkey.name, Ed25519Signer.generate().public)
    with pytest.raises(Invalid):
        open_history(proof, leaves, stranger)


def test_the_index_does_not_chase_itself_and_steps_add_up(indexed: Indexed) -> None:
    indexed.indexer.drain()
    indexed.prove("sub_ada")  # its own entry has its place
    assert indexed.indexer.drain() is None
    for n in range(5):
        indexed.house.register("subject", Person(f"sub_{n}"))
        indexed.indexer.drain()
    assert indexed.audit() >= 5
    with psycopg.connect(indexed.url) as conn:
        assert check_index(conn) == []
    assert len(open_history(*indexed.prove("sub_3"), indexed.vkey).entries) == 1


def test_two_indexers_make_one_index(indexed: Indexed) -> None:
    for n in range(6):
        indexed.house.register("subject", Person(f"sub_{n}"))
    threads = [threading.Thread(target=indexed.indexer.drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    indexed.indexer.drain()
    assert indexed.audit() >= 1
    with psycopg.connect(indexed.url) as conn:
        assert check_index(conn) == []


def test_a_proof_of_what_is_not_covered_yet_is_not_given(indexed: Indexed) -> None:
    indexed.indexer.drain()
    indexed.consent.subjects._patience_s = 0.1
    with pytest.raises(Unavailable, match="index_behind"):
        indexed.prove("sub_ada", at_least=10_000)


EDITS = (
    "UPDATE subject_entries SET position = position - 1 WHERE n = 1",
    "DELETE FROM subject_entries WHERE n = 1",
    "UPDATE subject_nodes SET two = sha256('x') WHERE leaf",
    "UPDATE subject_lists SET size = size + 1",
    "UPDATE subject_commits SET root = sha256('x')",
)


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_index_is_found_and_proves_nothing(indexed: Indexed, edit: Any) -> None:
    indexed.house.grant()
    indexed.indexer.drain()
    with psycopg.connect(indexed.admin_url) as conn:
        conn.execute("SET search_path = consent")
        conn.execute(edit)
    with psycopg.connect(indexed.url) as conn:
        assert check_index(conn) != []
    if "nodes" in edit or "entries" in edit:
        with pytest.raises((Invalid, ValueError)):
            open_history(*indexed.prove("sub_ada"), indexed.vkey)
