"""Wires the generation service: settings → log, books, blobs → use cases → nameko. The render worker shares the desk.

Nothing heavy is imported here: the painter's libraries belong to the worker, nameko to the service alone.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field

from audio_service.contract.methods import list_voices
from consent_service.contract.methods import GetGrant, decide, get_grant
from generation_service import previs
from generation_service.contract.shots import Place
from generation_service.domain.casting import Roster
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.previs.scenes.words import place_from_heading
from generation_service.store.postgres import postgres_books
from generation_service.store.purges import PurgeFile
from generation_service.usecases.ask import Ask
from generation_service.usecases.desk import Desk
from generation_service.usecases.follow import Follow
from generation_service.usecases.preview import Preview
from generation_service.usecases.purge import AfterRestore, Purge
from generation_service.usecases.revise import Revise
from generation_service.usecases.submit import Submit
from infra.blobs import BlobStore
from infra.eventlog.db import open_pool
from infra.eventlog.postgres import PgLog
from infra.kernel.clock import SystemClock
from infra.kernel.errors import Internal, NotFound
from infra.kernel.rpc import Empty
from infra.settings import ServiceSettings
from infra.sources import source_version


class GenerationSettings(ServiceSettings):
    """Settings of the generation service and of its render worker."""

    blob_url: str = Field(default="", description="fsspec URL of the blob store; empty: <state_dir>/blobs")
    pool_size: int = Field(default=8, ge=1, le=64, description="database connections")

    def secret(self, name: str, length: int) -> bytes:
        """A secret of exactly ``length`` bytes from ``<state_dir>/secrets``; Internal ``generation.no_secret``."""
        path = self.state_dir / "secrets" / name
        data = path.read_bytes() if path.exists() else b""
        if len(data) != length:
            raise Internal("generation.no_secret", f"secrets/{name} is missing or has not {length} bytes")
        return data


class KnownVoices:
    """The roster: our stock characters, and the stock voices the audio service named when it was first asked."""

    def __init__(self, rpc: Any) -> None:
        self._rpc = rpc
        self._lock = threading.Lock()
        self._voices: tuple[str, ...] = ()

    def __call__(self) -> Roster:
        with self._lock:
            if not self._voices:
                answer = self._rpc.call(list_voices, Empty())
                self._voices = tuple(voice.id for voice in answer.voices)
        return Roster(VOICE_OF_STOCK, self._voices)


def place_of(heading: str, action: str, seed: int) -> Place:
    """The painter's place; it looks the same every time a film returns to it, so the film's seed does not change it."""
    return place_from_heading(heading, action)


def painter_version() -> str:
    """The painter's name with the digest of its code: a change of either makes new takes."""
    return source_version("previs", Path(previs.__file__).parent)


def open_desk(settings: GenerationSettings) -> Desk:
    """The desk on Postgres and the blob store."""
    return Desk(
        log=PgLog(open_pool(settings.database_url, max_size=settings.pool_size), service="generation"),
        books=postgres_books(settings.secret("master.key", 32)),
        blobs=BlobStore(settings.blob_url or settings.state_dir / "blobs"),
        clock=SystemClock(),
    )


def _stays(rpc: Any, grant: str) -> bool:
    """Whether a grant lets what was made under it stay after its end; one that nobody knows lets nothing stay."""
    try:
        found = rpc.call(get_grant, GetGrant(grant=grant))
    except NotFound:
        return False
    return bool(found.terms.revocation.after_withdrawal == "keep")


def build_app(settings: GenerationSettings) -> Callable[[Any], Any]:
    """A factory of the service's use cases around an RPC carrier."""
    from generation_service.service import App  # noqa: PLC0415 - brings nameko, which workers must not import

    def build(rpc: Any) -> App:
        desk = open_desk(settings)
        roster = KnownVoices(rpc)
        submit = Submit(desk, roster, lambda request: rpc.call(decide, request), place_of, painter=painter_version())
        purge = Purge(desk, PurgeFile(settings.state_dir / "purges.jsonl"), lambda grant: _stays(rpc, grant))
        return App(
            submit, Follow(desk), Ask(desk), purge, AfterRestore(purge), Revise(desk, submit), Preview(roster, place_of)
        )

    return build


def service_class() -> type:
    """What ``python -m infra.messaging.launch generation_service.bootstrap`` runs."""
    from generation_service.service import GenerationService  # noqa: PLC0415 - as above
    from infra.messaging.nameko_ext import BuiltWithRpc  # noqa: PLC0415 - as above

    return type("GenerationService", (GenerationService,), {"built": BuiltWithRpc(build_app(GenerationSettings()))})
