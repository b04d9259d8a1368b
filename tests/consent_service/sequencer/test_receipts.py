"""Signatures for receipts: of the newest committed root, once a second, by every active key, and of nothing else."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import pytest

from consent_service.sequencer.keys import LogKey
from consent_service.sequencer.process import Sequencer
from consent_service.sequencer.receipts import PACE_S, RootSigner
from consent_service.sequencer.rotate import add_key, retire_key
from consent_service.store.fsck_receipts import check_receipts
from infra.kernel.crypto import Ed25519Signer, Signer
from infra.kernel.errors import AssentError, Internal, Unavailable
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.cose import sign_root, verify_root
from infra.tlog.merkle import CompactRange, hash_leaf
from tests.consent_service.ledger.running import KEY, RunningLedger, decision
from tests.consent_service.sequencer.test_rotation import BOTH, CLOCK, NEW, NEW_VKEY, OLD_VKEY

Row = tuple[int, bytes, bytes]


def rows(running: RunningLedger) -> list[Row]:
    with psycopg.connect(running.url) as conn:
        found = conn.execute("SELECT size, kid, signature FROM receipt_signatures ORDER BY size, kid").fetchall()
    return [(size, bytes(kid), bytes(signature)) for size, kid, signature in found]


def sizes(running: RunningLedger) -> list[int]:
    return sorted({size for size, _, _ in rows(running)})


def only(_leaves: Sequence[object]) -> list[Signer]:
    return [KEY.signer]


class Beside:
    """A sequencer and the signer beside it, stepped by hand; ``now`` is its clock."""

    def __init__(self, running: RunningLedger, conn: psycopg.Connection, sequencer: Sequencer) -> None:
        self.running, self.sequencer, self.now = running, sequencer, 100.0
        self.signer = RootSigner(conn, KEY.origin, running.watermark, now=lambda: self.now)

    def grow(self, name: str) -> CompactRange:
        self.running.append(name, decision())
        while self.sequencer.drain():
            pass
        return self.sequencer._tree

    def follow(self) -> list[int]:
        self.signer.follow(self.sequencer._tree, self.sequencer._ring.prepare)
        return sizes(self.running)


@contextmanager
def beside(running: RunningLedger, key: LogKey = KEY) -> Iterator[Beside]:
    with psycopg.connect(running.url, autocommit=True) as conn:
        sequencer = Sequencer(conn, key, running.watermark, clock=CLOCK)
        assert sequencer.stand_by(lambda: False)
        sequencer.recover()
        yield Beside(running, conn, sequencer)


def problems(running: RunningLedger) -> list[str]:
    with psycopg.connect(running.url) as conn:
        return list(check_receipts(conn, KEY.vkey))


def test_the_newest_root_is_signed_and_at_most_one_a_second(running: RunningLedger) -> None:
    with beside(running) as at:
        assert at.follow() == [], "one entry has no proof to sign for"
        at.grow("a")
        assert at.follow() == [2]
        at.grow("b")
        at.grow("c")
        assert at.follow() == [2], "too early"
        at.now += PACE_S
        assert at.follow() == [2, 4], "the newest, not each"
        at.now += PACE_S
        before = rows(running)
        assert at.follow() == [2, 4]
        assert rows(running) == before, "nothing new is nothing to do"
    tree = open_checkpoint(running.ledger.latest_checkpoint().note, KEY.vkey)
    [(_, kid, signature)] = [row for row in before if row[0] == 4]
    assert kid == KEY.vkey.key_id
    verify_root(tree, KEY.vkey, signature)
    assert problems(running) == []


def test_a_start_signs_what_the_one_before_had_not_and_the_very_same_bytes(running: RunningLedger) -> None:
    with beside(running) as at:
        at.grow("a")
    with beside(running) as at:
        assert at.follow() == [2]
        before = rows(running)
    with beside(running) as standby:
        assert standby.follow() == [2]
        assert rows(running) == before
        standby.grow("b")
        standby.now += PACE_S
        assert standby.follow() == [2, 3]


def test_both_keys_sign_during_the_overlap_and_the_new_one_alone_after(running: RunningLedger) -> None:
    signed = {}
    with beside(running, BOTH) as at:
        for step in (
            lambda: at.grow("a"),
            lambda: add_key(running.pool, BOTH, NEW, CLOCK),
            lambda: at.grow("b"),
            lambda: retire_key(running.pool, BOTH, OLD_VKEY.key_id.hex(), CLOCK),
            lambda: at.grow("c"),
        ):
            step()
            while at.sequencer.drain():
                pass
            at.now += PACE_S
            at.follow()
            signed[at.sequencer._tree.size] = {kid for size, kid, _ in rows(running) if size == at.sequencer._tree.size}
    old, new = OLD_VKEY.key_id, NEW_VKEY.key_id
    assert signed == {2: {old}, 3: {old, new}, 4: {old, new}, 5: {new}, 6: {new}}
    assert problems(running) == []


def refused(at: Beside, tree: CompactRange | None = None) -> str:
    at.now += PACE_S
    with pytest.raises(Internal) as caught:
        at.signer.follow(tree or at.sequencer._tree, only)
    return caught.value.code


def other(size: int) -> CompactRange:
    tree = CompactRange()
    for n in range(size):
        tree.append(hash_leaf(b"%d" % n))
    return tree


def test_no_root_is_signed_but_the_checkpoints(running: RunningLedger) -> None:
    with beside(running) as at:
        at.grow("a")
        assert refused(at, other(2)) == "consent.ledger_diverged", "another root of the same size"
        assert refused(at, other(7)) == "consent.ledger_diverged", "a size that nothing was signed for"
        with psycopg.connect(running.admin_url, autocommit=True) as admin:
            admin.execute("ALTER TABLE consent.checkpoints DISABLE TRIGGER USER")
            edit = "UPDATE consent.checkpoints SET note = overlay(note placing 'AAAA' from length(note) - 60 for 4)"
            before = [row[0] for row in admin.execute("SELECT note FROM consent.checkpoints ORDER BY size")]
            admin.execute(edit)  # type: ignore[arg-type]
            assert refused(at) == "consent.ledger_diverged", "the stored one is not signed"
            for size, note in enumerate(before, 1):
                admin.execute("UPDATE consent.checkpoints SET note = %s WHERE size = %s", (note, size))
            admin.execute("UPDATE consent.checkpoints SET root = sha256('') WHERE size = 2")
            assert refused(at) == "consent.ledger_diverged", "nor is this root"
    assert rows(running) == []


def test_nothing_is_signed_once_the_kept_checkpoint_was_changed(running: RunningLedger) -> None:
    with beside(running) as at:
        at.grow("a")
        running.keep(running.path.read_text() + "\n")
        assert refused(at) == "consent.watermark_moved"
    assert rows(running) == []


class Away:
    """A token that nobody has plugged in, until somebody does."""

    def __init__(self) -> None:
        self.public, self.away = KEY.signer.public, True

    def sign(self, message: bytes) -> bytes:
        if self.away:
            raise Unavailable("signing.key_away", "the token did not sign")
        return KEY.signer.sign(message)


def test_a_signer_that_is_away_is_asked_again(running: RunningLedger) -> None:
    token = Away()
    with beside(running) as at:
        at.grow("a")
        at.signer.follow(at.sequencer._tree, lambda _: [token])
        token.away = False
        at.signer.follow(at.sequencer._tree, lambda _: [token])
        assert sizes(running) == [], "not before a second has passed"
        at.now += PACE_S
        at.signer.follow(at.sequencer._tree, lambda _: [token])
        assert sizes(running) == [2]


def test_what_is_stored_is_never_replaced(running: RunningLedger) -> None:
    with beside(running) as at:
        at.grow("a")
        at.follow()
    for statement in ("UPDATE receipt_signatures SET size = 3", "DELETE FROM receipt_signatures"):
        with psycopg.connect(running.url) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)  # type: ignore[arg-type]


EDITS = {
    "bytes": "UPDATE receipt_signatures SET signature = set_byte(signature, 7, 255 - get_byte(signature, 7)) "
    "WHERE size = 2",
    "those of another size": "UPDATE receipt_signatures r SET signature = o.signature FROM receipt_signatures o "
    "WHERE o.size <> r.size",
    "another size": "UPDATE receipt_signatures SET size = 5 WHERE size = 3",
    "another checkpoint": "UPDATE receipt_signatures SET size = 4 WHERE size = 3",
    "another key": "UPDATE receipt_signatures SET kid = set_byte(kid, 0, 255 - get_byte(kid, 0)) WHERE size = 2",
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_signature_is_found(running: RunningLedger, edit: str) -> None:
    with beside(running) as at:
        for name in "ab":
            at.grow(name)
            at.now += PACE_S
            at.follow()
        at.grow("c")
    assert problems(running) == []
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        admin.execute("SET search_path = consent")
        admin.execute("SET session_replication_role = replica")
        admin.execute("ALTER TABLE receipt_signatures DISABLE TRIGGER USER")
        assert admin.execute(EDITS[edit]).rowcount >= 1  # type: ignore[arg-type]  # a statement of this file
    [*found] = problems(running)
    assert found
    assert all(one.startswith("the signature for receipts of size ") for one in found)


def test_a_strangers_signature_and_one_of_a_retired_key_are_found(running: RunningLedger) -> None:
    with beside(running, BOTH) as at:
        at.grow("a")
        add_key(running.pool, BOTH, NEW, CLOCK)
        at.sequencer.drain()
        retire_key(running.pool, BOTH, OLD_VKEY.key_id.hex(), CLOCK)
        at.sequencer.drain()
        grown = at.grow("b")
        at.follow()
        assert problems(running) == []
        tree = SignedTree(KEY.origin, grown.size, grown.root())
        stranger = LogKey(KEY.origin, Ed25519Signer.from_seed(bytes([9]) * 32))
        for key in (stranger, KEY):
            row = (tree.size, key.vkey.key_id, sign_root(tree, key.signer))
            at.signer._conn.execute("INSERT INTO receipt_signatures VALUES (%s, %s, %s)", row)
    assert problems(running) == ["the signature for receipts of size 5 is of a key that was not the log's"] * 2


def test_the_sequencer_signs_while_it_runs(running: RunningLedger) -> None:
    ended = threading.Event()

    def work() -> None:
        with running.sequencer() as sequencer:
            sequencer.run(ended.is_set)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        running.append("a", decision())
        wait = threading.Event()
        for _ in range(500):
            if sizes(running):
                break
            wait.wait(0.02)
    finally:
        ended.set()
        thread.join()
    assert sizes(running) == [2]
    assert problems(running) == []
    with pytest.raises(AssentError):
        verify_root(SignedTree(KEY.origin, 2, bytes(32)), KEY.vkey, rows(running)[0][2])
