"""The ledger on disk: fetched entry by entry, proven from the leaves themselves, packed to verify offline."""

from collections.abc import Iterator
from pathlib import Path

from consent_service.client.export import WHOLE, Extras, write_export
from consent_service.client.scope import Scope
from consent_service.contract.methods import Checkpoint
from gateway.client.api import Api


def export_to(api: Api, dest: Path, scope: Scope = WHOLE, extras: Extras | None = None) -> Checkpoint:
    """Write the part of the ledger that ``scope`` asks for, up to its latest checkpoint, to ``dest``; answers that
    checkpoint. Every entry is fetched whatever the scope, so that the proofs are made from the leaves themselves.

    Raises ``Invalid`` (``consent.export_differs``) when the entries answered are not the ones the log signed.
    """
    latest = Checkpoint.model_validate(api.get("/v1/ledger/checkpoint"))
    write_export(_leaves(api), latest, dest, scope, extras)
    return latest


def _leaves(api: Api) -> Iterator[str]:
    for entry in api.pages("/v1/ledger/entries", limit=1024):
        yield entry["leaf"]
