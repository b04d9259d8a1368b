"""The permit as its bearers see it: a JWT ``permit+jwt`` (RFC 7519, EdDSA only) with RFC 9396 details.

``cnf`` (RFC 7800) names the worker's Ed25519 key: whoever opens the lease proves that it holds that key by signing
:func:`lease_statement` in the context :data:`LEASE_CONTEXT`.
"""

from typing import Any, Literal

from consent_service.contract.terms import Modality, Operation, PublicKey, Purpose, Sha256, Territory
from infra.kernel.rpc import Message

PERMIT_TYPE = "permit+jwt"
PERMIT_ISSUER = "urn:assent:consent"
PERMIT_AUDIENCE = "urn:assent:synthesis"
DETAIL_TYPE = "likeness-synthesis"
LEASE_CONTEXT = "assent/lease/v1"
MAX_TO_START_S = 60
"""A permit is good for starting within this many seconds (formats.md)."""


class PermitDetail(Message):
    """One likeness the job may use: RFC 9396 ``authorization_details`` of type ``likeness-synthesis``."""

    type: Literal["likeness-synthesis"] = "likeness-synthesis"
    grant: str
    subject: str
    modality: Modality
    operation: Operation
    purpose: Purpose
    territory: tuple[Territory, ...]
    max_seconds: float
    assets: tuple[Sha256, ...]


class LedgerState(Message):
    """The log the issuer stood on when it decided: origin, tree size, base64 root."""

    origin: str
    size: int
    root: str


class PermitClaims(Message):
    """All claims of a permit. ``sub`` is the job, ``client`` the partner, ``flags`` the flags' version."""

    iss: str
    aud: str
    sub: str
    jti: str
    iat: int
    nbf: int
    exp: int
    client: str
    authorization_details: tuple[PermitDetail, ...]
    flags: int
    ledger: LedgerState
    cnf: dict[Literal["jwk"], dict[str, str]]
    decision: str
    production: str
    features: tuple[str, ...]
    kind: Literal["synthesis", "release"]

    @property
    def worker_key(self) -> PublicKey:
        return self.cnf["jwk"]["x"]

    @property
    def grants(self) -> tuple[str, ...]:
        """The grants it draws on, each once, sorted."""
        return tuple(sorted({detail.grant for detail in self.authorization_details}))

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose likeness it uses, each once, sorted."""
        return tuple(sorted({detail.subject for detail in self.authorization_details}))

    def assets_by_subject(self) -> dict[str, tuple[str, ...]]:
        """The reference assets it opens, by subject."""
        found: dict[str, set[str]] = {}
        for detail in self.authorization_details:
            found.setdefault(detail.subject, set()).update(detail.assets)
        return {subject: tuple(sorted(assets)) for subject, assets in found.items()}


def confirmation(worker_key: PublicKey) -> dict[str, Any]:
    """``cnf`` for an Ed25519 key (RFC 7800 §3.2, RFC 8037 §2)."""
    return {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": worker_key}}


def lease_statement(jti: str, job: str) -> dict[str, str]:
    """What the worker signs to open a lease."""
    return {"jti": jti, "job": job}
