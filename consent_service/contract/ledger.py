"""The ledger as its readers see it: envelopes, checkpoints, proofs, parties and what changes a grant."""

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from consent_service.contract.openings import Openings
from consent_service.contract.terms import GrantTerms, PublicKey, Sha256
from infra.kernel.rpc import Message

WITHDRAW_CONTEXT = "assent/grant-change/v1"

GrantState = Literal[
    "requested", "granted", "suspended", "resumed", "narrowed", "withdrawn", "expired", "invalidated"
]  # fmt: skip


class Recorded(Message):
    """What is answered when something was written: where it stands and the proof that it does.

    ``proof`` is a C2SP tlog-proof (text), ``checkpoint`` the signed note it ends in. Both are None only when the
    sequencer did not answer in time: the decision binds all the same, the proof can be fetched later by ``entry_id``.
    """

    entry_id: str
    ref: str = Field(description="id of what was recorded: grant, party, change")
    ledger_index: int | None
    proof: str | None = None
    checkpoint: str | None = None


class RegisterParty(Message):
    """Enter a subject, partner or operator with the public key it signs with. Re-registering changes the key."""

    command_id: str
    kind: Literal["subject", "partner", "operator", "representative"]
    handle: str
    public_key: PublicKey | None = None
    attributes: dict[str, str] = Field(default_factory=dict, description="tier, roles, proof method: no personal data")


class RecordGrant(Message):
    """``signature`` is the subject's, base64url, over the sealed terms (context ``assent/grant/v1``): ``terms`` with
    each typed text replaced by the commitment that ``openings`` opens. See :mod:`consent_service.contract.private`.

    A guardian, executor or heir signs in the subject's place. ``modality_signatures`` are the same key's over each
    modality of the notice on its own (context ``assent/notice/v1``). ``request`` names the request it answers, if any.
    """

    command_id: str
    terms: GrantTerms
    signature: str
    openings: Openings | None = None
    modality_signatures: dict[str, str] = Field(default_factory=dict)
    request: str | None = None


class RequestGrant(Message):
    """A partner asks for a grant of exactly these sealed terms. It permits nothing until the subject has signed."""

    command_id: str
    terms: GrantTerms


class GrantChange(Message):
    """What the subject signs to change a grant (context ``assent/grant-change/v1``, all fields). The reason is signed
    and recorded as ``reason_commitment``, never as text.

    ``by`` is who signs: nobody named is the subject, or whoever signed for it. ``narrow`` brings the narrower sealed
    ``terms``; ``invalidate`` is an operator's, for a grant that should never have stood.
    """

    grant: str
    action: Literal["withdraw", "suspend", "resume", "narrow", "invalidate"]
    reason: str = Field(default="", max_length=500)
    reason_commitment: Sha256 | None = None
    at: datetime
    by: str | None = None
    terms: GrantTerms | None = None


class ChangeGrant(Message):
    """``signature`` is over the sealed change, whose reason is a commitment that ``openings`` opens."""

    command_id: str
    change: GrantChange
    signature: str
    openings: Openings | None = None


class GrantView(Message):
    """A grant as it stands now."""

    id: str
    state: GrantState
    terms: GrantTerms
    uses_left: int
    running: int
    recorded_at: datetime
    ledger_index: int | None
    changed_at: datetime | None = None


class Entry(Message):
    """One ledger entry. ``leaf`` is the exact canonical bytes (as text) that were hashed."""

    index: int
    leaf: str
    leaf_hash: str

    def envelope(self) -> dict[str, Any]:
        return dict(json.loads(self.leaf))


class Entries(Message):
    entries: tuple[Entry, ...]
    size: int


class Control(Message):
    """What the control fanout carries. ``seq`` is gapless over all control entries; a heartbeat repeats the latest.

    Kinds: ``flag`` (key = flag, state), ``grant`` (key = grant id, state), ``party`` (key = handle, state),
    ``heartbeat``. ``at_ms`` is the commit time of the cause, Unix milliseconds.
    """

    kind: Literal["flag", "grant", "party", "heartbeat"]
    seq: int
    index: int
    key: str = ""
    state: str = ""
    at_ms: float = 0.0


class Snapshot(Message):
    """Everything a guard needs to start: all flag states and every grant or party that is blocked.

    It is the control stream folded up to ``seq`` and nothing later: messages from ``seq + 1`` on apply to it in order.
    """

    seq: int
    index: int
    flags: dict[str, str]
    blocked_grants: dict[str, str]
    blocked_parties: dict[str, str] = Field(default_factory=dict)
