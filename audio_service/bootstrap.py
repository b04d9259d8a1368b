"""Wires the audio service: settings -> log, progress, vault -> use cases -> nameko, or the worker. Nothing opens on
import, and the engines are imported by the worker alone.
"""

from pydantic import Field

from audio_service.backends.stock import STOCK
from audio_service.store.postgres import PgProgress
from audio_service.usecases.ask import Ask
from audio_service.usecases.desk import Desk
from infra.eventlog.db import open_pool
from infra.eventlog.postgres import PgLog
from infra.kernel.clock import SystemClock
from infra.settings import ProcessSettings


class AudioSettings(ProcessSettings):
    """Settings of the audio service and of its worker."""

    blob_url: str = Field(default="", description="fsspec URL of the blob store; empty: <state_dir>/blobs")
    pool_size: int = Field(default=4, ge=1, le=64, description="database connections")


def open_log(settings: AudioSettings) -> PgLog:
    """The service's event log; connects in the background."""
    return PgLog(open_pool(settings.database_url, max_size=settings.pool_size), service="audio")


def open_desk(settings: AudioSettings) -> Desk:
    """The desk on Postgres, for the worker."""
    return Desk(open_log(settings), PgProgress(), SystemClock())


def build_ask() -> Ask:
    """The questions of the nameko service."""
    return Ask(open_log(AudioSettings()), PgProgress(), tuple(spec.view() for spec in STOCK))


def service_class() -> type:
    """What ``python -m infra.messaging.launch audio_service.bootstrap`` runs."""
    from audio_service.service import AudioService  # noqa: PLC0415 - workers must not import nameko
    from infra.messaging.nameko_ext import Built  # noqa: PLC0415 - as above

    return type("AudioService", (AudioService,), {"app": Built(build_ask)})
