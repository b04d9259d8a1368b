"""Receipts as they are handed out: each verifies with the log's key alone, and what is not signed is not there."""

import base64

import psycopg
import pytest

from consent_service.contract.receipts import ReceiptFile
from consent_service.sequencer.receipts import PACE_S
from consent_service.sequencer.rotate import add_key
from consent_service.store.receipts import Receipts
from infra.kernel.errors import AssentError, NotFound
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.cose import verify_consistency_receipt, verify_inclusion_receipt
from infra.tlog.note import VerifierKey
from tests.consent_service.ledger.running import KEY, RunningLedger
from tests.consent_service.sequencer.test_receipts import Beside, beside
from tests.consent_service.sequencer.test_rotation import BOTH, CLOCK, NEW, NEW_VKEY


def grow(at: Beside, *names: str) -> None:
    """A batch each, and a root signed after the last."""
    for name in names:
        at.grow(name)
    at.now += PACE_S
    at.follow()


def leaf(running: RunningLedger, index: int) -> bytes:
    return running.ledger.entries(index, 1).entries[0].leaf.encode()


def data(found: ReceiptFile) -> bytes:
    return base64.b64decode(found.data)


def code(act: object) -> str:
    with pytest.raises(NotFound) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def trees(running: RunningLedger, *keys: VerifierKey) -> dict[int, SignedTree]:
    with psycopg.connect(running.url) as conn:
        return {size: open_checkpoint(note, *keys) for size, note in conn.execute("SELECT size, note FROM checkpoints")}


def test_every_entry_has_a_receipt_under_the_newest_signed_root(running: RunningLedger) -> None:
    receipts = Receipts(running.pool, running.ledger)
    assert code(lambda: receipts.inclusion(0)) == "consent.no_such_receipt"
    with beside(running) as at:
        grow(at, "a")
        grow(at, "b", "c")
        at.grow("d")
    signed = trees(running, KEY.vkey)
    for index in range(4):
        found = receipts.inclusion(index)
        assert (found.size, found.key) == (4, KEY.vkey.key_id.hex())
        assert verify_inclusion_receipt(data(found), leaf(running, index), KEY.vkey) == (index, signed[4])
        assert receipts.inclusion(index, size=4, key=found.key) == found
    assert verify_inclusion_receipt(data(receipts.inclusion(1, size=2)), leaf(running, 1), KEY.vkey)[1] == signed[2]
    for old in (1, 2, 3):
        found = receipts.consistency(old)
        assert verify_consistency_receipt(data(found), signed[old], KEY.vkey) == signed[4]
        assert receipts.consistency(old, new=4) == found
    assert receipts.consistency(1, new=2).size == 2


def test_what_no_root_was_signed_for_is_not_there(running: RunningLedger) -> None:
    receipts = Receipts(running.pool, running.ledger)
    with beside(running) as at:
        grow(at, "a")
        grow(at, "b", "c")
        at.grow("d")
    assert code(lambda: receipts.inclusion(4)) == "consent.no_such_receipt", "it is too new"
    assert code(lambda: receipts.inclusion(5)) == "consent.no_such_entry"
    assert code(lambda: receipts.inclusion(0, size=3)) == "consent.no_such_receipt"
    assert code(lambda: receipts.inclusion(0, size=99)) == "consent.no_such_receipt"
    assert code(lambda: receipts.inclusion(0, key="00000000")) == "consent.no_such_receipt"
    assert code(lambda: receipts.inclusion(3, size=2)) == "consent.no_such_entry"
    for old, new in ((4, None), (4, 4), (5, None), (2, 2), (1, 3)):
        assert code(lambda old=old, new=new: receipts.consistency(old, new=new)) == "consent.no_such_receipt"


def test_during_an_overlap_either_key_can_be_asked_for(running: RunningLedger) -> None:
    receipts = Receipts(running.pool, running.ledger)
    with beside(running, BOTH) as at:
        grow(at, "a")
        add_key(running.pool, BOTH, NEW, CLOCK)
        grow(at, "b")
    old, new = KEY.vkey, NEW_VKEY
    assert receipts.inclusion(0).key == old.key_id.hex(), "the one that most readers hold"
    for vkey, another in ((old, new), (new, old)):
        found = receipts.inclusion(0, key=vkey.key_id.hex())
        assert verify_inclusion_receipt(data(found), leaf(running, 0), vkey)[0] == 0
        with pytest.raises(AssentError):
            verify_inclusion_receipt(data(found), leaf(running, 0), another)
    assert code(lambda: receipts.inclusion(0, size=2, key=new.key_id.hex())) == "consent.no_such_receipt"


def test_an_edited_signature_does_not_become_a_receipt_that_verifies(running: RunningLedger) -> None:
    receipts = Receipts(running.pool, running.ledger)
    with beside(running) as at:
        grow(at, "a")
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        admin.execute("ALTER TABLE consent.receipt_signatures DISABLE TRIGGER USER")
        admin.execute("UPDATE consent.receipt_signatures SET signature = set_byte(signature, 3, 1)")
    with pytest.raises(AssentError):
        verify_inclusion_receipt(data(receipts.inclusion(0)), leaf(running, 0), KEY.vkey)
