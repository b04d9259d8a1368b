"""What people typed and the ledger must not hold: taken out of a statement before it is signed, and put back to read.

A *sealed* statement has each such text replaced by an empty one and names a commitment to it instead. The sealed
statement is what is signed and what the ledger keeps, so the signature verifies for ever; the texts and their salts
are the *openings*, kept where they can be erased. Pure: salts come in as arguments.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from consent_service.contract.ledger import ChangeGrant, GrantChange, RecordGrant
from consent_service.contract.openings import Openings
from consent_service.contract.terms import Duties, GrantTerms
from infra.kernel.commitments import SALT_BYTES, commitment
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Invalid
from infra.kernel.rpc import Message

Pointer = Annotated[str, StringConstraints(pattern=r"^(/[a-z_]{1,40}){1,3}$")]

_REASON = "/reason"
_DISCLOSURE = str(Duties.model_fields["disclosure_text"].default)
_BLANKS: dict[str, tuple[Any, ...]] = {
    "/scope/description": ("",), "/scope/projects": ([],), "/scope/brands": ([],), "/scope/words_allowed": ([],),
    "/scope/words_forbidden": ([],), "/scope/themes_forbidden": ([],), "/duties/compensation_ref": (None,),
    "/duties/disclosure_text": ("", _DISCLOSURE),
}  # fmt: skip
"""RFC 6901 pointers to what people type into terms, each with the values that tell nothing; the first is the blank."""


class Opened(Message):
    """What opens one entry's commitments: the values and their salts (base64url, 32 bytes), by JSON pointer."""

    entry: str
    subject: str
    values: dict[Pointer, Any] = Field(default_factory=dict)
    salts: dict[Pointer, str] = Field(default_factory=dict)


def private_values(terms: GrantTerms) -> dict[str, Any]:
    """The texts in ``terms`` that the ledger must not hold, by JSON pointer; empty when there are none."""
    value = terms.model_dump(mode="json")
    found = {pointer: _get(value, pointer) for pointer in _BLANKS}
    return {pointer: one for pointer, one in found.items() if one not in _BLANKS[pointer]}


def seal_terms(terms: GrantTerms, openings: Openings) -> GrantTerms:
    """The terms as they are signed and recorded. Raises Invalid (``consent.bad_openings``) unless ``openings`` has
    exactly one salt for each private text.
    """
    texts = private_values(terms)
    commitments = _commitments(texts, openings)
    value = terms.model_dump(mode="json") | {"commitments": commitments}
    for pointer in texts:
        _put(value, pointer, _BLANKS[pointer][0])
    return GrantTerms.model_validate(value)


def open_terms(sealed: GrantTerms, values: Mapping[str, Any]) -> GrantTerms:
    """The terms as people agreed to them, from the sealed ones and the opened texts."""
    value = sealed.model_dump(mode="json")
    for pointer in sealed.commitments:
        if pointer in values and pointer in _BLANKS:
            _put(value, pointer, values[pointer])
    value["commitments"] = {pointer: one for pointer, one in sealed.commitments.items() if pointer not in values}
    return GrantTerms.model_validate(value)


def seal_change(change: GrantChange, openings: Openings) -> GrantChange:
    """A change of a grant as it is signed and recorded: the reason as a commitment."""
    texts = {_REASON: change.reason} if change.reason else {}
    sealed = _commitments(texts, openings).get(_REASON)
    return change.model_copy(update={"reason": "", "reason_commitment": sealed})


def sealed_grant(command: RecordGrant) -> GrantTerms:
    """The terms that the signature of ``command`` covers. Raises Invalid (``consent.personal_text``) when they would
    put a typed text into the ledger.
    """
    if command.openings is None:
        _refuse_texts(private_values(command.terms))
        return command.terms
    if command.terms.commitments:
        raise _bad("the terms are sealed already")
    return seal_terms(command.terms, command.openings)


def sealed_change(command: ChangeGrant) -> GrantChange:
    """The change that the signature of ``command`` covers; raises as :func:`sealed_grant` does."""
    if command.openings is None:
        _refuse_texts({_REASON: command.change.reason} if command.change.reason else {})
        return command.change
    return seal_change(command.change, command.openings)


def opened(command: RecordGrant | ChangeGrant, subject: str) -> Opened | None:
    """What is to be kept beside the ledger for ``command``; None when it has no private text."""
    if command.openings is None or not command.openings.salts:
        return None
    texts = private_values(command.terms) if isinstance(command, RecordGrant) else {_REASON: command.change.reason}
    return Opened(entry=command.openings.entry, subject=subject, values=texts, salts=dict(command.openings.salts))


def verify_opened(known: Opened, commitments: Mapping[str, str]) -> None:
    """Return None when every opened value is the one committed to; raises Invalid (``consent.bad_openings``)."""
    for pointer, value in known.values.items():
        salt = unb64u(known.salts.get(pointer, ""))
        if commitments.get(pointer) != commitment(salt, value, known.entry):
            raise _bad("a value is not the one that was committed to", pointer)


def _commitments(texts: Mapping[str, Any], openings: Openings) -> dict[str, str]:
    if texts.keys() != openings.salts.keys():
        odd = sorted(texts.keys() ^ openings.salts.keys())
        raise _bad("exactly one salt is needed for each text that people typed", odd[0])
    if len(set(openings.salts.values())) != len(openings.salts):
        raise _bad("every text needs a salt of its own")
    return {at: commitment(_salt(openings.salts[at], at), text, openings.entry) for at, text in texts.items()}


def _salt(text: str, pointer: str) -> bytes:
    salt = unb64u(text)
    if len(salt) != SALT_BYTES:
        raise _bad(f"a salt has {SALT_BYTES} bytes", pointer)
    return salt


def _refuse_texts(texts: Mapping[str, Any]) -> None:
    if texts:
        raise Invalid(
            "consent.personal_text", "what people typed does not go into the ledger: sign commitments to it instead",
            fix="send `openings` with a salt for each text and sign the sealed statement, as a draft shows it",
            pointer=sorted(texts)[0],
        )  # fmt: skip


def _bad(detail: str, pointer: str | None = None) -> Invalid:
    info = {} if pointer is None else {"pointer": pointer}
    return Invalid("consent.bad_openings", detail, fix="draft the statement again", **info)


def _get(value: dict[str, Any], pointer: str) -> Any:
    part, name = pointer.removeprefix("/").split("/")
    return value[part][name]


def _put(value: dict[str, Any], pointer: str, new: Any) -> None:
    part, name = pointer.removeprefix("/").split("/")
    value[part][name] = new
