"""The ledger for its readers: checkpoints, entries, proofs, and a pack to verify offline. It holds no personal data."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from consent_service.client.scope import Scope
from consent_service.contract import methods as consent
from consent_service.contract.methods import Checkpoint, Consistency, GetConsistency, GetEntries, GetProof, Proof
from gateway.archive import export_archive
from gateway.auth import ReadsLedger, TheParts
from gateway.problems import responses
from infra.kernel.errors import Invalid
from infra.kernel.rpc import Empty, Message

router = APIRouter(prefix="/v1/ledger", tags=["ledger"])

_TEXT = {"content": {"text/plain": {}}, "description": "text"}
_ZIP = {"content": {"application/zip": {}}, "description": "the export"}


class LedgerEntry(Message):
    """One entry. ``leaf`` is the exact canonical text that was hashed; ``envelope`` the same, parsed."""

    index: int
    leaf: str
    leaf_hash: str
    envelope: dict[str, object]


class LedgerEntries(Message):
    """Entries from ``start`` on. ``size`` is how many the ledger holds; ``next_page_url`` is None at its end."""

    object: str = "list"
    data: tuple[LedgerEntry, ...]
    has_more: bool
    next_page_url: str | None
    size: int


@router.get("/checkpoint", responses=responses(403))
async def checkpoint(_caller: ReadsLedger, parts: TheParts) -> Checkpoint:
    """The latest signed checkpoint and the verifier key to pin (C2SP signed-note)."""
    return await parts.rpc.call(consent.get_checkpoint, Empty())


@router.get("/checkpoint.note", response_class=Response, responses={**responses(403), 200: _TEXT})
async def checkpoint_note(_caller: ReadsLedger, parts: TheParts) -> Response:
    """The signed note alone, byte for byte."""
    found = await parts.rpc.call(consent.get_checkpoint, Empty())
    return Response(found.note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"})


@router.get("/entries", responses=responses(403, 422))
async def entries(
    _caller: ReadsLedger,
    parts: TheParts,
    start: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=1024)] = 256,
) -> LedgerEntries:
    """Entries in their one global order, from index ``start``."""
    found = await parts.rpc.call(consent.get_entries, GetEntries(start=start, limit=limit))
    data = tuple(
        LedgerEntry(index=e.index, leaf=e.leaf, leaf_hash=e.leaf_hash, envelope=e.envelope()) for e in found.entries
    )
    after = start + len(data)
    more = bool(data) and after < found.size
    url = f"/v1/ledger/entries?start={after}&limit={limit}" if more else None
    return LedgerEntries(data=data, has_more=more, next_page_url=url, size=found.size)


@router.get("/proof", responses=responses(403, 404, 422))
async def proof(
    _caller: ReadsLedger,
    parts: TheParts,
    index: Annotated[int | None, Query(ge=0)] = None,
    entry_id: str | None = None,
    size: Annotated[int | None, Query(ge=1)] = None,
) -> Proof:
    """Inclusion of one entry, by ``index`` or ``entry_id``, as a C2SP tlog-proof."""
    if (index is None) == (entry_id is None):
        raise Invalid("gateway.one_of", "name either index or entry_id", pointer="/query/index")
    return await parts.rpc.call(consent.get_proof, GetProof(index=index, entry_id=entry_id, size=size))


@router.get("/entries/{index}.tlog-proof", response_class=Response, responses={**responses(403, 404), 200: _TEXT})
async def proof_file(index: int, _caller: ReadsLedger, parts: TheParts) -> Response:
    """The same as a file to keep: ``<index>.tlog-proof``."""
    found = await parts.rpc.call(consent.get_proof, GetProof(index=index))
    headers = {"Content-Disposition": f'attachment; filename="{index}.tlog-proof"'}
    return Response(found.tlog_proof, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/consistency", responses=responses(403, 422))
async def consistency(
    _caller: ReadsLedger, parts: TheParts, old: Annotated[int, Query(ge=1)], new: Annotated[int, Query(ge=1)]
) -> Consistency:
    """That the tree of size ``new`` continues the tree of size ``old`` (RFC 6962 §2.1.2)."""
    return await parts.rpc.call(consent.get_consistency, GetConsistency(old=old, new=new))


@router.get("/export", response_class=StreamingResponse, responses={**responses(403, 422), 200: _ZIP})
async def export(_caller: ReadsLedger, parts: TheParts, scope: Annotated[Scope, Query()]) -> StreamingResponse:
    """An evidence pack as a ZIP, to verify offline (``assent audit verify``): the whole ledger up to the latest
    checkpoint, or what is about one production, grant, subject or partner, a range of indices or of times.
    """
    name, body = await export_archive(parts, scope)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(body, media_type="application/zip", headers=headers)
