"""COSE receipts of the ledger (RFC 9942), for everybody and without a key, below ``/ledger/receipts``.

A receipt under a root that was named never changes; without a size it is under the newest root that was signed for
receipts, which is a second old at most while the ledger grows.
"""

import base64
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from consent_service.contract.receipts import (
    GetConsistencyReceipt,
    GetReceipt,
    KeyId,
    ReceiptFile,
    get_consistency_receipt,
    get_receipt,
)
from gateway.auth import TheParts
from gateway.problems import responses
from infra.tlog.cose import MEDIA_TYPE

router = APIRouter(prefix="/ledger/receipts", tags=["log"])

_OPEN = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
_COSE = {"content": {"application/cose": {}}, "description": "a COSE_Sign1 with a detached payload"}

Key = Annotated[KeyId | None, Query()]
Size = Annotated[int | None, Query(ge=2, lt=2**63)]


@router.get("/consistency", response_class=Response, responses={**responses(404, 422), 200: _COSE})
async def consistency(
    parts: TheParts, old: Annotated[int, Query(ge=1, lt=2**63)], new: Size = None, key: Key = None
) -> Response:
    """That the tree of size ``new`` (the newest signed one) extends the tree of size ``old``, which is smaller."""
    found = await parts.rpc.call(get_consistency_receipt, GetConsistencyReceipt(old=old, new=new, key=key))
    return _file(found, f"{old}-to-{found.size}.cose", fixed=new is not None)


@router.get("/{index}", response_class=Response, responses={**responses(404, 422), 200: _COSE})
async def inclusion(
    parts: TheParts, index: Annotated[int, Path(ge=0, lt=2**63)], size: Size = None, key: Key = None
) -> Response:
    """That the entry at ``index`` is in the tree of ``size`` (the newest signed one); ``key`` is a key id, for a log
    that is changing its key.
    """
    found = await parts.rpc.call(get_receipt, GetReceipt(index=index, size=size, key=key))
    return _file(found, f"{index}-of-{found.size}.cose", fixed=size is not None)


def _file(found: ReceiptFile, name: str, *, fixed: bool) -> Response:
    caching = "public, max-age=31536000, immutable" if fixed else "no-cache"
    headers = {**_OPEN, "Cache-Control": caching, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(base64.b64decode(found.data), media_type=MEDIA_TYPE, headers=headers)
