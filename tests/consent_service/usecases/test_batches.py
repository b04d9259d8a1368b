"""Many grants at once: one commit, an answer to each, and nothing of those that were refused."""

import pytest
from pydantic import ValidationError

from consent_service.contract.batches import BATCH_LIMIT, RecordBatch
from consent_service.contract.ledger import RequestGrant
from consent_service.contract.methods import ListGrants
from consent_service.contract.private import sealed_grant
from consent_service.usecases import batches, grants
from tests.consent_service.house import House, Person, command_id, terms


def listed(house: House) -> int:
    return len(grants.list_grants(house.parts, ListGrants(limit=100)).grants)


def test_each_command_of_a_batch_has_its_own_answer(house: House) -> None:
    good = [house.signed_grant(terms(house.subject)) for _ in range(2)]
    forged = house.signed_grant(terms(house.subject), by=Person("sub_eve"))
    asked = RequestGrant(command_id=command_id(), terms=sealed_grant(good[0]))
    lost = house.signed_grant(terms(house.subject, supersedes="grt_nowhere"))
    made = batches.record_batch(house.parts, RecordBatch(commands=(good[0], forged, asked, lost, good[1]))).answers
    assert [answer.recorded is None for answer in made] == [False, True, False, True, False]
    assert [answer.refused and answer.refused.kind for answer in made] == [None, "denied", None, "not_found", None]
    assert made[1].refused is not None
    assert made[1].refused.code == "consent.bad_signature"
    indices = [answer.recorded.ledger_index for answer in made if answer.recorded is not None]
    assert None not in indices
    assert indices == sorted(indices), "the ledger has them in the batch's order"
    assert listed(house) == 3


def test_a_repeated_command_finds_its_first_answer_in_whatever_batch(house: House) -> None:
    first, second = (house.signed_grant(terms(house.subject)) for _ in range(2))
    alone = grants.record_grant(house.parts, first)
    batch = batches.record_batch(house.parts, RecordBatch(commands=(second, first)))
    again = batches.record_batch(house.parts, RecordBatch(commands=(first, second)))
    refs = [answer.recorded and answer.recorded.ref for answer in (*batch.answers, *again.answers)]
    assert refs[1] == refs[2] == alone.ref
    assert refs[0] == refs[3]
    assert listed(house) == 2


def test_a_command_id_that_was_another_command_s_is_refused_alone(house: House) -> None:
    first, other = (
        house.signed_grant(terms(house.subject)),
        house.signed_grant(terms(house.subject, limits__max_uses=7)),
    )
    grants.record_grant(house.parts, first)
    reused = other.model_copy(update={"command_id": first.command_id})
    fresh = house.signed_grant(terms(house.subject))
    [taken, made] = batches.record_batch(house.parts, RecordBatch(commands=(reused, fresh))).answers
    assert taken.refused is not None
    assert (taken.refused.kind, taken.refused.code) == ("conflict", "eventlog.command_reused")
    assert made.recorded is not None
    assert listed(house) == 2


def test_a_full_batch_is_one_batch_of_the_ledger(stone_house: House) -> None:
    asked = sealed_grant(stone_house.signed_grant(terms(stone_house.subject)))
    commands = tuple(RequestGrant(command_id=command_id(), terms=asked) for _ in range(BATCH_LIMIT))
    answers = batches.record_batch(stone_house.parts, RecordBatch(commands=commands)).answers
    places = [answer.recorded.ledger_index or 0 for answer in answers if answer.recorded is not None]
    assert places == list(range(places[0], places[0] + BATCH_LIMIT))
    checkpoints = {answer.recorded.checkpoint for answer in answers if answer.recorded is not None}
    assert len(checkpoints) == 1


def test_what_is_no_batch_is_refused(house: House) -> None:
    one = house.signed_grant(terms(house.subject))
    for commands in ((), (one, one), (one,) * (BATCH_LIMIT + 1)):
        with pytest.raises(ValidationError):
            RecordBatch(commands=commands)
