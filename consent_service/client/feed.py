"""Keeps a guard fed: the control fanout and, whenever there is doubt, a fresh snapshot over RPC."""

import threading
import time
from typing import Any

from consent_service.client.guard import Guard
from consent_service.contract import methods
from consent_service.contract.ledger import Control
from infra.kernel.errors import AssentError
from infra.kernel.rpc import Empty
from infra.messaging.control import ControlSubscriber
from infra.messaging.rpc.wire import Rpc
from infra.telemetry.logs import log

_RETRY_S = 0.25
_DEADLINE_S = 1.0


class Feed:
    """One subscriber and one thread that fetches snapshots. Until :meth:`start` the guard denies."""

    def __init__(self, rpc: Rpc, amqp_url: str) -> None:
        self._rpc = rpc
        self._wanted, self._closed = threading.Event(), threading.Event()
        self.guard = Guard(self._wanted.set)
        self._subscriber = ControlSubscriber(
            amqp_url, self._receive, on_connect=self.guard.doubt, on_gap=self.guard.doubt, name="guard"
        )
        self._thread = threading.Thread(target=self._fetch, name="guard-snapshots", daemon=True)

    def start(self) -> None:
        """Subscribe first, then ask: nothing between the snapshot and the first message is missed."""
        self._subscriber.start()
        self._thread.start()

    def close(self) -> None:
        """Stop listening; the guard denies when its patience ends."""
        self._closed.set()
        self._wanted.set()
        self._subscriber.stop()
        self._thread.join(timeout=5.0)

    def _receive(self, message: dict[str, Any]) -> None:
        self.guard.receive(Control.model_validate(message))

    def _fetch(self) -> None:
        while self._wanted.wait() and not self._closed.is_set():
            self._wanted.clear()
            asked_at = time.monotonic()
            try:
                snapshot = self._rpc.call(methods.snapshot, Empty(), _DEADLINE_S)
            except AssentError as error:
                log.warning("guard.no_snapshot", code=error.code)
                self._wanted.set()
                self._closed.wait(_RETRY_S)
                continue
            self.guard.adopt(snapshot, asked_at=asked_at)
