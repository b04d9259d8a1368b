"""``python -m consent_service.indexer``: reads settings, and brings the index forward about once a second until told
to stop. A store that is away is asked again.
"""

import signal
import sys
import threading

from pydantic import Field

from consent_service.indexer.process import Indexer
from consent_service.store.ledger_log import LedgerLog
from infra.eventlog.db import open_pool
from infra.kernel.clock import SystemClock
from infra.kernel.errors import Unavailable
from infra.settings import ProcessSettings
from infra.telemetry import configure_logging, log, serve_health


class IndexerSettings(ProcessSettings):
    """The indexer speaks to Postgres only."""

    amqp_url: str = Field(default="", description="not used by this process")
    index_every_s: float = Field(default=1.0, gt=0, le=60, description="pause between two roots, seconds")


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    settings, stop = IndexerSettings(), threading.Event()
    configure_logging(settings.process, settings.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    connected = True
    if settings.health_port:
        serve_health(settings.health_port, lambda: {"database": connected})
    with open_pool(settings.database_url, max_size=2) as pool:
        indexer = Indexer(LedgerLog(pool), SystemClock())
        while not stop.is_set():
            try:
                indexer.drain(stop.is_set)
                connected = True
            except Unavailable as error:
                connected = False
                log.warning("indexer.store_away", code=error.code)
            stop.wait(settings.index_every_s)
    return 0


if __name__ == "__main__":
    sys.exit(main())
