"""Parties as the ledger knows them: a handle, a kind, a key to sign with, and attributes without personal data.

Stream ``party-<handle>``. Who may register is identity's business; here a party only keeps its kind for ever.
"""

from datetime import datetime
from typing import Literal

from consent_service.contract import events as kinds
from consent_service.contract.ledger import RegisterParty
from infra.eventlog.log import Event, NewEvent
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Conflict, Invalid
from infra.kernel.rpc import Message

PartyKind = Literal["subject", "partner", "operator", "representative"]
PartyState = Literal["active", "suspended", "erased"]
STATES = ("active", "suspended", "erased")


class PartyNow(Message):
    """A party after its last event. ``entry`` is the ledger entry that last changed it."""

    handle: str
    kind: PartyKind
    public_key: str | None
    attributes: dict[str, str]
    state: PartyState
    version: int
    entry: str

    @property
    def tier(self) -> str:
        """The partner's vetting tier; one that was never vetted is ``unvetted``."""
        return self.attributes.get("tier", "unvetted")

    def may(self, capability: str) -> bool:
        """Whether an operator was given this capability (``pause`` or ``resume``)."""
        return self.kind == "operator" and capability in self.attributes.get("can", "").replace(",", " ").split()


def stream(handle: str) -> str:
    """The stream of a party."""
    return f"party-{handle}"


def evolve(_: PartyNow | None, event: Event) -> PartyNow:
    """The party after ``event``."""
    return PartyNow(version=event.version, entry=event.id, **event.data)


def register(known: PartyNow | None, command: RegisterParty, now: datetime) -> list[NewEvent]:
    """Enter a party or change its key or attributes. Raises Conflict when the handle is of another kind."""
    if known is not None and known.kind != command.kind:
        raise Conflict("consent.party_kind", f"this handle is a {known.kind} already", ref=command.handle)
    if known is not None and known.state == "erased":
        raise Conflict("consent.party_erased", "this party was erased; nothing brings it back", ref=command.handle)
    state = command.attributes.get("state", "active")
    if state not in STATES:
        raise Invalid("consent.party_state", "no such state of a party", fix="use one of: " + ", ".join(STATES))
    if command.public_key is not None and len(unb64u(command.public_key)) != 32:
        raise Invalid("consent.bad_key", "not an Ed25519 public key", pointer="/public_key")
    data = {
        "handle": command.handle, "kind": command.kind, "public_key": command.public_key,
        "attributes": command.attributes, "state": state,
    }  # fmt: skip
    return [NewEvent(kinds.PARTY_REGISTERED, data, now, command_id=command.command_id)]
