"""``python -m consent_service.sequencer``: reads settings, wires the process, and starts over when the store was away.

Exit codes: 0 told to stop; 1 refused to sign (the reason is the last line of the log).
"""

import signal
import sys
import threading

import psycopg
from pydantic import Field

from consent_service.sequencer.process import LogKey, Sequencer
from consent_service.sequencer.watermark import Watermark
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import AssentError
from infra.settings import ProcessSettings
from infra.telemetry import configure_logging, log, serve_health

_RETRY_S = 0.2


class SequencerSettings(ProcessSettings):
    """The sequencer speaks to Postgres only."""

    amqp_url: str = Field(default="", description="not used by this process")
    ledger_origin: str = Field(
        default="assent.local/ledger", pattern=r"^[^\s+]+$", description="the ledger's name in its checkpoints"
    )

    def log_key(self) -> LogKey:
        """The log's key from ``secrets/ledger.seed``."""
        seed = (self.state_dir / "secrets" / "ledger.seed").read_bytes()
        return LogKey(self.ledger_origin, Ed25519Signer.from_seed(seed))


class Process:
    """Connects, sequences, and connects again until it is told to stop."""

    def __init__(self, settings: SequencerSettings, *, adopt: bool) -> None:
        self._settings, self._adopt = settings, adopt
        self._key = settings.log_key()
        self._watermark = Watermark(settings.state_dir / "ledger" / "checkpoint")
        self._stop = threading.Event()
        self.connected = False

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                self._sequence()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("sequencer.store_away", error=type(error).__name__)
                self._stop.wait(_RETRY_S)
            finally:
                self.connected = False

    def _sequence(self) -> None:
        with psycopg.connect(self._settings.database_url, autocommit=True, connect_timeout=3) as conn:
            self.connected = True  # a standby is ready too
            sequencer = Sequencer(conn, self._key, self._watermark, clock=SystemClock())
            if sequencer.stand_by(self._stop.is_set):
                sequencer.recover(adopt=self._adopt)
                sequencer.run(self._stop.is_set)


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    settings = SequencerSettings()
    configure_logging(settings.process, settings.log_level)
    process = Process(settings, adopt="--adopt-checkpoint" in sys.argv[1:])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    if settings.health_port:
        serve_health(settings.health_port, lambda: {"database": process.connected})
    try:
        process.run()
    except AssentError as error:
        log.error("sequencer.refused", code=error.code, detail=error.detail, fix=error.fix, **error.info)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
