"""What a witness answers, clause by clause, on its real store."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from consent_service.witness.app import Witness
from consent_service.witness.identity import load_cosigners, policy_lines
from consent_service.witness.logs import KnownLogs
from consent_service.witness.rules import Refused
from consent_service.witness.store import WitnessStore
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Internal
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.cosignature import read_cosignatures
from infra.tlog.policy import parse_policy
from infra.tlog.witness_api import AddCheckpoint
from tests.consent_service.witness.logs import SmallLog

LOG = SmallLog()
STRANGER = SmallLog(signer=Ed25519Signer.from_seed(bytes(32)))
NOW = 1_700_000_000


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    store = WitnessStore(tmp_path / "record.sqlite")
    yield Witness(load_cosigners(tmp_path, "w.example"), store, KnownLogs([str(LOG.vkey)]), lambda: NOW)
    store.close()


def refused(witness: Witness, body: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        witness.add_checkpoint(body)
    return caught.value


def test_it_cosigns_with_both_keys_what_continues_its_record(witness: Witness) -> None:
    for old, new in ((0, 3), (3, 3), (3, 4), (4, 300)):
        note = LOG.note(new) + witness.add_checkpoint(LOG.request(old, new))
        found = read_cosignatures(note, [one.key for one in witness.cosigners])
        assert [(item.name, item.time) for item in found] == [("w.example", NOW)] * 2
    record = witness.store.record(LOG.origin)
    assert record is not None
    assert (record.size, record.note) == (300, LOG.note(300))


def test_an_empty_tree_is_cosigned_once_it_has_the_empty_root(witness: Witness) -> None:
    wrong = sign_checkpoint(SignedTree(LOG.origin, 0, bytes(32)), LOG.signer)
    assert refused(witness, AddCheckpoint(0, (), wrong).text().encode()).status == 422
    assert witness.add_checkpoint(LOG.request(0, 0))
    assert witness.add_checkpoint(LOG.request(0, 5))


@pytest.mark.parametrize("body", [b"", b"old 0\n\n", b"old 0\n\nno checkpoint\n", b"\xff"])
def test_what_is_no_request_is_answered_400(witness: Witness, body: bytes) -> None:
    assert refused(witness, body).status == 400


def test_an_unknown_origin_is_answered_404(witness: Witness) -> None:
    assert refused(witness, SmallLog("other.example").request(0, 3)).status == 404


def test_a_checkpoint_without_a_good_signature_is_answered_403(witness: Witness) -> None:
    assert refused(witness, STRANGER.request(0, 3)).status == 403
    note, line = LOG.note(3).split("\n\n")
    bad = f"{note}\n\n{line[:-6]}AAA=\n"
    assert refused(witness, AddCheckpoint(0, (), bad).text().encode()).status in (400, 403)
    forged = LOG.note(3) + LOG.note(4).split("\n\n")[1]
    assert refused(witness, AddCheckpoint(0, (), forged).text().encode()).status == 403, "a known signature fails"


def test_unknown_signatures_beside_a_good_one_are_ignored(witness: Witness) -> None:
    note = LOG.note(3) + STRANGER.note(3).split("\n\n")[1]
    assert witness.add_checkpoint(AddCheckpoint(0, (), note).text().encode())


def test_an_old_size_above_the_checkpoints_is_answered_400(witness: Witness) -> None:
    assert refused(witness, AddCheckpoint(4, (), LOG.note(3)).text().encode()).status == 400


def test_another_old_size_than_the_recorded_is_answered_409_with_it(witness: Witness) -> None:
    first = refused(witness, LOG.request(2, 3))
    assert (first.status, first.body, first.media_type) == (409, "0\n", "text/x.tlog.size")
    witness.add_checkpoint(LOG.request(0, 5))
    for old, new in ((0, 6), (4, 6), (6, 8), (3, 3)):
        answer = refused(witness, LOG.request(old, new))
        assert (answer.status, answer.body, answer.media_type) == (409, "5\n", "text/x.tlog.size")


@pytest.mark.parametrize("fork", ["another history "])
def test_another_history_is_answered_422_and_the_proof_of_a_fork_is_kept(witness: Witness, fork: str) -> None:
    other = SmallLog(fork=fork)
    witness.add_checkpoint(LOG.request(0, 5))
    assert refused(witness, other.request(5, 9)).status == 422
    assert witness.store.forks() == [], "a bad proof says nothing about the log: anyone could have sent it"
    same = refused(witness, other.request(5, 5))
    assert (same.status, same.forked) == (422, True)
    assert witness.store.forks() == [(LOG.origin, 5, LOG.note(5), other.note(5))]
    record = witness.store.record(LOG.origin)
    assert record is not None
    assert record.note == LOG.note(5)


def test_a_bad_proof_is_answered_422(witness: Witness) -> None:
    proof = LOG.proof(5, 9)
    extra = AddCheckpoint(0, (bytes(32),), LOG.note(5)).text().encode()
    assert refused(witness, extra).status == 422, "from size 0 a proof is empty"
    witness.add_checkpoint(LOG.request(0, 5))
    for wrong in ((), proof[:-1], (*proof, bytes(32)), (bytes(32), *proof[1:])):
        assert refused(witness, AddCheckpoint(5, wrong, LOG.note(9)).text().encode()).status == 422
    assert refused(witness, AddCheckpoint(5, (bytes(32),), LOG.note(5)).text().encode()).status == 422


def test_a_clock_that_goes_back_does_not_take_the_cosignatures_along(witness: Witness, tmp_path: Path) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    earlier = Witness(witness.cosigners, witness.store, witness.logs, lambda: NOW - 3600)
    note = LOG.note(6) + earlier.add_checkpoint(LOG.request(5, 6))
    assert {found.time for found in read_cosignatures(note, [one.key for one in witness.cosigners])} == {NOW}


def test_of_two_requests_at_once_one_is_kept_and_sizes_never_go_back(tmp_path: Path) -> None:
    """The race of the specification, on two connections to one file, as two processes would have."""
    stores = [WitnessStore(tmp_path / "record.sqlite") for _ in range(2)]
    both = [Witness(load_cosigners(tmp_path, "w"), store, KnownLogs([str(LOG.vkey)]), lambda: NOW) for store in stores]
    both[0].add_checkpoint(LOG.request(0, 1))
    gate, statuses = threading.Barrier(2), list[int]()

    def send(witness: Witness, new: int) -> None:
        gate.wait()
        try:
            witness.add_checkpoint(LOG.request(1, new))
            statuses.append(200)
        except Refused as error:
            statuses.append(error.status)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(both, (5, 9), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    for store in stores:
        store.close()


def test_nothing_is_cosigned_that_was_not_kept(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails at the commit: no cosignature leaves, the record stays."""
    witness.add_checkpoint(LOG.request(0, 3))

    def broken(origin: str, step: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(witness.store, "advance", broken)
        with pytest.raises(OSError, match="disk full"):
            witness.add_checkpoint(LOG.request(3, 5))
    assert witness.add_checkpoint(LOG.request(3, 5))


def test_keys_are_made_once_and_the_policy_names_them(tmp_path: Path) -> None:
    cosigners = load_cosigners(tmp_path, "w.example")
    again = load_cosigners(tmp_path, "w.example")
    assert [one.key for one in cosigners] == [one.key for one in again]
    assert (tmp_path / "witness.seed").stat().st_mode & 0o777 == 0o600
    policy = parse_policy(policy_lines(cosigners, "http://127.0.0.1:1"))
    assert policy.is_met(["w.example/ed25519"])
    assert policy.in_words() == "1 of 1: w.example", "one witness with two keys is not two"
    assert {line.url for line in policy.witnesses.values()} == {"http://127.0.0.1:1"}
    (tmp_path / "witness.seed").write_bytes(b"short")
    with pytest.raises(Internal):
        load_cosigners(tmp_path, "w.example")


def test_known_logs_are_read_again_when_their_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "log.vkey"
    known = KnownLogs([str(path)])
    assert known.keys() == {}
    path.write_text(f"# our log\n{LOG.vkey}\n")
    assert known.keys() == {LOG.origin: [LOG.vkey]}
    path.write_text(f"{LOG.vkey}\n{STRANGER.vkey}\n\n")
    assert known.keys() == {LOG.origin: [LOG.vkey, STRANGER.vkey]}, "two keys while the log changes its key"
    path.write_text("garbage, and longer than before")
    assert known.keys() == {LOG.origin: [LOG.vkey, STRANGER.vkey]}
