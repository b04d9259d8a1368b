"""``python -m audio_service.worker``: wires the engines, the guard and the queue, and works until it is stopped."""

from audio_service.backends.engine import Engine
from audio_service.bootstrap import AudioSettings, open_desk
from audio_service.usecases.run_job import HandleJob
from audio_service.worker.vault import RemoteVault
from consent_service.client import open_client
from infra.blobs import BlobStore
from infra.kernel.crypto import Ed25519Signer
from infra.messaging.jobs import JobWorker
from infra.messaging.rpc.sync import SyncRpc
from infra.telemetry import configure_logging, log, serve_health

QUEUE = "audio.jobs"


def main() -> None:
    """Run until SIGTERM or SIGINT. The worker's own key lives in this process only; permits are bound to it."""
    settings = AudioSettings()
    configure_logging(settings.process, settings.log_level)
    rpc = SyncRpc(settings.amqp_url, name=settings.process)
    consent = open_client(rpc, settings.amqp_url, Ed25519Signer.generate())
    blobs = BlobStore(settings.blob_url or settings.state_dir / "blobs")
    handle = HandleJob(open_desk(settings), consent, RemoteVault(rpc, blobs), Engine.warmed())
    worker = JobWorker(settings.amqp_url, QUEUE, handle, abandon=handle.abandon)
    health = None
    if settings.health_port:
        health = serve_health(settings.health_port, lambda: {"broker": worker.connected, "rpc": rpc.connected})
    log.info("worker.started", queue=QUEUE)
    try:
        worker.run()
    finally:
        if health is not None:
            health.close()
        consent.close()
        rpc.close()


if __name__ == "__main__":
    main()
