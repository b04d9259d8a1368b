"""``python -m consent_service.sequencer``: reads settings, wires the process, and starts over when the store was away.

Exit codes: 0 told to stop; 1 refused to sign. A refusal is the last line of the log; until it is restarted the
process signs nothing, and for a while it stays to say so: ``/readyz`` is 503 and ``assent_sequencer_refused`` is 1.
"""

import gc
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import psycopg
from prometheus_client import Gauge

from consent_service.sequencer.audit import audit_entries
from consent_service.sequencer.process import Sequencer
from consent_service.sequencer.settings import SequencerSettings
from consent_service.sequencer.watermark import Watermark
from infra.kernel.clock import SystemClock
from infra.kernel.errors import AssentError, Internal
from infra.telemetry import configure_logging, log, serve_health
from infra.tlog.keyset import KeySet
from infra.tlog.note import VerifierKey

REFUSED = Gauge("assent_sequencer_refused", "1 once the sequencer has refused to sign", ["code"])
_RETRY_S = 0.2


def publish_vkeys(path: Path, vkeys: Iterable[VerifierKey]) -> None:
    """Leave the log's verifier keys where a witness on the same machine finds them. Others keep copies of their own."""
    beside = path.with_suffix(".next")
    beside.write_text("".join(f"{vkey}\n" for vkey in vkeys), encoding="utf-8")
    beside.replace(path)


class Process:
    """Connects, sequences, and connects again until it is told to stop or has to refuse."""

    def __init__(self, settings: SequencerSettings, *, adopt: bool) -> None:
        self._settings, self._adopt = settings, adopt
        self._key = settings.log_key()
        self._watermark = Watermark(settings.state_dir / "ledger" / "checkpoint")
        self._stop = threading.Event()
        self._refusal: AssentError | None = None
        self.connected = False

    def stop(self) -> None:
        self._stop.set()

    def checks(self) -> dict[str, bool]:
        """What readiness consists of."""
        return {"database": self.connected, "may sign": self._refusal is None}

    def run(self) -> None:
        """Until told to stop; raises what it refuses for."""
        threading.Thread(target=self._audit, name="audit", daemon=True).start()
        while not self._halted():
            try:
                self._sequence()
            except psycopg.errors.UniqueViolation as error:
                raise Internal("consent.two_signers", "another process signs on this database") from error
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("sequencer.store_away", error=type(error).__name__)
                self._stop.wait(_RETRY_S)
            finally:
                self.connected = False
        if self._refusal is not None:
            raise self._refusal

    def refuse(self, error: AssentError) -> None:
        """Say so loudly, and go on saying so until the time is over or somebody stops the process."""
        self._refusal = error
        REFUSED.labels(error.code).set(1)
        if self._settings.health_port:
            self.connected = True
            log.critical("sequencer.refuses", code=error.code)
            self._stop.wait(self._settings.refusal_shown_s)

    def _halted(self) -> bool:
        return self._stop.is_set() or self._refusal is not None

    def _sequence(self) -> None:
        with psycopg.connect(self._settings.database_url, autocommit=True, connect_timeout=3) as conn:
            self.connected = True  # a standby is ready too
            sequencer = Sequencer(conn, self._key, self._watermark, clock=SystemClock(), announce=self._publish)
            if sequencer.stand_by(self._halted):
                with self._watermark.held():
                    sequencer.recover(adopt=self._adopt)
                    sequencer.run(self._halted)

    def _publish(self, keys: KeySet) -> None:
        publish_vkeys(self._settings.state_dir / "ledger" / "log.vkey", keys.active)

    def _audit(self) -> None:
        """The background audit: an edited row is found while the process runs, and nothing is signed after."""
        pause = min(1.0, self._settings.audit_every_s)
        while not self._stop.wait(pause):
            pause = self._settings.audit_every_s
            try:
                with psycopg.connect(self._settings.database_url, autocommit=True, connect_timeout=3) as conn:
                    count = audit_entries(conn, pause=lambda: self._stop.wait(0.01))
                log.info("sequencer.audited", entries=count)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("sequencer.audit_interrupted", error=type(error).__name__)
            except AssentError as error:
                self._refusal = error
                return


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    settings = SequencerSettings()
    configure_logging(settings.process, settings.log_level)
    gc.freeze()
    gc.set_threshold(50_000)  # a batch makes many small things and no cycles: looking for some cost a fifth of it
    try:
        process = Process(settings, adopt="--adopt-checkpoint" in sys.argv[1:])
    except AssentError as error:
        log.error("sequencer.refused", code=error.code, detail=error.detail, fix=error.fix, **error.info)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: process.stop())
    if settings.health_port:
        serve_health(settings.health_port, process.checks)
    try:
        process.run()
    except AssentError as error:
        process.refuse(error)
        log.error("sequencer.refused", code=error.code, detail=error.detail, fix=error.fix, **error.info)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
