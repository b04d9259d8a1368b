"""Parties, keys and reference assets. Names and files live here, encrypted; the ledger sees handles and digests."""

from datetime import datetime
from typing import Literal, TypeVar

from pydantic import Field

from consent_service.contract.erasure import EraseSubject, SubjectErased
from consent_service.contract.retention import DueDeletions, DueQuery
from infra.kernel.rpc import Empty, Message, Method

Role = Literal["partner", "operator", "subject", "auditor"]
Tier = Literal["unvetted", "vetted"]
AssetKind = Literal["face", "voice"]


class CreatePartner(Message):
    command_id: str
    name: str = Field(min_length=1, max_length=120)
    tier: Tier = "unvetted"


class CreateOperator(Message):
    """``public_key`` is the operator's Ed25519 key; flags change only by its signatures."""

    command_id: str
    name: str = Field(min_length=1, max_length=120)
    public_key: str
    can: tuple[Literal["pause", "resume"], ...] = ("pause",)


class EnrolSubject(Message):
    """``public_key`` is the subject's own key; grants and withdrawals are signed with it."""

    command_id: str
    partner: str
    display_name: str = Field(min_length=1, max_length=120)
    public_key: str
    age_class: Literal["adult", "minor"] = "adult"


class Party(Message):
    """A partner, operator or subject. ``api_key`` is answered once, at creation of a partner or operator."""

    id: str
    kind: Literal["partner", "operator", "subject"]
    display_name: str
    partner: str | None = Field(default=None, description="the partner a subject was enrolled through")
    tier: Tier | None = None
    public_key: str | None = None
    state: Literal["active", "suspended", "erased"] = "active"
    age_class: Literal["adult", "minor"] = "adult"
    created_at: datetime
    ledger_index: int | None = None
    api_key: str | None = None


class Authenticate(Message):
    """``api_key`` as presented in ``Authorization: Bearer``."""

    api_key: str


class Principal(Message):
    """Who made a request and what they may do."""

    id: str
    role: Role
    tier: Tier | None = None
    scopes: tuple[str, ...] = ()


class AddAsset(Message):
    """Enter a cleaned, encrypted file into the library. Its bytes are already in the ``library`` blob area, sealed
    with ``data_key`` (base64url); identity keeps that key wrapped under the subject's own key.
    """

    command_id: str
    subject: str
    kind: AssetKind
    sha256: str
    media_type: str
    data_key: str
    quality: dict[str, float | int | str] = Field(default_factory=dict, description="what the intake check measured")


class Asset(Message):
    id: str
    subject: str
    kind: AssetKind
    sha256: str
    media_type: str
    quality: dict[str, float | int | str]
    created_at: datetime


class ListAssets(Message):
    subject: str


class Assets(Message):
    assets: tuple[Asset, ...]


class OpenAsset(Message):
    """Ask for the key of a reference asset. Only a permit that names the asset opens it."""

    sha256: str
    permit: str


class OpenedAsset(Message):
    sha256: str
    media_type: str
    data_key: str


class DeletedReferences(Message):
    """Files of one subject that the retention clock has ended; ``ledger_index`` is the entry that says so."""

    subject: str
    assets: tuple[str, ...]
    due: datetime
    ledger_index: int | None = None


class RetentionRun(Message):
    deleted: tuple[DeletedReferences, ...]


class GetParty(Message):
    id: str


C = TypeVar("C", bound=Message)
A = TypeVar("A", bound=Message)


def _method(name: str, command: type[C], answer: type[A], deadline_s: float = 5.0) -> Method[C, A]:
    return Method("identity", name, command, answer, deadline_s)


class ListParties(Message):
    kind: Literal["partner", "operator", "subject"]
    partner: str | None = Field(default=None, description="subjects enrolled through this partner only")
    limit: int = Field(default=50, ge=1, le=100)
    after: str | None = None
    before: str | None = Field(default=None, description="instead of `after`: the page that ends where this one begins")


class Parties(Message):
    parties: tuple[Party, ...]
    has_more: bool


create_partner = _method("create_partner", CreatePartner, Party)
create_operator = _method("create_operator", CreateOperator, Party)
enrol_subject = _method("enrol_subject", EnrolSubject, Party)
authenticate = _method("authenticate", Authenticate, Principal, 2.0)
get_party = _method("get_party", GetParty, Party)
list_parties = _method("list_parties", ListParties, Parties)
add_asset = _method("add_asset", AddAsset, Asset)
list_assets = _method("list_assets", ListAssets, Assets)
open_asset = _method("open_asset", OpenAsset, OpenedAsset, 2.0)
erase_subject = _method("erase_subject", EraseSubject, SubjectErased, 15.0)
due_deletions = _method("due_deletions", DueQuery, DueDeletions)
run_retention = _method("run_retention", Empty, RetentionRun, 60.0)
ping = _method("ping", Empty, Empty, 2.0)
