"""Problem details (RFC 9457): the one place where an error becomes HTTP. It decides the status, never the reason.

Statuses by kind: invalid 422 (400 where the request could not even be read), unauthenticated 401, denied 403, paused
403, not_found 404 (410 for a film that was out and is no more), conflict 409, too_large 413, unavailable 503 with
``Retry-After``, internal 500. A paused feature is 403 and not 503: waiting and retrying is not the answer to it, an
operator's decision is; the member ``paused`` says since when. A key that was used for another payload is 422, as the
idempotency rules of ``formats.md`` want.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from infra.kernel.errors import AssentError, Internal, Invalid, NotFound, Unavailable
from infra.telemetry import current_request_id, log

STATUS = {
    "invalid": 422, "unauthenticated": 401, "denied": 403, "paused": 403, "not_found": 404, "conflict": 409,
    "too_large": 413, "unavailable": 503, "internal": 500,
}  # fmt: skip
STATUS_OF_CODE = {
    "gateway.bad_json": 400,
    "gateway.bad_request": 400,
    "gateway.idempotency_key_missing": 400,
    "gateway.bad_idempotency_key": 400,
    "gateway.method_not_allowed": 405,
    "gateway.upload_type": 415,
    "gateway.bad_range": 416,
    "eventlog.command_reused": 422,
    "gateway.rate_limited": 429,
    "consent.output_recalled": 410,
    "generation.output_erased": 410,
}
TITLES = {
    "invalid": "The request breaks a rule", "unauthenticated": "Who are you?", "denied": "No permission covers this",
    "paused": "The feature is paused", "not_found": "No such thing", "conflict": "The state has moved on",
    "too_large": "Over a limit", "unavailable": "A part we need did not answer", "internal": "Our mistake",
}  # fmt: skip
RETRY_AFTER_S = 1


class FieldProblem(BaseModel):
    """One thing wrong with the request; ``pointer`` is an RFC 6901 JSON pointer into it."""

    detail: str
    pointer: str | None = None
    line: int | None = Field(default=None, description="line of the screenplay, from 1")
    column: int | None = Field(default=None, description="column of the screenplay, from 1")


class PausedFeature(BaseModel):
    """Which flag stopped it, since when, by which change and ledger entry."""

    feature: str
    since: str | None = None
    change_id: str | None = None
    ledger_index: int | None = None


class Problem(BaseModel):
    """RFC 9457 problem details, with the stable ``code`` and the way to ``fix`` it."""

    type: str = Field(examples=["urn:assent:problem:consent.denied"])
    title: str
    status: int
    detail: str
    instance: str
    code: str = Field(examples=["consent.denied"])
    request_id: str
    fix: str | None = None
    errors: list[FieldProblem] | None = None
    decision: dict[str, Any] | None = Field(default=None, description="the whole decision: reasons and how to fix each")
    paused: PausedFeature | None = None
    info: dict[str, Any] | None = Field(default=None, description="ids and limits the problem is about")


def problem_of(error: AssentError, instance: str) -> Problem:
    """The problem document of an error; facts with a member of their own are not repeated in ``info``."""
    info = dict(error.info)
    errors = info.pop("errors", None)
    pointer = info.pop("pointer", None)
    if errors is None and pointer is not None:
        errors = [{"detail": error.detail, "pointer": pointer}]
    decision = info.pop("decision", None)
    return Problem(
        type=f"urn:assent:problem:{error.code}",
        title=TITLES[error.kind],
        status=STATUS_OF_CODE.get(error.code, STATUS[error.kind]),
        detail=error.detail,
        instance=instance,
        code=error.code,
        request_id=current_request_id(),
        fix=error.fix,
        errors=[_field_problem(item, error.detail) for item in errors] if isinstance(errors, list | tuple) else None,
        decision=decision if isinstance(decision, dict) else None,
        paused=_paused(error.kind, info, decision),
        info=info or None,
    )


def _field_problem(item: Any, detail: str) -> FieldProblem:
    known = {k: item[k] for k in FieldProblem.model_fields if k in item} if isinstance(item, dict) else {}
    return FieldProblem.model_validate({"detail": detail, **known})


def _paused(kind: str, info: dict[str, Any], decision: Any) -> PausedFeature | None:
    """From the error's own facts when it is of that kind, else from the first flag among a decision's reasons."""
    if kind == "paused":
        facts = {k: info.pop(k, None) for k in ("feature", "since", "change_id", "ledger_index")}
        return PausedFeature(**{**facts, "feature": str(facts["feature"])})
    reasons = decision.get("reasons", ()) if isinstance(decision, dict) else ()
    for reason in reasons:
        if reason.get("flag"):
            facts = {k: reason.get(k) for k in ("since", "change_id", "ledger_index")}
            return PausedFeature(feature=reason["flag"], **facts)
    return None


def problem_response(error: AssentError, instance: str) -> Response:
    """``application/problem+json`` for an error."""
    problem = problem_of(error, instance)
    headers: dict[str, str] = {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="assent"'
    if problem.status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if problem.status == 429:
        headers["Retry-After"] = str(error.info.get("retry_after_s", RETRY_AFTER_S))
    if problem.status == 416:
        headers["Content-Range"] = f"bytes */{error.info.get('bytes', '*')}"
    body = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, problem.status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Hand every error of the app to :func:`problem_response`."""

    @app.exception_handler(AssentError)
    async def of_ours(request: Request, error: AssentError) -> Response:
        if isinstance(error, Internal | Unavailable):
            log.warning("request-failed", code=error.code, path=request.url.path)
        return problem_response(error, request.url.path)

    @app.exception_handler(RequestValidationError)
    async def of_validation(request: Request, error: RequestValidationError) -> Response:
        return problem_response(_of_validation(error), request.url.path)

    @app.exception_handler(HTTPException)
    async def of_framework(request: Request, error: HTTPException) -> Response:
        return problem_response(_of_framework(error), request.url.path)


def _of_validation(error: RequestValidationError) -> AssentError:
    problems = error.errors()
    if any(item["type"] == "json_invalid" for item in problems):
        return Invalid("gateway.bad_json", "the body is not JSON", fix="send a JSON object")
    errors = [{"detail": str(item["msg"]), "pointer": _pointer(item["loc"])} for item in problems]
    return Invalid("gateway.invalid_request", "the request does not have the form this route wants", errors=errors)


def _pointer(loc: tuple[Any, ...]) -> str:
    """``("body", "cast", "MIRA")`` becomes ``/cast/MIRA``; other places keep their name: ``/query/limit``."""
    parts = loc[1:] if loc and loc[0] == "body" else loc
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _of_framework(error: HTTPException) -> AssentError:
    if error.status_code == 404:
        return NotFound("gateway.no_such_route", "there is nothing at this address", fix="see /openapi.json")
    if error.status_code == 405:
        return Invalid("gateway.method_not_allowed", "this address does not answer that", fix="see /openapi.json")
    return Invalid("gateway.bad_request", "the request could not be read")


def _example(status: int, kind: str, code: str, detail: str) -> dict[str, Any]:
    return {
        "type": f"urn:assent:problem:{code}", "title": TITLES[kind], "status": status, "detail": detail,
        "instance": "/v1/…", "code": code, "request_id": "0199c0de-0000-7000-8000-000000000000",
    }  # fmt: skip


_EXAMPLES = {
    400: _example(400, "invalid", "gateway.idempotency_key_missing", "creating needs an Idempotency-Key"),
    401: _example(401, "unauthenticated", "gateway.key_missing", "no API key was sent"),
    403: {
        **_example(403, "denied", "consent.denied", "no grant covers this production"),
        "decision": {"allow": False, "reasons": [{"code": "consent.flag_paused", "detail": "paused by an operator"}]},
        "paused": {"feature": "allow.voice_inferred_from_face", "since": "2026-11-22T09:00:00Z", "ledger_index": 4},
    },
    404: _example(404, "not_found", "consent.grant_unknown", "no such grant"),
    409: _example(409, "conflict", "eventlog.version", "somebody else changed it first"),
    410: _example(410, "not_found", "consent.output_recalled", "a subject withdrew and called this film back"),
    413: _example(413, "too_large", "gateway.body_too_large", "the body is over the limit of this route"),
    415: _example(415, "invalid", "gateway.upload_type", "not a picture we accept"),
    416: _example(416, "invalid", "gateway.bad_range", "the range lies outside the file"),
    422: {
        **_example(422, "invalid", "gateway.invalid_request", "the request does not have the form this route wants"),
        "errors": [{"detail": "Field required", "pointer": "/screenplay"}],
    },
    429: _example(429, "too_large", "gateway.rate_limited", "too many requests at once"),
    500: _example(500, "internal", "gateway.internal", "something broke on our side"),
    503: _example(503, "unavailable", "rpc.timeout", "the consent service did not answer in time"),
}  # fmt: skip


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses of the error statuses a route can answer; 401, 429, 500 and 503 are always among them."""
    wanted = sorted({*statuses, 401, 429, 500, 503})
    return {
        status: {
            "model": Problem,
            "description": _EXAMPLES[status]["title"],
            "content": {"application/problem+json": {"example": _EXAMPLES[status]}},
        }
        for status in wanted
    }
