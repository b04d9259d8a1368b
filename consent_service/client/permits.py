"""Permits checked offline: no question to anybody, only the issuer's public keys and the clock.

Duties, in order: (1) the header is ``permit+jwt``, EdDSA, under a key we know; (2) the signature, issuer and
audience are good (PyJWT); (3) the claims have the shape of a permit and hold now; and where the bearer is known or
the use is named, (4) ``cnf`` names the bearer's key; (5) every asset and modality to be used is covered.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.types import Options
from pydantic import ValidationError

from consent_service.contract.decisions import Use
from consent_service.contract.permits import MAX_TO_START_S, PERMIT_AUDIENCE, PERMIT_ISSUER, PERMIT_TYPE, PermitClaims
from infra.kernel.clock import Clock, SystemClock
from infra.kernel.crypto import unb64u
from infra.kernel.errors import AssentError, Denied

_LEEWAY_S = 2
_MAX_HEADERS = 16
_OPTIONS: Options = {
    "require": ["iss", "aud", "sub", "jti", "iat", "nbf", "exp", "cnf", "authorization_details"],
    "verify_exp": False, "verify_nbf": False, "verify_iat": False,
}  # fmt: skip
"""Times are judged below, by the clock that was given."""


class PermitKeys:
    """The issuer's keys by ``kid``, fetched when a key is met that is not known yet (RFC 7517), else from memory.

    ``fetch`` answers the JWKS keys; it may raise, and an unknown key then stays unknown: the permit is refused.
    """

    def __init__(self, fetch: Callable[[], Iterable[Mapping[str, str]]]) -> None:
        self._fetch = fetch
        self._known: dict[str, Ed25519PublicKey] = {}

    def find(self, kid: str) -> Ed25519PublicKey | None:
        """The key named ``kid``, or None when the issuer has no such key."""
        if kid not in self._known:
            self._known = dict(_ed25519_keys(self._fetch()))
        return self._known.get(kid)


def _ed25519_keys(jwks: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, Ed25519PublicKey]]:
    for jwk in jwks:
        if jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519" and "kid" in jwk:
            yield jwk["kid"], Ed25519PublicKey.from_public_bytes(unb64u(jwk["x"]))


class PermitVerifier:
    """Verifies tokens under the issuer's keys. Thread-safe; one signature check and one parse per call."""

    def __init__(self, keys: PermitKeys, clock: Clock | None = None) -> None:
        self._keys, self._clock = keys, clock or SystemClock()
        self._jwt = jwt.PyJWT()
        self._headers: dict[str, Ed25519PublicKey] = {}

    def verify(self, token: str) -> PermitClaims:
        """The claims of a permit that is good now.

        Raises Denied: ``consent.permit_malformed``, ``consent.permit_wrong_type``, ``consent.permit_unknown_key``,
        ``consent.permit_tampered``, ``consent.permit_expired``, ``consent.permit_wrong_audience``.
        """
        try:
            key = self._key(token)
            claims = self._jwt.decode(
                token, key, algorithms=["EdDSA"], audience=PERMIT_AUDIENCE, issuer=PERMIT_ISSUER, options=_OPTIONS
            )  # fmt: skip
            permit = PermitClaims.model_validate(claims)
        except jwt.InvalidTokenError as error:
            raise _refused(error) from error
        except ValidationError as error:
            raise _no("malformed", "the claims are not those of a permit") from error
        self._verify_times(permit)
        return permit

    def verify_use(self, token: str, *, job: str, worker_key: str, uses: Iterable[Use]) -> PermitClaims:
        """:meth:`verify`, and that it is this worker's permit for this job and covers these uses.

        Raises Denied also with ``consent.permit_wrong_job``, ``consent.wrong_worker_key`` and
        ``consent.permit_not_covering``.
        """
        claims = self.verify(token)
        if claims.sub != job:
            raise _no("wrong_job", "the permit is for another job")
        if claims.worker_key != worker_key:
            raise Denied("consent.wrong_worker_key", "the permit names another worker's key", fix="ask for your own")
        for use in uses:
            verify_covers(claims, use)
        return claims

    def _verify_times(self, permit: PermitClaims) -> None:
        now = self._clock.now().timestamp()
        if now >= permit.exp + _LEEWAY_S:
            raise _no("expired", "the permit can no longer be used to start")
        if now < max(permit.nbf, permit.iat) - _LEEWAY_S or permit.exp - permit.iat > MAX_TO_START_S:
            raise _no("not_yet_valid", "the permit is not valid yet, or for longer than permits are")

    def _key(self, token: str) -> Ed25519PublicKey:
        """The key a token's header names. All permits of one key have the same header: it is read once."""
        text = token.partition(".")[0]
        if text not in self._headers:
            key = self._named(jwt.get_unverified_header(token))
            self._headers = {text: key} if len(self._headers) >= _MAX_HEADERS else {**self._headers, text: key}
        return self._headers[text]

    def _named(self, header: Mapping[str, Any]) -> Ed25519PublicKey:
        if header.get("typ") != PERMIT_TYPE or header.get("alg") != "EdDSA":
            raise _no("wrong_type", f"the token is not a {PERMIT_TYPE} signed with EdDSA")
        key = self._keys.find(str(header.get("kid")))
        if key is None:
            raise _no("unknown_key", "the permit is signed with a key the issuer does not have")
        return key


def verify_covers(claims: PermitClaims, use: Use) -> None:
    """Return None when the permit covers the use; raises Denied (``consent.permit_not_covering``)."""
    covered: set[str] = set()
    for detail in claims.authorization_details:
        same = (detail.subject, detail.modality, detail.operation) == (use.subject, use.modality, use.operation)
        if same and use.seconds <= detail.max_seconds:
            covered |= set(detail.assets)
    if not set(use.assets) <= covered:
        raise Denied(
            "consent.permit_not_covering", "the permit does not cover these references in this modality",
            fix="ask for a permit that names them", subject=use.subject, modality=use.modality,
        )  # fmt: skip


def _refused(error: jwt.InvalidTokenError) -> AssentError:
    match error:
        case jwt.InvalidSignatureError():
            return _no("tampered", "the permit's signature does not verify")
        case jwt.InvalidAudienceError() | jwt.InvalidIssuerError():
            return _no("wrong_audience", "the permit was made by or for somebody else")
        case _:
            return _no("malformed", "this is not a permit")


def _no(code: str, detail: str) -> Denied:
    return Denied(f"consent.permit_{code}", detail, fix="ask for a new permit")
