"""Builds the gateway from its settings: the only place of it that wires."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from pydantic import AliasChoices, Field

from audio_service.client import inspect_voice
from gateway.app import create_app
from gateway.limits import Quota
from gateway.parts import Inspected, Parts
from identity_service.client.intake import inspect_face
from infra.blobs import BlobStore
from infra.kernel.clock import SystemClock
from infra.messaging.rpc.aio import AsyncRpc
from infra.settings import ProcessSettings

NOTICE = Path(__file__).parents[1] / "examples" / "notice.md"


class GatewaySettings(ProcessSettings):
    """Settings of the gateway. It has no database."""

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, validation_alias=AliasChoices("PORT", "ASSENT_PORT", "port"))
    blob_url: str = Field(default="", description="fsspec URL of the blob store; empty: <state_dir>/blobs")
    notice_file: Path = Field(default=NOTICE, description="template of the notice shown before a grant is signed")

    rate_tokens: int = Field(default=6000, ge=1, description="requests a caller may make within rate_seconds")
    rate_seconds: float = Field(default=60.0, gt=0, description="how long an empty quota takes to be full again")

    def admin_key(self) -> str:
        """The bearer key that may create partners and operators, from ``secrets/admin.key``."""
        return (self.state_dir / "secrets" / "admin.key").read_text(encoding="utf-8").strip()


def build(settings: GatewaySettings) -> FastAPI:
    """The application; the broker is connected when it starts serving. Raises when a file it needs is missing."""
    rpc = AsyncRpc(settings.amqp_url)
    parts = Parts(
        rpc=rpc,
        blobs=BlobStore(settings.blob_url or settings.state_dir / "blobs"),
        clock=SystemClock(),
        inspect_face=_face,
        inspect_voice=_voice,
        notice=settings.notice_file.read_text(encoding="utf-8"),
        admin_key=settings.admin_key(),
        quota=Quota(settings.rate_tokens, settings.rate_seconds),
        compare=_compare,
    )

    @asynccontextmanager
    async def connected(_parts: Parts) -> AsyncIterator[None]:
        await rpc.start()
        try:
            yield
        finally:
            await rpc.close()

    return create_app(parts, connected)


def _face(data: bytes) -> Inspected:
    taken = inspect_face(data)
    return Inspected(taken.png, "image/png", taken.quality)


def _compare(takes: list[tuple[bytes, int, str]], form: str) -> bytes:
    from generation_service.client.compare import Side, compare_film, compare_picture  # noqa: PLC0415 - slow to load

    left, right = (Side.read(*take) for take in takes)
    return compare_picture(left, right) if form == "png" else compare_film(left, right)


def _voice(data: bytes) -> Inspected:
    taken = inspect_voice(data)
    return Inspected(taken.wav, "audio/wav", taken.quality)
