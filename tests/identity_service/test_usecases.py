"""Parties and reference assets, spoken to in commands."""

import pytest

from identity_service.contract.methods import (
    AddAsset,
    Authenticate,
    CreateOperator,
    CreatePartner,
    EnrolSubject,
    GetParty,
    ListAssets,
    ListParties,
    OpenAsset,
    Party,
)
from identity_service.usecases import Identity
from infra.kernel.crypto import Ed25519Signer, b64u
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated, Unavailable
from tests.identity_service.conftest import Ledger, Permits

KEY = b64u(Ed25519Signer.from_seed(b"s" * 32).public)
FACE = "ab" * 32


def partner(identity: Identity, command_id: str = "c1") -> Party:
    return identity.create(CreatePartner(command_id=command_id, name="Northlight Films", tier="vetted"))


def subject(identity: Identity, command_id: str = "c2") -> Party:
    of = partner(identity).id
    return identity.create(EnrolSubject(command_id=command_id, partner=of, display_name="Ana", public_key=KEY))


def asset(of: str, sha256: str = FACE, command_id: str = "c3") -> AddAsset:
    key = b64u(b"k" * 32)
    return AddAsset(command_id=command_id, subject=of, kind="face", sha256=sha256, media_type="image/png", data_key=key)


def test_a_partner_is_entered_and_its_key_opens_the_door(identity: Identity, ledger: Ledger) -> None:
    made = partner(identity)
    assert made.display_name == "Northlight Films"
    assert made.ledger_index == 0
    assert ledger.registered == [made.id]
    who = identity.authenticate(Authenticate(api_key=made.api_key or ""))
    assert (who.id, who.role, who.tier) == (made.id, "partner", "vetted")


def test_repeating_a_creation_answers_the_same_party_and_key(identity: Identity, ledger: Ledger) -> None:
    assert partner(identity) == partner(identity)
    assert len(ledger.registered) == 1


def test_a_creation_repeated_with_another_name_is_a_conflict(identity: Identity) -> None:
    partner(identity)
    with pytest.raises(Conflict):
        identity.create(CreatePartner(command_id="c1", name="Somebody else"))


@pytest.mark.parametrize("fault", ["fail_before", "fail_after"])
def test_a_ledger_that_did_not_answer_is_asked_again_by_the_retry(
    identity: Identity, ledger: Ledger, fault: str
) -> None:
    setattr(ledger, fault, 1)
    with pytest.raises(Unavailable):
        partner(identity)
    made = partner(identity)
    assert made.ledger_index == 0
    assert ledger.registered == [made.id]
    assert len(identity.list_parties(ListParties(kind="partner")).parties) == 1


def test_an_unknown_key_is_nobody(identity: Identity) -> None:
    partner(identity)
    with pytest.raises(Unauthenticated, match=r"identity\.unknown_key"):
        identity.authenticate(Authenticate(api_key="assent_guess"))


def test_pause_and_resume_never_come_through_one_key(identity: Identity) -> None:
    both = identity.create(CreateOperator(command_id="o", name="O", public_key=KEY, can=("pause", "resume")))
    scopes = identity.authenticate(Authenticate(api_key=both.api_key or "")).scopes
    assert not {"flags:pause", "flags:resume"} <= set(scopes)


@pytest.mark.parametrize("key", ["", "short", "!" * 43, b64u(b"x" * 31)])
def test_a_key_that_is_no_key_is_refused(identity: Identity, key: str) -> None:
    with pytest.raises(Invalid, match=r"identity\.bad_key"):
        identity.create(CreateOperator(command_id="o", name="O", public_key=key))


def test_only_a_partner_enrols(identity: Identity) -> None:
    with pytest.raises(Denied, match=r"identity\.unknown_partner"):
        identity.create(EnrolSubject(command_id="c", partner="prt_none", display_name="Ana", public_key=KEY))


def test_a_subject_has_a_random_handle_and_no_api_key(identity: Identity) -> None:
    made = subject(identity)
    assert made.id.startswith("sub_")
    assert made.api_key is None
    assert made.public_key == KEY


def test_a_name_is_never_in_the_events(identity: Identity) -> None:
    made = subject(identity)
    events = identity.log.run(lambda tx: tx.read(f"party-{made.id}"))
    assert "Ana" not in str(events)


def test_a_permit_that_names_the_asset_opens_it(identity: Identity, permits: Permits) -> None:
    who = subject(identity).id
    identity.add_asset(asset(who))
    permits.tokens["good"] = {who: (FACE,)}
    assert identity.open_asset(OpenAsset(sha256=FACE, permit="good")).data_key == b64u(b"k" * 32)


def test_a_permit_for_other_assets_opens_nothing(identity: Identity, permits: Permits) -> None:
    who = subject(identity).id
    identity.add_asset(asset(who))
    permits.tokens["other"] = {who: ("cd" * 32,)}
    with pytest.raises(Denied, match=r"identity\.asset_not_permitted"):
        identity.open_asset(OpenAsset(sha256=FACE, permit="other"))


def test_a_permit_for_another_subject_opens_nothing(identity: Identity, permits: Permits) -> None:
    who = subject(identity).id
    identity.add_asset(asset(who))
    permits.tokens["other"] = {"sub_somebody": (FACE,)}
    with pytest.raises(NotFound, match=r"identity\.unknown_asset"):
        identity.open_asset(OpenAsset(sha256=FACE, permit="other"))


def test_the_same_file_is_entered_once(identity: Identity) -> None:
    who = subject(identity).id
    first = identity.add_asset(asset(who))
    again = identity.add_asset(asset(who, command_id="c4"))
    assert first == again
    assert identity.assets(ListAssets(subject=who)).assets == (first,)


def test_a_library_has_a_stated_size(identity: Identity) -> None:
    who = subject(identity).id
    for number in range(32):
        identity.add_asset(asset(who, f"{number:064x}", f"a{number}"))
    with pytest.raises(Conflict, match=r"identity\.too_many_assets"):
        identity.add_asset(asset(who, "f" * 64, "one more"))


def test_a_party_that_does_not_exist(identity: Identity) -> None:
    with pytest.raises(NotFound, match=r"identity\.unknown_party"):
        identity.get(GetParty(id="prt_none"))
    with pytest.raises(NotFound, match=r"identity\.unknown_subject"):
        identity.add_asset(asset("sub_none"))


def test_parties_are_listed_newest_first_in_pages(identity: Identity) -> None:
    made = [partner(identity, f"p{n}").id for n in range(5)]
    first = identity.list_parties(ListParties(kind="partner", limit=2))
    assert [p.id for p in first.parties] == [made[4], made[3]]
    assert first.has_more
    rest = identity.list_parties(ListParties(kind="partner", limit=10, after=made[3]))
    assert [p.id for p in rest.parties] == made[2::-1]
    assert not rest.has_more
    back = identity.list_parties(ListParties(kind="partner", limit=2, before=made[1]))
    assert ([p.id for p in back.parties], back.has_more) == ([made[3], made[2]], True)
    top = identity.list_parties(ListParties(kind="partner", limit=5, before=made[3]))
    assert ([p.id for p in top.parties], top.has_more) == ([made[4]], False)
    assert identity.list_parties(ListParties(kind="partner", before="prt_unknown")).parties == ()
