"""One HTTP client for the gateway: keys, idempotency, problems as exceptions, streams that go on where they broke.

A creating POST gets a fresh ``Idempotency-Key`` and is repeated with the same one when the connection broke, so that a
lost answer never makes a second thing.
"""

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

FINAL = frozenset({"refused", "released", "stopped", "failed", "cancelled", "purged"})
_ATTEMPTS = 3
_PAUSE_S = 0.5


class ApiError(Exception):
    """The gateway said no. ``problem`` is its problem document (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        self.code = str(problem.get("code", f"http.{status}"))
        self.detail = str(problem.get("detail", "the gateway answered without saying why"))
        self.fix: str | None = problem.get("fix")
        super().__init__(f"{self.code}: {self.detail}")


class Unreachable(Exception):
    """No gateway answered at this address."""


class Api:
    """A client with one key. ``transport`` is for tests."""

    def __init__(self, url: str, key: str | None = None, *, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url, headers=headers, timeout=httpx.Timeout(90.0, connect=5.0), transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, path: str, **params: Any) -> Any:
        """The JSON answer. Raises :class:`ApiError` or :class:`Unreachable`."""
        given = {name: value for name, value in params.items() if value is not None}
        return self._send("GET", path, **({"params": given} if given else {})).json()

    def text(self, path: str) -> str:
        """The answer as text."""
        return self._send("GET", path).text

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """Create or act; repeated with the same idempotency key when the connection breaks."""
        return self._send("POST", path, json=body, headers=_idempotent(key)).json()

    def upload(self, path: str, file: Path, *, key: str | None = None) -> Any:
        """Send a file as ``multipart/form-data``, field ``file``."""
        files = {"file": (file.name, file.read_bytes())}
        return self._send("POST", path, files=files, headers=_idempotent(key)).json()

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """Every item of a list, page after page."""
        page = self.get(path, **params)
        while True:
            yield from page["data"]
            if not page.get("next_page_url"):
                return
            page = self.get(page["next_page_url"])

    def download(self, path: str, target: Path) -> int:
        """Save an answer's bytes; the file appears whole or not at all. Answers its size."""
        target.parent.mkdir(parents=True, exist_ok=True)
        part, size = target.with_name(target.name + ".part"), 0
        try:
            with self._http.stream("GET", path) as answer, part.open("wb") as file:
                if answer.status_code >= 400:
                    answer.read()
                    raise _error(answer)
                for data in answer.iter_bytes():
                    size += file.write(data)
            part.replace(target)
        except httpx.TransportError as error:
            raise Unreachable(f"no gateway answers at {self.url}") from error
        finally:
            part.unlink(missing_ok=True)
        return size

    def follow(self, production: str) -> Iterator[dict[str, Any]]:
        """Views of a production as it moves, until it is over. A broken stream is resumed after the last event."""
        last: str | None = None
        while True:
            over = False
            for ident, view in self._events(production, last):
                last = ident
                yield view
                over = view["state"] in FINAL
            if over:
                return
            view = self.get(f"/v1/productions/{production}")
            if view["state"] in FINAL:
                if str(view["version"]) != last:
                    yield view
                return
            time.sleep(_PAUSE_S)

    def _events(self, production: str, last: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        headers = {"Last-Event-ID": last} if last is not None else {}
        try:
            with self._http.stream("GET", f"/v1/productions/{production}/events", headers=headers) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    raise _error(answer)
                yield from _parse(answer.iter_lines())
        except httpx.TransportError:
            return

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._http.request(method, path, **more)
                break
            except httpx.TransportError as error:
                if attempt == _ATTEMPTS or isinstance(error, httpx.ConnectError):
                    raise Unreachable(f"no gateway answers at {self.url}") from error
                time.sleep(_PAUSE_S)
        if answer.status_code >= 400:
            raise _error(answer)
        return answer


def _idempotent(key: str | None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid.uuid4())}


def _error(answer: httpx.Response) -> ApiError:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    return ApiError(answer.status_code, problem if isinstance(problem, dict) else {})


def _parse(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``production`` events of a server-sent event stream (HTML standard, §9.2): id and data."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        else:
            if fields.get("event") == "production":
                yield fields.get("id", ""), json.loads(fields["data"])
            fields = {}
