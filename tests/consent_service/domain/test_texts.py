"""Words, themes and descriptions: what is found, what is not, and the law's table with its sources."""

from datetime import timedelta
from typing import Any

import pytest

from consent_service.contract.terms import GrantTerms
from consent_service.domain.coverage import Texts, sealed_faults
from consent_service.domain.grants import GrantNow
from consent_service.domain.statutory import laws_for, table, verify_terms
from consent_service.domain.themes import lexicon, ruled_out, themes_in, titles_in
from consent_service.domain.words import Reading, phrases_in, stem
from infra.kernel.errors import Invalid
from tests.consent_service.house import START, Person, request, terms, use

ADA = Person("sub_ada")


@pytest.mark.parametrize(
    ("word", "same"),
    [
        ("gambling", "gamble"), ("gambles", "gambled"), ("hopping", "hop"), ("parties", "party"),
        ("voted", "vote"), ("agreed", "agree"),
    ],
)  # fmt: skip
def test_inflected_words_have_one_stem(word: str, same: str) -> None:
    assert stem(word) == stem(same)


@pytest.mark.parametrize(("one", "other"), [("news", "new"), ("class", "clas"), ("sing", "s"), ("number", "numb")])
def test_other_words_keep_theirs(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_forbidden_words_are_found_inflected() -> None:
    assert phrases_in("They were gambling all night", ["gamble"]) == ("gamble",)
    assert phrases_in("He parties hard", ["party"]) == ("party",)
    assert phrases_in("A new day", ["news"]) == ()


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Vote for me on Sunday", "political"), ("The senator lost the election", "political"),
        ("Place your bets", "gambling"), ("Praise the Lord", "religious"),
        ("Buy this stock now", "medical_financial_advice"),
        ("He took bribes", "defamation"), ("Please verify my identity", "identity_check_bypass"),
        ("She is naked under the lingerie", "sexual"), ("the schoolgirl waits", "minors_context"),
        ("He was murdered", "violence"),
    ],
)  # fmt: skip
def test_words_suggest_themes(text: str, theme: str) -> None:
    assert theme in themes_in(Reading(text))


@pytest.mark.parametrize("text", ["The president of the chess club waves.", "A glass of wine.", "", "They kill time."])
def test_one_weak_word_suggests_nothing(text: str) -> None:
    assert themes_in(Reading(text)) == ()


def test_every_list_finds_its_own_phrases() -> None:
    for theme, phrases in lexicon().strong.items():
        for phrase in phrases:
            assert theme in themes_in(Reading(phrase)), phrase


def found(asked: dict[str, Any], **agreed: Any) -> list[str]:
    grant = GrantNow.model_validate(
        {
            "id": "grt_1", "state": "granted", "terms": terms(ADA, **agreed), "uses": 0, "recorded_at": START,
            "changed_at": None, "signed_at": None, "version": 1, "entry": "e",
        }
    )  # fmt: skip
    whole = request(use(ADA), **asked)
    return [reason.code.removeprefix("consent.") for reason in sealed_faults(grant, whole, Texts.of(whole))]


@pytest.mark.parametrize(
    ("asked", "agreed", "code"),
    [
        ({"words": "Vote for me"}, {}, ["theme_excluded"]),
        ({"screenplay": "INT. CASINO - NIGHT"}, {"scope__themes_forbidden": ["gambling"]}, ["theme_forbidden"]),
        ({"screenplay": "A clown juggles."}, {"scope__themes_forbidden": ["clowns"]}, ["theme_forbidden"]),
        ({"words": "A beer?"}, {"scope__description": "An advert. No beer or violence."}, ["description_rules_out"]),
        ({"words": "Murder!"}, {"scope__description": "A film without violence."}, ["description_rules_out"]),
        ({"title": "The Thief"}, {"scope__description": "The short film 'The Keeper'"}, ["description_differs"]),
        ({"title": "the keeper"}, {"scope__description": "The short film 'The Keeper'"}, []),
        ({"words": "Murder!"}, {"scope__description_strict": True}, ["description_silent"]),
        ({"words": "Murder!"}, {"scope__description_strict": True, "scope__description": "a murder story"}, []),
        ({"on_behalf_of": "prt_x"}, {}, ["sublicense_not_granted"]),
        ({"on_behalf_of": "prt_x"}, {"grantee": {"partner": "prt_studio", "sublicense": True}}, []),
    ],
)  # fmt: skip
def test_texts_are_held_against_the_grant(asked: dict[str, Any], agreed: dict[str, Any], code: list[str]) -> None:
    assert found(asked, **agreed) == code


def test_a_description_is_read_for_what_it_rules_out_and_names() -> None:
    assert ruled_out("One film. No gambling, alcohol or violence.") == ("gambling", "alcohol", "violence")
    assert ruled_out("A film about winter.") == ()
    assert titles_in("“First Light” and 'The Keeper' are Ann's films") == ("first light", "the keeper")


def refused(agreed: GrantTerms) -> set[str]:
    try:
        verify_terms(agreed, START)
    except Invalid as error:
        return {one["code"].removeprefix("consent.terms_") for one in error.info["errors"]}
    return set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"subject__jurisdiction": "US-CA"}, {"representation", "description"}),
        (
            {"subject__jurisdiction": "US-CA", "subject__representation": "union",
             "subject__representative": "rep_guild",
             "scope__description": "a short film about the sea at night"}, set(),
        ),
        (
            {"subject__jurisdiction": "US-TX", "retention": {
                "evidence_until": START + timedelta(days=999), "delete_biometrics_days_after_last_use": 366}},
            {"retention"},
        ),
        ({"limits__not_after": START + timedelta(days=3652)}, {"evidence"}),
        ({"subject__died_year": 2020}, {"died"}),
        ({"subject__authority_until": START + timedelta(days=10)}, {"authority_ends"}),
        ({"subject__authority_ref": "rep_x"}, {"authority_ref"}),
        ({"revocation": {"suspendable_by": ["union"]}}, {"union"}),
    ],
)  # fmt: skip
def test_the_law_of_the_place_is_asked(changes: dict[str, Any], code: set[str]) -> None:
    if code == {"evidence"}:
        changes = {**changes, "retention": {"evidence_until": START + timedelta(days=10)}}
    assert refused(terms(ADA, **changes)) == code


def test_a_minors_grant_is_short_everywhere() -> None:
    who = {
        "subject__age_class": "minor", "subject__authority": "guardian", "subject__authority_ref": "rep_m",
        "subject__authority_evidence": "e" * 64,
    }  # fmt: skip
    assert refused(terms(ADA, **who)) == set()
    assert refused(terms(ADA, **who, limits__not_after=START + timedelta(days=400))) == {"too_long"}


def test_every_law_names_what_it_rests_on() -> None:
    for law in table().laws.values():
        assert law.basis in ("law", "bill", "house")
        assert len(law.source) > 40
    here = terms(ADA, scope__territories_allow=["DE"], subject__jurisdiction="US-NY")
    assert [law.place for law in laws_for(here)] == ["DE", "US", "US-NY", "default"]
