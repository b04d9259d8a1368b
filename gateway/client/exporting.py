"""The ledger on disk: fetched entry by entry, proven from the leaves themselves, packed to verify offline."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from consent_service.client.export import WHOLE, Extras, witnessed, write_export
from consent_service.client.scope import Scope
from consent_service.contract.methods import Checkpoint
from gateway.client.api import Api

PATIENCE_S = 3.0
"""How long an export waits for the witnesses of a log that has some: they are a few milliseconds behind it."""


def export_to(
    api: Api, dest: Path, scope: Scope = WHOLE, extras: Extras | None = None, *,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Checkpoint:  # fmt: skip
    """Write the part of the ledger that ``scope`` asks for, up to its latest checkpoint, to ``dest``; answers that
    checkpoint, with its witnesses' cosignatures where there are any in time. Every entry is fetched whatever the
    scope, so that the proofs are made from the leaves themselves. ``progress`` is told how many of how many.

    Raises ``Invalid`` (``consent.export_differs``) when the entries answered are not the ones the log signed.
    """
    anchor = _anchor(api)
    write_export(_leaves(api, anchor.size, progress), anchor, dest, scope, extras)
    return anchor


def _anchor(api: Api) -> Checkpoint:
    """The cosigned checkpoint over all there is now; the latest one where no witness signs."""
    latest = Checkpoint.model_validate(api.get("/v1/ledger/checkpoint"))
    wanted, end = latest.size, time.monotonic() + PATIENCE_S
    while (found := witnessed(latest, wanted)) is None and latest.cosigned and time.monotonic() < end:
        time.sleep(0.05)
        latest = Checkpoint.model_validate(api.get("/v1/ledger/checkpoint"))
    return found or latest


def _leaves(api: Api, size: int, progress: Callable[[int, int], None]) -> Iterator[str]:
    for count, entry in enumerate(api.pages("/v1/ledger/entries", limit=1024), 1):
        if count % 1024 == 0:
            progress(count, size)
        yield entry["leaf"]
