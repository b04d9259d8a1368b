"""COSE receipts of the ledger (RFC 9942), as they cross RPC."""

from typing import Annotated

from pydantic import Field

from infra.kernel.rpc import Message, Method

KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$", description="the key id in a verifier key, hex")]


class GetReceipt(Message):
    """Inclusion of the entry at ``index`` in the tree of ``size``: the newest that was signed for receipts, if None."""

    index: int = Field(ge=0, lt=2**63)
    size: int | None = Field(default=None, ge=2, lt=2**63)
    key: KeyId | None = None


class GetConsistencyReceipt(Message):
    """That the tree of ``new`` (the newest that was signed for receipts, if None) extends the one of ``old``."""

    old: int = Field(ge=1, lt=2**63)
    new: int | None = Field(default=None, ge=2, lt=2**63)
    key: KeyId | None = None


class ReceiptFile(Message):
    """``data`` is the receipt in base64, under the root of ``size``, signed by ``key``. It never changes."""

    size: int
    key: str
    data: str


get_receipt = Method("consent", "get_receipt", GetReceipt, ReceiptFile, 5.0)
get_consistency_receipt = Method("consent", "get_consistency_receipt", GetConsistencyReceipt, ReceiptFile, 5.0)
