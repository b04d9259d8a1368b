"""The HTTP application: routes, errors, request context and the console page. It is given its parts and opens nothing.

The gateway holds no state of its own: every fact it answers came over RPC or out of the blob store within the request.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from gateway import problems
from gateway.auth import KeyRing
from gateway.context import RequestContext
from gateway.limits import Limiter
from gateway.parts import Parts
from gateway.routes import (
    approvals,
    catalogue,
    flags,
    grant_batches,
    grants,
    health,
    ledger,
    log,
    outputs,
    parties,
    plans,
    productions,
    receipts,
    retention,
    subjects,
    takes,
)

STATIC = Path(__file__).parent / "static"
DESCRIPTION = """Synthetic film of people, only with permission that can be proven.

Errors are RFC 9457 problem details with a stable `code`. Every creating POST needs an `Idempotency-Key`; a replay is
marked `Idempotent-Replayed: true`. Every answer has a `Request-Id` and a W3C `traceparent`, and to a known caller
`RateLimit-Policy` and `RateLimit`.
"""
CONTENT_SECURITY = (
    "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; base-uri 'none'; form-action 'none'"
)

Lifespan = Callable[[Parts], AbstractAsyncContextManager[None]]


def create_app(parts: Parts, lifespan: Lifespan | None = None) -> FastAPI:
    """The gateway over ``parts``; ``lifespan`` opens and closes what they stand on."""

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        if lifespan is None:
            yield
            return
        async with lifespan(parts):
            yield

    app = FastAPI(
        title="Assent", version="0.1.0", description=DESCRIPTION, lifespan=running, redoc_url=None, docs_url=None
    )
    app.state.parts = parts
    app.state.keys = KeyRing(parts)
    app.state.limiter = Limiter(parts.quota, parts.clock)
    problems.install(app)
    app.add_middleware(RequestContext, metrics=parts.metrics, respond=problems.problem_response)
    for module in (
        parties, subjects, retention, grants, grant_batches, approvals, plans, productions, takes, outputs, catalogue,
        flags, ledger, log, receipts, health,
    ):  # fmt: skip
        app.include_router(module.router)
    _mount_console(app)
    return app


def _mount_console(app: FastAPI) -> None:
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/", include_in_schema=False)
    async def console() -> FileResponse:
        headers = {"Content-Security-Policy": CONTENT_SECURITY, "X-Content-Type-Options": "nosniff"}
        return FileResponse(STATIC / "index.html", headers=headers)
