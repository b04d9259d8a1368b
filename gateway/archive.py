"""The ledger, or the part a question is about, as one evidence pack, written for a download."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from consent_service.client.export import witnessed, write_export
from consent_service.client.scope import Scope
from consent_service.client.spool import Spool
from consent_service.contract import methods as consent
from consent_service.contract.methods import Checkpoint, GetEntries
from gateway.parts import Parts
from infra.kernel.rpc import Empty

_PAGE = 1024
_CHUNK = 1 << 20
_PATIENCE_S = 2.0


async def export_archive(parts: Parts, scope: Scope) -> tuple[str, AsyncIterator[bytes]]:
    """A file name and the bytes of the ZIP. The file lies on disk while it is sent and is removed after it."""
    checkpoint = await _anchor(parts)
    folder = tempfile.TemporaryDirectory(prefix="assent-export-")
    path = Path(folder.name) / f"ledger-{checkpoint.size}.zip"
    try:
        with Spool() as leaves:
            while len(leaves) < checkpoint.size:
                page = await parts.rpc.call(consent.get_entries, GetEntries(start=len(leaves), limit=_PAGE))
                if not page.entries:
                    break
                for entry in page.entries:
                    leaves.append(entry.leaf.encode())
            await asyncio.to_thread(write_export, leaves, checkpoint, path, scope)
    except BaseException:
        folder.cleanup()
        raise
    return path.name, _sent(path, folder)


async def _anchor(parts: Parts) -> Checkpoint:
    """The cosigned checkpoint over all there is now; the latest one where no witness signs in time."""
    latest = await parts.rpc.call(consent.get_checkpoint, Empty())
    wanted, end = latest.size, time.monotonic() + _PATIENCE_S
    while (found := witnessed(latest, wanted)) is None and latest.cosigned and time.monotonic() < end:
        await asyncio.sleep(0.05)
        latest = await parts.rpc.call(consent.get_checkpoint, Empty())
    return found or latest


async def _sent(path: Path, folder: tempfile.TemporaryDirectory[str]) -> AsyncIterator[bytes]:
    with folder, path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
