"""Many grants and requests at once: a catalogue's items, each with an answer of its own, all in one commit."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from consent_service.contract import batches
from consent_service.contract import methods as consent
from consent_service.contract.ledger import Recorded, RecordGrant, RequestGrant
from consent_service.contract.openings import Openings
from consent_service.contract.terms import GrantTerms
from gateway.auth import Caller, TheParts, WritesConsent
from gateway.forms import Signature
from gateway.idempotency import command_id
from gateway.problems import Problem, problem_of, responses
from infra.kernel.errors import AssentError, Denied, Invalid
from infra.kernel.rpc import Message

PATH = "/v1/grants/batch"
router = APIRouter(tags=["grants"])


class BatchItem(Message):
    """A grant as its subject signed it or, without ``signature``, a request for one. ``key`` is the item's own
    idempotency key: it finds its first answer again, in whatever batch it comes.
    """

    key: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
    terms: GrantTerms
    signature: Signature | None = None
    openings: Openings | None = None
    modality_signatures: dict[str, Signature] = Field(default_factory=dict)
    request: str | None = None


class BatchForm(Message):
    """One to 256 items, 2 MiB in all."""

    items: tuple[BatchItem, ...] = Field(min_length=1, max_length=batches.BATCH_LIMIT)


class ItemAnswer(Message):
    """What became of one item: ``recorded`` with status 201, else the ``problem`` it would have had alone."""

    key: str
    status: int
    recorded: Recorded | None = None
    problem: Problem | None = None


class BatchAnswers(Message):
    """Answers in the order of the items."""

    object: Literal["list"] = "list"
    data: tuple[ItemAnswer, ...]


@router.post(PATH, status_code=207, responses=responses(400, 403, 413, 422))
async def record_batch(form: BatchForm, caller: WritesConsent, parts: TheParts) -> BatchAnswers:
    """Record up to 256 grants and requests with one commit. A refused item says why and does not spoil the others, so
    the answer is 207 whatever became of them. Needs no ``Idempotency-Key``: each item has a key of its own.
    """
    keys = [item.key for item in form.items]
    if len(set(keys)) != len(keys):
        raise Invalid("gateway.key_twice", "two items of a batch have one key", fix="give each item a key of its own")
    own = [item for item in form.items if item.terms.grantee.partner == caller.id]
    told: dict[str, ItemAnswer] = {}
    if own:
        commands = tuple(_command(item, caller) for item in own)
        found = await parts.rpc.call(consent.record_batch, batches.RecordBatch(commands=commands))
        told = {item.key: _answer(item, answer) for item, answer in zip(own, found.answers, strict=True)}
    return BatchAnswers(data=tuple(told.get(item.key) or _refused(item.key, _WRONG_PARTNER) for item in form.items))


_WRONG_PARTNER = Denied("gateway.wrong_partner", "the terms name another partner", pointer="/terms/grantee/partner")


def _command(item: BatchItem, caller: Caller) -> RecordGrant | RequestGrant:
    named: dict[str, Any] = {"command_id": command_id(caller.id, f"POST {PATH}", item.key), "terms": item.terms}
    if item.signature is None:
        return RequestGrant(**named)
    return RecordGrant(
        **named, signature=item.signature, openings=item.openings, modality_signatures=item.modality_signatures,
        request=item.request,
    )  # fmt: skip


def _answer(item: BatchItem, answer: batches.BatchAnswer) -> ItemAnswer:
    if answer.refused is not None:
        return _refused(item.key, AssentError.from_wire(answer.refused.model_dump()))
    return ItemAnswer(key=item.key, status=201, recorded=answer.recorded)


def _refused(key: str, error: AssentError) -> ItemAnswer:
    problem = problem_of(error, PATH)
    return ItemAnswer(key=key, status=problem.status, problem=problem)
