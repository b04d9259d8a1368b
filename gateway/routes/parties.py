"""Partners, operators and representatives (admin key only), and who the caller is."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from consent_service.contract import methods as consent
from consent_service.contract.ledger import Recorded, RegisterParty
from consent_service.contract.terms import PublicKey
from gateway.auth import Admin, Anyone, TheParts
from gateway.forms import OperatorForm, PartnerForm
from gateway.idempotency import TheCommand
from gateway.paging import Page, TheCursor, edges
from gateway.problems import responses
from identity_service.contract import methods as identity
from identity_service.contract.methods import Party
from infra.kernel.canonical import sha256_hex
from infra.kernel.rpc import Message

router = APIRouter(prefix="/v1", tags=["parties"])


class Me(Message):
    id: str
    role: str
    scopes: tuple[str, ...]


@router.get("/me", responses=responses())
async def who_am_i(caller: Anyone) -> Me:
    """The party this key belongs to and what it may do."""
    return Me(id=caller.id, role=caller.role, scopes=tuple(sorted(caller.scopes)))


@router.post("/partners", status_code=201, responses=responses(400, 403, 422))
async def create_partner(form: PartnerForm, caller: Admin, parts: TheParts, command: TheCommand) -> Party:
    """Enter a partner. The answer holds its API key, once."""
    return await parts.rpc.call(
        identity.create_partner,
        identity.CreatePartner(command_id=command.id_for(caller.id), name=form.name, tier=form.tier),
    )


@router.get("/partners", responses=responses(403, 422))
async def list_partners(caller: Admin, parts: TheParts, cursor: TheCursor) -> Page[Party]:
    """Partners, newest first."""
    return await _list(parts, cursor, identity.ListParties(kind="partner", **cursor.place))


@router.post("/operators", status_code=201, responses=responses(400, 403, 422))
async def create_operator(form: OperatorForm, caller: Admin, parts: TheParts, command: TheCommand) -> Party:
    """Enter an operator with the public key its flag changes are signed with. The answer holds its API key, once."""
    return await parts.rpc.call(
        identity.create_operator,
        identity.CreateOperator(
            command_id=command.id_for(caller.id), name=form.name, public_key=form.public_key, can=form.can
        ),
    )


@router.get("/operators", responses=responses(403, 422))
async def list_operators(caller: Admin, parts: TheParts, cursor: TheCursor) -> Page[Party]:
    """Operators, newest first."""
    return await _list(parts, cursor, identity.ListParties(kind="operator", **cursor.place))


class RepresentativeForm(Message):
    """Whoever signs for somebody else: the ledger knows a handle, a role and a key; names and papers stay elsewhere."""

    role: Literal["guardian", "executor", "heir", "union", "counsel"]
    public_key: PublicKey
    subjects: tuple[str, ...] = Field(default=(), max_length=50, description="for whom; anybody when empty")


@router.post("/representatives", status_code=201, responses=responses(400, 403, 422))
async def create_representative(
    form: RepresentativeForm, caller: Admin, parts: TheParts, command: TheCommand
) -> Recorded:
    """Enter a guardian, an estate, a union or counsel with the key it signs with; ``ref`` is its handle."""
    command_id = command.id_for(caller.id)
    return await parts.rpc.call(
        consent.register_party,
        RegisterParty(
            command_id=command_id, kind="representative", handle=f"rep_{sha256_hex(command_id.encode())[:32]}",
            public_key=form.public_key, attributes={"role": form.role, "for": " ".join(form.subjects)},
        ),
    )  # fmt: skip


async def _list(parts: TheParts, cursor: TheCursor, command: identity.ListParties) -> Page[Party]:
    found = await parts.rpc.call(identity.list_parties, command)
    return cursor.page(list(found.parties), found.has_more, edges([party.id for party in found.parties]))
