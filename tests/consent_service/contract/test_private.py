"""Sealed statements: what people typed is committed to, signed that way, and opened again by nobody but the keeper."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent_service.contract.ledger import ChangeGrant, GrantChange, RecordGrant
from consent_service.contract.openings import Openings
from consent_service.contract.private import (
    Opened,
    open_terms,
    opened,
    private_values,
    seal_terms,
    sealed_change,
    sealed_grant,
    verify_opened,
)
from consent_service.contract.terms import GrantTerms
from infra.kernel.crypto import b64u
from infra.kernel.errors import Invalid
from infra.kernel.ids import uuid7
from tests.consent_service.house import START, Person, terms

ADA = Person("sub_ada")
TYPED: dict[str, Any] = {
    "scope__description": "Ada Lovelace tells of her mother", "scope__projects": ["Ada's letters"],
    "scope__words_forbidden": ["Byron"], "scope__words_allowed": ["engine"], "scope__themes_forbidden": ["family"],
    "scope__brands": ["Lovelace & Co"],
    "duties": {"disclosure_text": "Ada, recreated", "compensation_ref": "invoice to Ada"},
}  # fmt: skip


def typed() -> GrantTerms:
    return terms(ADA, START, **TYPED)


def openings_for(agreed: GrantTerms, seed: int = 0) -> Openings:
    salts = {at: b64u(bytes([seed + n]) * 32) for n, at in enumerate(sorted(private_values(agreed)))}
    return Openings(entry=uuid7(), salts=salts)


def test_no_typed_text_is_left_in_sealed_terms() -> None:
    agreed = typed()
    sealed = seal_terms(agreed, openings_for(agreed))
    told = sealed.model_dump_json()
    for word in ("Ada Lovelace", "letters", "Byron", "engine", "family", "Lovelace", "recreated", "invoice"):
        assert word not in told
    assert len(sealed.commitments) == 8
    assert private_values(sealed) == {}


def test_opening_gives_back_exactly_what_was_agreed() -> None:
    agreed = typed()
    sealed = seal_terms(agreed, openings_for(agreed))
    assert open_terms(sealed, private_values(agreed)) == agreed
    assert open_terms(sealed, {}) == sealed


@given(st.text(max_size=300), st.text(max_size=300))
def test_another_text_has_another_commitment(one: str, other: str) -> None:
    first, second = terms(ADA, START, scope__description=one or "x"), terms(ADA, START, scope__description=other or "y")
    if first.scope.description == second.scope.description:
        return
    openings = openings_for(first)
    assert seal_terms(first, openings).commitments != seal_terms(second, openings).commitments


def test_the_same_text_in_another_entry_or_under_another_salt_looks_different() -> None:
    agreed = typed()
    openings = openings_for(agreed)
    seen = {
        seal_terms(agreed, given).commitments["/scope/description"]
        for given in (openings, openings.model_copy(update={"entry": uuid7()}), openings_for(agreed, 100))
    }
    assert len(seen) == 3


def test_each_text_needs_a_salt_of_its_own() -> None:
    agreed = typed()
    good = openings_for(agreed)
    short = dict(list(good.salts.items())[1:])
    extra = good.salts | {"/subject/handle": b64u(b"q" * 32)}
    same = dict.fromkeys(good.salts, b64u(b"s" * 32))
    for salts in (short, extra, same, {}):
        with pytest.raises(Invalid, match="bad_openings"):
            seal_terms(agreed, Openings(entry=good.entry, salts=salts))


def test_a_text_in_the_clear_is_refused() -> None:
    agreed = typed()
    with pytest.raises(Invalid, match="personal_text"):
        sealed_grant(RecordGrant(command_id="c", terms=agreed, signature="s"))
    change = GrantChange(grant="grt_1", action="withdraw", reason="my sister is ill", at=START)
    with pytest.raises(Invalid, match="personal_text"):
        sealed_change(ChangeGrant(command_id="c", change=change, signature="s"))


def test_terms_that_are_sealed_already_are_not_sealed_again() -> None:
    agreed = typed()
    openings = openings_for(agreed)
    with pytest.raises(Invalid, match="bad_openings"):
        sealed_grant(RecordGrant(command_id="c", terms=seal_terms(agreed, openings), signature="s", openings=openings))


def test_a_reason_is_committed_to() -> None:
    change = GrantChange(grant="grt_1", action="withdraw", reason="my sister is ill", at=START)
    command = ChangeGrant(
        command_id="c", change=change, signature="s", openings=Openings(entry=uuid7(), salts={"/reason": "A" * 43})
    )
    sealed = sealed_change(command)
    assert sealed.reason == ""
    known = opened(command, "sub_ada")
    assert known is not None
    verify_opened(known, {"/reason": sealed.reason_commitment or ""})


def test_an_opening_that_was_bent_does_not_verify() -> None:
    agreed = typed()
    openings = openings_for(agreed)
    sealed = seal_terms(agreed, openings)
    known = Opened(entry=openings.entry, subject="sub_ada", values=private_values(agreed), salts=openings.salts)
    verify_opened(known, sealed.commitments)
    bent = known.values | {"/scope/description": "something else"}
    for other in (known.model_copy(update={"values": bent}), known.model_copy(update={"entry": uuid7()})):
        with pytest.raises(Invalid, match="bad_openings"):
            verify_opened(other, sealed.commitments)
