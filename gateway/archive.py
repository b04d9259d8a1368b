"""The ledger, or the part a question is about, as one evidence pack, written for a download."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from consent_service.client.export import write_export
from consent_service.client.scope import Scope
from consent_service.contract import methods as consent
from consent_service.contract.methods import GetEntries
from gateway.parts import Parts
from infra.kernel.rpc import Empty

_PAGE = 1024
_CHUNK = 1 << 20


async def export_archive(parts: Parts, scope: Scope) -> tuple[str, AsyncIterator[bytes]]:
    """A file name and the bytes of the ZIP. The file lies on disk while it is sent and is removed after it."""
    checkpoint = await parts.rpc.call(consent.get_checkpoint, Empty())
    leaves: list[str] = []
    while len(leaves) < checkpoint.size:
        page = await parts.rpc.call(consent.get_entries, GetEntries(start=len(leaves), limit=_PAGE))
        if not page.entries:
            break
        leaves += [entry.leaf for entry in page.entries]
    folder = tempfile.TemporaryDirectory(prefix="assent-export-")
    path = Path(folder.name) / f"ledger-{checkpoint.size}.zip"
    try:
        await asyncio.to_thread(write_export, leaves, checkpoint, path, scope)
    except BaseException:
        folder.cleanup()
        raise
    return path.name, _sent(path, folder)


async def _sent(path: Path, folder: tempfile.TemporaryDirectory[str]) -> AsyncIterator[bytes]:
    with folder, path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk
