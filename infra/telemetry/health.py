"""``/healthz``, ``/readyz`` and ``/metrics`` of one process, on the loopback address only.

The server is one thread with blocking sockets and no selector, so the same code is right in a plain process and in
one that eventlet has patched (there the thread is green and yields while it waits).
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from infra.telemetry.logs import log

Ready = Callable[[], dict[str, bool]]
_PATIENCE_S = 5.0


class HealthServer:
    """Serves until :meth:`close`. ``port`` is the bound port, also when 0 was asked for."""

    def __init__(self, port: int, ready: Ready) -> None:
        self._ready = ready
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop accepting; the thread ends with the socket."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the accept() of the thread
        self._socket.close()

    def _serve(self) -> None:
        handler = type("Handler", (_Handler,), {"ready": staticmethod(self._ready)})
        while True:
            try:
                connection, address = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(_PATIENCE_S)
                try:
                    handler(connection, address, None)
                except OSError:
                    continue  # the asker went away


def serve_health(port: int, ready: Ready) -> HealthServer:
    """Serve health on 127.0.0.1:``port`` (0: any free port). ``ready`` names the parts and whether each works."""
    return HealthServer(port, ready)


def _ask(ready: Ready) -> dict[str, bool]:
    try:
        return {name: bool(works) for name, works in ready().items()}
    except Exception as error:  # noqa: BLE001  a check that breaks is a check that fails; the server must live on
        log.error("health.check_broke", error=type(error).__name__)
        return {"checks": False}


class _Handler(BaseHTTPRequestHandler):
    ready: Ready
    timeout = _PATIENCE_S

    def do_GET(self) -> None:
        if self.path == "/healthz":
            self._answer(200, {"status": "ok"})
        elif self.path == "/readyz":
            checks = _ask(type(self).ready)
            self._answer(200 if all(checks.values()) else 503, {"ready": all(checks.values()), "checks": checks})
        elif self.path == "/metrics":
            self._send(200, generate_latest(), CONTENT_TYPE_LATEST)
        else:
            self._answer(404, {"status": "not found"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Polled every second: not worth a line."""
