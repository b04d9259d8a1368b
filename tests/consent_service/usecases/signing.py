"""Statements that people in the house sign about grants and uses."""

from typing import Any

from consent_service.contract.approvals import USE_CONTEXT, ApproveUse, GetApproval, UseApproval
from consent_service.contract.ledger import Recorded
from consent_service.contract.terms import GrantTerms
from consent_service.usecases import approvals
from infra.kernel.crypto import sign_value
from tests.consent_service.house import House, Person, command_id


def approve(house: House, decision: str, grant: str, verdict: str = "approve", **changes: Any) -> Recorded:
    """The subject's word on a decision that waits; ``by`` and fields of the statement may be changed."""
    by: Person = changes.pop("by", house.subject)
    waits = approvals.get_approval(house.parts, GetApproval(decision=decision))
    said = UseApproval.model_validate(
        {
            "decision": decision, "grant": grant, "request_digest": waits.request_digest,
            "words_commitment": waits.words_commitment, "verdict": verdict, "at": house.now, **changes,
        }
    )  # fmt: skip
    signature = sign_value(by.signer, USE_CONTEXT, said.model_dump(mode="json"))
    return approvals.approve_use(house.parts, ApproveUse(command_id=command_id(), approval=said, signature=signature))


def sealed_terms(house: House, grant: str) -> GrantTerms:
    """The terms as the ledger has them."""
    [entry] = house.parts.log.run(lambda tx: tx.read(f"grant-{grant}"))[:1]
    return GrantTerms.model_validate(entry.data["terms"])


def narrowed(house: House, grant: str, **changes: Any) -> None:
    """The subject narrows a grant: ``part__field=value``."""
    value = sealed_terms(house, grant).model_dump()
    for path, change in changes.items():
        part, _, name = path.partition("__")
        value |= {part: {**value[part], name: change} if name else change}
    house.change_grant(grant, "narrow", terms=GrantTerms.model_validate(value))
