"""A witness's HTTP: ``POST /add-checkpoint``, its policy lines, health and metrics. No rule is here."""

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from consent_service.witness.logs import KnownLogs
from consent_service.witness.rules import Refused, next_record, read_submission
from consent_service.witness.store import WitnessStore
from infra.telemetry import log
from infra.tlog.cosignature import Cosigner
from infra.tlog.witness_api import MAX_BODY

ANSWERS = Counter("assent_witness_answers_total", "Answers to add-checkpoint", ["status"])
FORKS = Counter("assent_witness_forks_total", "Logs seen with two trees of one size", ["origin"])
SIZE = Gauge("assent_witness_size", "Size of the latest cosigned checkpoint", ["origin"])


@dataclass(frozen=True)
class Witness:
    """The parts of one witness. ``now`` gives Unix seconds."""

    cosigners: tuple[Cosigner, ...]
    store: WitnessStore
    logs: KnownLogs
    now: Callable[[], float] = time.time

    def add_checkpoint(self, body: bytes) -> str:
        """The cosignature lines; raises :class:`Refused`. The record is on disk before anything is signed."""
        submission = read_submission(body, self.logs.keys())
        origin, now = submission.tree.origin, int(self.now())
        try:
            record = self.store.advance(origin, lambda kept: next_record(kept, submission, now))
        except Refused as refused:
            if refused.forked:
                log.critical("witness.fork_seen", origin=origin, size=submission.tree.size)
                FORKS.labels(origin).inc()
                self.store.keep_fork(origin, submission.request.checkpoint, now)
            raise
        SIZE.labels(origin).set(record.size)
        return "".join(one.cosign(submission.text, record.time) for one in self.cosigners)


def witness_app(witness: Witness, policy: str, *, started: Callable[[], None] = lambda: None) -> Starlette:
    """The application; ``policy`` is what a log needs to know this witness."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            lines = await run_in_threadpool(witness.add_checkpoint, await _body(request))
        except Refused as refused:
            ANSWERS.labels(refused.status).inc()
            log.info("witness.refused", status=refused.status, reason=refused.body.strip())
            return Response(refused.body, refused.status, headers={"Content-Type": refused.media_type})
        ANSWERS.labels(200).inc()
        return PlainTextResponse(lines)

    async def show_policy(_: Request) -> Response:
        return PlainTextResponse(policy)

    async def healthy(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        return JSONResponse({"ready": True, "checks": {"store": True}, "logs": sorted(witness.logs.keys())})

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        started()
        yield
        witness.store.close()

    routes = [
        Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
        Route("/policy", show_policy),
        Route("/healthz", healthy),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _body(request: Request) -> bytes:
    """The body, at most :data:`MAX_BODY` bytes of it and one more, which the format then refuses."""
    found = b""
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY:
            raise Refused(400, "the body is too large\n")
    return found
