"""Permits: what a decision still allows one job, signed for one worker key, good for a minute to start.

A permit never says more than the decision it stems from: :func:`verify_subset` refuses anything that was not asked
then, and the use case decides again before signing. The compact serialisation is RFC 7515 §7.1 over the canonical
JSON of header and claims; any JOSE library reads it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from consent_service.contract.decisions import DecisionRequest, IssuePermit
from consent_service.contract.permits import (
    MAX_TO_START_S,
    PERMIT_AUDIENCE,
    PERMIT_ISSUER,
    PERMIT_TYPE,
    LedgerState,
    PermitClaims,
    PermitDetail,
    confirmation,
)
from consent_service.domain.coverage import Need
from consent_service.domain.decisions import Verdict, features_of, needs_of
from infra.kernel.canonical import canonical
from infra.kernel.crypto import Signer, b64u
from infra.kernel.errors import Denied


def jwk(public: bytes) -> dict[str, str]:
    """An Ed25519 verification key as JWK (RFC 8037 §2); ``kid`` is its thumbprint (RFC 7638)."""
    core = {"crv": "Ed25519", "kty": "OKP", "x": b64u(public)}
    return {**core, "kid": b64u(sha256(canonical(core)).digest()), "alg": "EdDSA", "use": "sig"}


def narrowed(request: DecisionRequest, command: IssuePermit) -> DecisionRequest:
    """The decided request cut down to one job; raises Denied (``consent.permit_exceeds_decision``) for more."""
    verify_subset(request, command)
    return request.model_copy(update={"uses": command.uses, "features": command.features})


def verify_subset(request: DecisionRequest, command: IssuePermit) -> None:
    """Return None when the job asks for nothing that the decision was not asked for."""
    decided = {need.key: need for need in needs_of(request.uses)}
    for need in needs_of(command.uses):
        known = decided.get(need.key)
        if known is None or not _within(need, known):
            raise _exceeds(f"{need.key} goes beyond what was decided", command.decision)
    extra = set(command.features) - set(features_of(request))
    if extra:
        raise _exceeds("features beyond what was decided: " + ", ".join(sorted(extra)), command.decision)


def _within(need: Need, known: Need) -> bool:
    return need.assets <= known.assets and need.operations <= known.operations and need.seconds <= known.seconds


def _exceeds(detail: str, decision: str) -> Denied:
    return Denied("consent.permit_exceeds_decision", detail, fix="ask for a new decision first", decision_id=decision)


def claims(
    request: DecisionRequest,
    command: IssuePermit,
    verdict: Verdict,
    *,
    jti: str,
    now: datetime,
    flags_version: int,
    ledger: LedgerState,
) -> PermitClaims:
    """The claims of the permit for ``command``, allowed by ``verdict`` over the narrowed ``request``."""
    issued = int(now.timestamp())
    return PermitClaims(
        iss=PERMIT_ISSUER, aud=PERMIT_AUDIENCE, sub=command.job, jti=jti, iat=issued, nbf=issued,
        exp=issued + MAX_TO_START_S, client=request.partner, authorization_details=_details(request, verdict),
        flags=flags_version, ledger=ledger, cnf=confirmation(command.worker_key), decision=command.decision,
        production=request.production, features=features_of(request), kind=command.kind,
    )  # fmt: skip


def _details(request: DecisionRequest, verdict: Verdict) -> tuple[PermitDetail, ...]:
    return tuple(
        PermitDetail(
            grant=verdict.grants[f"{use.subject}/{use.modality}"], subject=use.subject, modality=use.modality,
            operation=use.operation, purpose=request.purpose, territory=request.territories,
            max_seconds=use.seconds, assets=use.assets,
        )
        for use in request.uses
    )  # fmt: skip


def expiry(claims: PermitClaims) -> datetime:
    """When the permit can no longer be used to start."""
    return datetime.fromtimestamp(claims.exp, UTC)


def encode(claims: PermitClaims, signer: Signer) -> str:
    """The signed token."""
    header = {"alg": "EdDSA", "kid": jwk(signer.public)["kid"], "typ": PERMIT_TYPE}
    parts: Sequence[bytes] = (canonical(header), canonical(claims.model_dump(mode="json")))
    signed = ".".join(b64u(part) for part in parts)
    return f"{signed}.{b64u(signer.sign(signed.encode()))}"
