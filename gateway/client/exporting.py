"""The ledger on disk: fetched entry by entry, proven from the leaves themselves, packed to verify offline."""

from collections.abc import Iterator
from pathlib import Path

from consent_service.client.export import write_export
from consent_service.contract.methods import Checkpoint
from gateway.client.api import Api


def export_to(api: Api, dest: Path) -> Checkpoint:
    """Write the whole ledger up to its latest checkpoint to ``dest``; answers that checkpoint.

    Raises ``Invalid`` (``consent.export_differs``) when the entries answered are not the ones the log signed.
    """
    latest = Checkpoint.model_validate(api.get("/v1/ledger/checkpoint"))
    write_export(_leaves(api), latest, dest)
    return latest


def _leaves(api: Api) -> Iterator[str]:
    for entry in api.pages("/v1/ledger/entries", limit=1024):
        yield entry["leaf"]
