"""An upload on its way into the library: sniffed, inspected in a child process, sealed, and only then entered.

The bytes a caller sent are never stored and never decoded in this process. What is stored is what intake made of them,
sealed with a fresh data key. Commit point: identity's ``add_asset``. A crash before it leaves a sealed object whose key
nobody has; after it the asset exists.
"""

import asyncio
import secrets

from fastapi import UploadFile

from gateway.parts import Inspect, Inspected, Parts
from identity_service.contract import methods as identity
from identity_service.contract.methods import AddAsset, Asset, AssetKind
from infra.kernel.canonical import sha256_hex
from infra.kernel.crypto import b64u, unb64u
from infra.kernel.errors import Invalid

PICTURES = ("image/png", "image/jpeg", "image/webp")
SOUNDS = ("audio/wav", "audio/flac", "audio/mpeg")
ACCEPTED: dict[AssetKind, tuple[str, ...]] = {"face": PICTURES, "voice": SOUNDS}


def sniff(head: bytes) -> str | None:
    """The media type the first bytes tell, among those of ``formats.md``; None for anything else."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return "video/mp4"
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    return None


_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"), (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"), (b"\xff\xf2", "audio/mpeg"),
)  # fmt: skip


async def take_in(parts: Parts, upload: UploadFile, *, subject: str, kind: AssetKind, command_id: str) -> Asset:
    """Enter an uploaded file as a reference asset. The same content again answers the asset that exists."""
    data = await upload.read()
    _verify_type(data[:16], kind)
    inspect: Inspect = parts.inspect_face if kind == "face" else parts.inspect_voice
    inspected = await asyncio.to_thread(inspect, data)
    known = await parts.rpc.call(identity.list_assets, identity.ListAssets(subject=subject))
    digest = sha256_hex(inspected.data)
    for asset in known.assets:
        if asset.sha256 == digest and asset.kind == kind:
            return asset
    return await _enter(parts, inspected, AddAsset(
        command_id=command_id, subject=subject, kind=kind, sha256=digest, media_type=inspected.media_type,
        data_key=b64u(secrets.token_bytes(32)), quality=inspected.quality,
    ))  # fmt: skip


async def _enter(parts: Parts, inspected: Inspected, command: AddAsset) -> Asset:
    await asyncio.to_thread(parts.blobs.put, "library", inspected.data, unb64u(command.data_key))
    return await parts.rpc.call(identity.add_asset, command)


def _verify_type(head: bytes, kind: AssetKind) -> None:
    if not head:
        raise Invalid("gateway.upload_empty", "the file has no bytes", pointer="/file", fix="choose another file")
    media_type = sniff(head)
    if media_type not in ACCEPTED[kind]:
        raise Invalid(
            "gateway.upload_type", f"not a {kind} file we accept", pointer="/file",
            fix=f"send one of {', '.join(ACCEPTED[kind])}", found=media_type or "unknown",
        )  # fmt: skip
