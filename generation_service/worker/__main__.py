"""``python -m generation_service.worker``: wires the render worker and runs it until SIGTERM, without eventlet."""

import sys
from datetime import UTC, datetime

from consent_service.client import open_client
from consent_service.contract.methods import get_checkpoint
from generation_service.bootstrap import GenerationSettings, open_desk, painter_version
from generation_service.contract.jobs import QUEUE
from generation_service.film.credentials import load_identity
from generation_service.film.fusion.measure import warm_judges
from generation_service.usecases.desk import Desk
from generation_service.usecases.release import ReleaseFilm
from generation_service.usecases.take import MakeTake
from generation_service.worker.jobs import HandleJob
from generation_service.worker.library import LibraryFaces
from generation_service.worker.painting import PrevisPainter, draw_sheet
from generation_service.worker.room import LocalRoom, sweep_rooms
from generation_service.worker.watching import FilmConsent
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.rpc import Empty
from infra.messaging.jobs import JobWorker
from infra.messaging.rpc.sync import SyncRpc
from infra.telemetry import configure_logging, log, serve_health


def main() -> int:
    """Run until stopped; 0 after a graceful stop."""
    settings = GenerationSettings()
    configure_logging(settings.process, settings.log_level)
    sys.setswitchinterval(0.0005)  # a control message must reach the guard while frames are being drawn
    rpc = SyncRpc(settings.amqp_url, settings.process)
    client = open_client(rpc, settings.amqp_url, Ed25519Signer.generate())
    consent = FilmConsent(client)
    desk = open_desk(settings)
    painter = PrevisPainter()
    painter.warm_up()
    warm_judges()
    take = MakeTake(desk, consent, LibraryFaces(rpc, desk.blobs), painter, painter_version())
    film = ReleaseFilm(desk, consent, _room(settings, desk, rpc))
    handle = HandleJob(desk, take, film)
    worker = JobWorker(settings.amqp_url, QUEUE, handle, abandon=handle.abandon)
    health = None
    if settings.health_port:
        health = serve_health(settings.health_port, lambda: {"broker": worker.connected, "rpc": rpc.connected})
    log.info("worker.started", queue=QUEUE)
    worker.run()
    client.close()
    rpc.close()
    if health is not None:
        health.close()
    return 0


def _room(settings: GenerationSettings, desk: Desk, rpc: SyncRpc) -> LocalRoom:
    folder = settings.state_dir / "work"
    sweep_rooms(folder)
    identity = load_identity(settings.state_dir / "secrets" / "c2pa", datetime.now(UTC))

    return LocalRoom(
        folder=folder,
        identity=identity,
        checkpoint=lambda: rpc.call(get_checkpoint, Empty()).note,
        sheet=draw_sheet,
        now=desk.clock.now,
    )


if __name__ == "__main__":
    sys.exit(main())
