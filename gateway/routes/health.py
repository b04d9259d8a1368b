"""For machines around the gateway: liveness, readiness, metrics, and the keys that verify permits."""

import asyncio
from typing import TypeVar

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from audio_service.contract import methods as audio
from consent_service.contract import methods as consent
from gateway.auth import TheParts
from gateway.parts import Parts
from gateway.problems import responses
from generation_service.contract import methods as generation
from identity_service.contract import methods as identity
from infra.kernel.errors import AssentError
from infra.kernel.rpc import Empty, Message, Method

A = TypeVar("A", bound=Message)

router = APIRouter(tags=["health"])

READY_DEADLINE_S = 1.0


class Health(Message):
    status: str = "ok"


class Readiness(Message):
    ready: bool
    checks: dict[str, bool]


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "a service does not answer"}})
async def readyz(parts: TheParts, response: Response) -> Readiness:
    """Whether each service answers within a second. 503 when one does not."""
    names = ("identity", "consent", "audio", "generation")
    answers = await asyncio.gather(
        _answers(parts, identity.ping), _answers(parts, consent.get_checkpoint), _answers(parts, audio.list_beds),
        _generation_answers(parts),
    )  # fmt: skip
    checks = dict(zip(names, answers, strict=True))
    response.status_code = 200 if all(answers) else 503
    return Readiness(ready=all(answers), checks=checks)


async def _answers(parts: Parts, method: Method[Empty, A]) -> bool:
    try:
        await parts.rpc.call(method, Empty(), READY_DEADLINE_S)
    except AssentError:
        return False
    return True


async def _generation_answers(parts: Parts) -> bool:
    try:
        await parts.rpc.call(
            generation.list_productions, generation.ListProductions(partner="prt_none", limit=1), READY_DEADLINE_S
        )
    except AssentError:
        return False
    return True


@router.get("/metrics", response_class=Response)
async def metrics(parts: TheParts) -> Response:
    """Prometheus text: this process's requests and calls."""
    text = generate_latest(parts.metrics.registry) + generate_latest(REGISTRY)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


@router.get("/.well-known/jwks.json", responses=responses())
async def jwks(parts: TheParts, response: Response) -> dict[str, list[dict[str, str]]]:
    """The public keys that permits are signed with (RFC 7517)."""
    found = await parts.rpc.call(consent.get_jwks, Empty())
    response.headers["Cache-Control"] = "public, max-age=60"
    return {"keys": [dict(key) for key in found.keys]}
