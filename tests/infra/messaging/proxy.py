"""A TCP proxy that a test can cut: the broker (or database) seems to go away and to come back, in milliseconds."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._refusing = False
        self._muted = False
        self._server = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The same URL, through the proxy."""
        login = self._parts.netloc.rpartition("@")[0]
        port = self._server.getsockname()[1]
        return urlunsplit(self._parts._replace(netloc=f"{login}@127.0.0.1:{port}" if login else f"127.0.0.1:{port}"))

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._refusing = True
        self.drop()

    def drop(self) -> None:
        """Drop every connection; new ones are served."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for side in pair:
                _close(side)

    def mute(self) -> None:
        """Swallow what clients send from now on; their connections seem to stand."""
        self._muted = True

    def heal(self) -> None:
        self._refusing = self._muted = False

    def close(self) -> None:
        self.cut()
        _close(self._server)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            if self._refusing:
                _close(near)
                continue
            far = socket.create_connection((self._parts.hostname or "", self._parts.port or 0))
            with self._lock:
                self._pairs.append((near, far))
            threading.Thread(target=_pump, args=(near, far, lambda: self._muted), daemon=True).start()
            threading.Thread(target=_pump, args=(far, near, lambda: False), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket, muted: Callable[[], bool]) -> None:
    try:
        while data := source.recv(65536):
            if not muted():
                target.sendall(data)
    except OSError:
        pass
    for side in (source, target):
        _close(side)


def _close(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()
