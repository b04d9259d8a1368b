"""A gateway over services that are played by this file: the whole HTTP surface without a broker."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from gateway.app import create_app
from gateway.parts import Inspected, Parts
from identity_service.contract.methods import Authenticate, Principal
from infra.blobs import BlobStore
from infra.kernel.clock import FixedClock
from infra.kernel.errors import NotFound, Unauthenticated
from infra.kernel.rpc import Method

ADMIN_KEY = "admin-key-of-this-test-run"
KEYS = {"partner-key": ("prt_" + "1" * 32, "partner"), "other-key": ("prt_" + "2" * 32, "partner"),
        "ada-key": ("opr_" + "a" * 32, "operator"), "bob-key": ("opr_" + "b" * 32, "operator"),
        "auditor-key": ("aud_" + "c" * 32, "auditor")}  # fmt: skip
PARTNER = KEYS["partner-key"][0]
NOW = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
NOTICE = Path(__file__).parents[2] / "examples" / "notice.md"


class FakeRpc:
    """Services by method name: each a function of the command, or an error to raise. Every call is remembered."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.answers: dict[str, Any] = {"identity.authenticate": self._authenticate}

    def on(self, method: Method[Any, Any], answer: Any) -> None:
        self.answers[f"{method.service}.{method.name}"] = answer

    async def call(self, method: Method[Any, Any], command: BaseModel, deadline_s: float | None = None) -> Any:
        name = f"{method.service}.{method.name}"
        assert isinstance(command, method.command)
        self.calls.append((name, command))
        if name not in self.answers:
            raise NotFound(f"{method.service}.nothing", "nothing was prepared for this")
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        answer = answer(command) if callable(answer) else answer
        assert isinstance(answer, method.answer)
        return method.answer.model_validate_json(answer.model_dump_json())

    def sent(self, method: Method[Any, Any]) -> list[Any]:
        return [command for name, command in self.calls if name == f"{method.service}.{method.name}"]

    def _authenticate(self, command: Authenticate) -> Principal:
        if command.api_key not in KEYS:
            raise Unauthenticated("identity.unknown_key", "the API key is not known")
        party, role = KEYS[command.api_key]
        return Principal.model_validate({"id": party, "role": role})


class AsgiTransport(httpx.BaseTransport):
    """Requests straight into the app, each on one event loop that lives as long as the transport."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result(30)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        if "content-length" not in request.headers:
            asked.headers.pop("content-length", None)
        answer = await self._inner.handle_async_request(asked)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

    def shut_down(self) -> None:
        """End the loop. Not ``close``: a client that is closed takes nothing away from the next one."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[Any]]:
    """What was logged, instead of a terminal full of it."""
    with capture_logs() as found:
        yield found


@pytest.fixture
def rpc() -> FakeRpc:
    return FakeRpc()


@pytest.fixture
def parts(rpc: FakeRpc, tmp_path: Path) -> Parts:
    return Parts(
        rpc=rpc,
        blobs=BlobStore(tmp_path / "blobs"),
        clock=FixedClock(NOW),
        inspect_face=lambda data: Inspected(b"clean" + data, "image/png", {"faces": 1}),
        inspect_voice=lambda data: Inspected(b"clean" + data, "audio/wav", {"seconds": 6.0}),
        notice=NOTICE.read_text(encoding="utf-8"),
        admin_key=ADMIN_KEY,
        poll_s=0.0,
    )


Serve = Callable[[Parts], AsgiTransport]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Gateways over other parts than the usual ones."""
    opened: list[AsgiTransport] = []

    def run(parts: Parts) -> AsgiTransport:
        opened.append(AsgiTransport(create_app(parts)))
        return opened[-1]

    yield run
    for one in opened:
        one.shut_down()


@pytest.fixture
def transport(parts: Parts, serve: Serve) -> AsgiTransport:
    return serve(parts)


Client = Callable[..., httpx.Client]


@pytest.fixture
def client(transport: AsgiTransport) -> Client:
    """``client("partner-key")``: a client with that key; None sends no key."""

    def open_client(key: str | None = "partner-key", **headers: str) -> httpx.Client:
        bearer = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(transport=transport, base_url="http://gateway", headers={**bearer, **headers})

    return open_client
