"""The log's keys as its entries record them: who may add and retire, and which checkpoints a key may sign."""

import pytest

from infra.kernel.crypto import Ed25519Signer
from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, KeyHistory, KeySet, key_change
from infra.tlog.note import VerifierKey

OLD, NEW, STRANGER = (Ed25519Signer.from_seed(bytes([n]) * 32) for n in range(3))
ORIGIN = "log.example"


def vkey(signer: Ed25519Signer, origin: str = ORIGIN) -> VerifierKey:
    return VerifierKey(origin, signer.public)


FIRST = KeySet((vkey(OLD),))
BOTH = KeySet((vkey(OLD), vkey(NEW)))


def test_the_old_key_adds_a_new_one_and_either_retires_the_other() -> None:
    assert FIRST.after(KEY_ADDED, *key_change(vkey(NEW), OLD, NEW)) == BOTH
    assert BOTH.after(KEY_RETIRED, *key_change(vkey(OLD), OLD)) == KeySet((vkey(NEW),))
    assert BOTH.after(KEY_RETIRED, *key_change(vkey(OLD), NEW)) == KeySet((vkey(NEW),))


@pytest.mark.parametrize("signers", [(), (OLD,), (NEW,), (STRANGER, NEW), (STRANGER,)])
def test_a_key_is_added_by_an_active_key_and_by_itself_together(signers: tuple[Ed25519Signer, ...]) -> None:
    assert FIRST.after(KEY_ADDED, *key_change(vkey(NEW), *signers)) is FIRST


def test_what_is_no_valid_change_changes_nothing() -> None:
    data, signatures = key_change(vkey(NEW), OLD, NEW)
    assert FIRST.after("consent.decision-made.v1", data, signatures) is FIRST
    assert FIRST.after(KEY_ADDED, {**data, "more": 1}, signatures) is FIRST, "another text than was signed"
    assert FIRST.after(KEY_ADDED, {}, signatures) is FIRST
    assert FIRST.after(KEY_ADDED, {"vkey": "garbage"}, signatures) is FIRST
    assert FIRST.after(KEY_ADDED, *key_change(vkey(NEW, "other.example"), OLD, NEW)) is FIRST
    assert BOTH.after(KEY_ADDED, data, signatures) is BOTH, "twice"
    assert FIRST.after(KEY_RETIRED, *key_change(vkey(OLD), OLD)) is FIRST, "the last key stays"
    assert BOTH.after(KEY_RETIRED, *key_change(vkey(STRANGER), OLD)) is BOTH
    assert BOTH.after(KEY_RETIRED, *key_change(vkey(OLD), STRANGER)) is BOTH


def test_a_checkpoint_may_be_signed_by_the_keys_of_its_batch() -> None:
    history = KeyHistory(vkey(OLD))
    history.take(10, KEY_ADDED, *key_change(vkey(NEW), OLD, NEW))
    history.take(20, KEY_RETIRED, *key_change(vkey(OLD), NEW))
    assert history.latest == KeySet((vkey(NEW),))
    assert history.accepted(0, 10) == (vkey(OLD),)
    assert history.accepted(5, 11) == (vkey(OLD), vkey(NEW))
    assert history.accepted(11, 20) == (vkey(OLD), vkey(NEW))
    assert history.accepted(20, 21) == (vkey(OLD), vkey(NEW)), "the retirement itself"
    assert history.accepted(21, 30) == (vkey(NEW),)
