"""Who parties are, decided from their own events, and the ports the use cases need.

A party is a partner, an operator or a subject. Its stream is ``party-<id>``. Names and asset keys inside events are
sealed under the party's own key, which lives in an erasable table: destroying it erases them everywhere at once.
Nothing here reads a clock or touches a store.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from consent_service.contract.erasure import EraseSubject, SubjectErased
from consent_service.contract.retention import DueDeletion, DueDeletions, DueQuery
from identity_service.contract.methods import AddAsset, Asset, CreateOperator, CreatePartner, EnrolSubject, ListParties
from infra.eventlog.log import Event, NewEvent, Transaction
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Conflict, Denied, Invalid, NotFound

Kind = Literal["partner", "operator", "subject"]

CREATED = "identity.party-created.v1"
REGISTERED = "identity.party-registered.v1"
ASSET_ADDED = "identity.asset-added.v1"
ASSETS_DELETED = "identity.assets-deleted.v1"
ERASED = "identity.party-erased.v1"

MAX_ASSETS = 32
SCOPES: dict[str, tuple[str, ...]] = {
    "partner": ("consent:read", "consent:write", "jobs:write", "ledger:read"),
    "operator": ("flags:pause", "ledger:read"),
    "subject": ("consent:read",),
}


@dataclass(frozen=True)
class PartyState:
    """What the events of one party say. ``created_at`` is None while there is no such party."""

    id: str
    kind: Kind = "partner"
    partner: str | None = None
    tier: Literal["unvetted", "vetted"] | None = None
    public_key: str | None = None
    can: tuple[str, ...] = ()
    age_class: str = "adult"
    name_sealed: str = ""
    created_at: datetime | None = None
    ledger_index: int | None = None
    registered: bool = False
    erased: bool = False
    version: int = 0
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)


def fold(party: str, events: Sequence[Event]) -> PartyState:
    """The state after ``events``; unknown event types are passed over."""
    state = PartyState(id=party)
    for event in events:
        state = replace(_apply(state, event), version=event.version)
    return state


def _apply(state: PartyState, event: Event) -> PartyState:
    data = event.data
    match event.type:
        case "identity.party-created.v1":
            return replace(
                state, kind=data["kind"], partner=data["partner"], tier=data["tier"], public_key=data["public_key"],
                can=tuple(data["can"]), age_class=data["age_class"], name_sealed=data["name_sealed"],
                created_at=event.at,
            )  # fmt: skip
        case "identity.party-registered.v1":
            return replace(state, registered=True, ledger_index=data["ledger_index"])
        case "identity.party-erased.v1":
            return replace(state, erased=True, name_sealed="")
        case "identity.asset-added.v1":
            return replace(state, assets={**state.assets, data["sha256"]: {**data, "at": event.at}})
        case "identity.assets-deleted.v1":
            return replace(state, assets={key: kept for key, kept in state.assets.items() if key not in data["assets"]})
        case _:
            return state


def created(
    command: CreatePartner | CreateOperator | EnrolSubject,
    *,
    name_sealed: str,
    api_key_sha256: str | None,
    now: datetime,
) -> NewEvent:
    """The first event of a party. Raises :class:`Invalid` (``identity.bad_key``) for a key that is not Ed25519."""
    data: dict[str, Any] = {
        "kind": "partner", "partner": None, "tier": None, "public_key": None, "can": [], "age_class": "adult",
        "name_sealed": name_sealed, "api_key_sha256": api_key_sha256,
    }  # fmt: skip
    match command:
        case CreatePartner():
            data |= {"tier": command.tier}
        case CreateOperator():
            data |= {"kind": "operator", "public_key": verified_key(command.public_key), "can": list(command.can)}
        case EnrolSubject():
            key = verified_key(command.public_key)
            data |= {"kind": "subject", "partner": command.partner, "public_key": key, "age_class": command.age_class}
    return NewEvent(CREATED, data, now, command_id=command.command_id)


def verified_key(public_key: str) -> str:
    """The key itself when it is a base64url Ed25519 public key (32 bytes)."""
    try:
        if len(unb64u(public_key)) == 32:
            return public_key
    except Invalid:
        pass
    raise Invalid(
        "identity.bad_key", "the public key is not a raw Ed25519 key in base64url",
        fix="send the 32 bytes of the public key as 43 base64url characters", pointer="/public_key",
    )  # fmt: skip


def decide_asset(state: PartyState, command: AddAsset, *, key_sealed: str, asset: str, now: datetime) -> list[NewEvent]:
    """Enter an asset into the library of a subject; entering the same file again changes nothing."""
    if state.created_at is None or state.kind != "subject":
        raise NotFound("identity.unknown_subject", "no such subject", fix="enrol the subject first", id=command.subject)
    if command.sha256 in state.assets:
        return []
    if len(state.assets) >= MAX_ASSETS:
        raise Conflict("identity.too_many_assets", f"a subject has at most {MAX_ASSETS} assets", id=command.subject)
    data = {
        "asset": asset, "kind": command.kind, "sha256": command.sha256, "media_type": command.media_type,
        "key_sealed": key_sealed, "quality": command.quality,
    }  # fmt: skip
    return [NewEvent(ASSET_ADDED, data, now, command_id=command.command_id)]


def decide_deleted(state: PartyState, assets: Sequence[str], now: datetime) -> list[NewEvent]:
    """Note that these reference files of a subject are gone, as far as they are in the library."""
    gone = sorted(set(assets) & state.assets.keys())
    return [NewEvent(ASSETS_DELETED, {"assets": gone}, now)] if gone else []


def decide_registered(state: PartyState, ledger_index: int | None, now: datetime) -> list[NewEvent]:
    """Note where the consent ledger entered the party; once is enough."""
    if state.registered:
        return []
    return [NewEvent(REGISTERED, {"ledger_index": ledger_index}, now)]


def decide_erased(state: PartyState, now: datetime) -> list[NewEvent]:
    """Note that a subject was erased; once is enough."""
    return [] if state.erased or state.created_at is None else [NewEvent(ERASED, {}, now)]


def scopes_of(state: PartyState) -> tuple[str, ...]:
    """What a party's key may do at the gateway. Pausing and resuming are never held through one key together."""
    if state.kind == "operator" and "resume" in state.can and "pause" not in state.can:
        return ("flags:resume", "ledger:read")
    return SCOPES[state.kind]


def verify_enrolling(partner: PartyState) -> None:
    """Only an existing partner enrols subjects."""
    if partner.created_at is None or partner.kind != "partner":
        raise Denied("identity.unknown_partner", "no such partner", fix="ask an administrator to create it")


def asset_view(subject: str, data: dict[str, Any], at: datetime) -> Asset:
    """An asset as others see it: no key in it."""
    return Asset(
        id=data["asset"], subject=subject, kind=data["kind"], sha256=data["sha256"],
        media_type=data["media_type"], quality=data["quality"], created_at=at,
    )  # fmt: skip


class Directory(Protocol):
    """Read models over all parties, kept in the transaction that appends their events.

    ``apply`` is also what a rebuild runs, event by event, after ``forget``. Nothing here is a source of truth.
    """

    def apply(self, tx: Transaction, event: Event) -> None: ...
    def forget(self, tx: Transaction) -> None: ...
    def by_api_key(self, tx: Transaction, api_key_sha256: str) -> str | None: ...
    def owner_of_asset(self, tx: Transaction, sha256: str, subjects: Sequence[str]) -> str | None: ...
    def listed(self, tx: Transaction, query: ListParties, limit: int) -> list[str]:
        """Ids, newest first; with ``before`` those just newer than it, oldest first."""
        ...


class Keyring(Protocol):
    """The parties' own keys, each wrapped by the master key, in an erasable table.

    ``create`` is durable with the transaction. ``open`` raises :class:`NotFound` (``identity.erased``) when the key
    was destroyed: nothing sealed under it can be read again. ``destroy`` takes with it what else tells of the owner
    outside the events; it may be repeated.
    """

    def create(self, tx: Transaction, owner: str) -> bytes: ...
    def open(self, tx: Transaction, owner: str) -> bytes: ...
    def destroy(self, tx: Transaction, owner: str) -> None: ...


class Library(Protocol):
    """The sealed reference files. ``delete`` takes the file's own data key; deleting what is not there does nothing."""

    def delete(self, sha256: str, data_key: bytes) -> None: ...


class ErasedList(Protocol):
    """Who was erased, kept outside the database so that a restored backup brings nobody back. ``note`` is durable."""

    def note(self, owner: str) -> None: ...
    def all(self) -> list[str]: ...


class Registry(Protocol):
    """The consent ledger. All may be repeated; they raise ``Unavailable`` without answer.

    ``erase`` enters the signed request, or raises ``Denied``: the ledger judges who may ask. ``deleted`` enters that
    what was due is gone, and answers the entry's index.
    """

    def register(self, state: PartyState) -> int | None: ...
    def erase(self, command: EraseSubject) -> SubjectErased: ...
    def due(self, query: DueQuery) -> DueDeletions: ...
    def deleted(self, command_id: str, due: DueDeletion) -> int | None: ...


class PermitReader(Protocol):
    """Reads a permit token offline; raises unless it is valid now. Answers the asset digests it names, by subject."""

    def assets(self, token: str) -> dict[str, tuple[str, ...]]: ...
