"""Who is asking: bearer API keys, remembered for at most two seconds, and the scopes each route demands.

A key that identity revokes is refused two seconds later at the latest. Only successes are remembered, under the key's
digest; the key itself is kept nowhere. The stack's admin key is compared in constant time and can create partners and
operators, nothing else.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gateway.context import TOLD
from gateway.limits import Limiter
from gateway.parts import Parts, parts_of
from identity_service.contract import methods as identity
from infra.kernel.errors import Denied, Unauthenticated

CACHE_S = 2.0
CACHE_SIZE = 4096

SCOPES: dict[str, frozenset[str]] = {
    "partner": frozenset({"consent:read", "consent:write", "jobs:write", "ledger:read"}),
    "operator": frozenset({"consent:read", "ledger:read", "flags:pause", "flags:resume"}),
    "auditor": frozenset({"consent:read", "ledger:read"}),
    "subject": frozenset({"consent:read"}),
    "admin": frozenset({"admin", "ledger:read"}),
}
"""The most each role may do; a principal that names scopes of its own is held to those of them that stand here."""

_bearer = HTTPBearer(auto_error=False, description="API key of a partner or operator, or the stack's admin key")


@dataclass(frozen=True)
class Caller:
    """An authenticated caller. ``id`` is the party's handle, or ``admin``."""

    id: str
    role: str
    scopes: frozenset[str]

    @property
    def partner(self) -> str | None:
        """The partner whose things are visible; None for those who may see everybody's."""
        return self.id if self.role == "partner" else None


class KeyRing:
    """API keys to callers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: OrderedDict[str, tuple[float, Caller]] = OrderedDict()

    def _is_admin(self, api_key: str) -> bool:
        admin = self._parts.admin_key
        return bool(admin) and hmac.compare_digest(api_key.encode(), admin.encode())

    def knows(self, api_key: str) -> bool:
        """Whether this key was good within the last two seconds, or is the machine's own."""
        if self._is_admin(api_key):
            return True
        known = self._known.get(hashlib.sha256(api_key.encode()).hexdigest())
        return known is not None and known[0] > self._parts.clock.monotonic()

    async def caller(self, api_key: str) -> Caller:
        """The caller this key belongs to; raises ``Unauthenticated``, or ``Unavailable`` when identity is away."""
        if self._is_admin(api_key):
            return Caller("admin", "admin", SCOPES["admin"])
        fingerprint, now = hashlib.sha256(api_key.encode()).hexdigest(), self._parts.clock.monotonic()
        known = self._known.get(fingerprint)
        if known and known[0] > now:
            return known[1]
        principal = await self._parts.rpc.call(identity.authenticate, identity.Authenticate(api_key=api_key))
        most = SCOPES.get(principal.role, frozenset())
        scopes = most & set(principal.scopes) if principal.scopes else most
        caller = Caller(principal.id, principal.role, frozenset(scopes))
        self._known[fingerprint] = (now + CACHE_S, caller)
        while len(self._known) > CACHE_SIZE:
            self._known.popitem(last=False)
        return caller


async def authenticate(
    request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Caller:
    """The caller of this request."""
    if bearer is None or not bearer.credentials:
        raise Unauthenticated(
            "gateway.key_missing", "no API key was sent", fix="send 'Authorization: Bearer <key>'; see assent login"
        )
    ring: KeyRing = request.app.state.keys
    host = request.client.host if request.client else "unknown"
    if not ring.knows(bearer.credentials):
        _count(request, f"from {host}")  # guesses are counted where they come from
    caller = await ring.caller(bearer.credentials)
    _count(request, caller.id)
    return caller


def _count(request: Request, who: str) -> None:
    """One request of ``who``; its standing is told with whatever is answered. Raises TooLarge when it has none left."""
    limiter: Limiter = request.app.state.limiter
    standing, refusal = limiter.take(who)
    request.scope[TOLD] = standing.headers()
    if refusal is not None:
        raise refusal


def needs(*scopes: str) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency: a caller with at least one of these scopes, else ``Denied``."""

    async def dependency(caller: Annotated[Caller, Depends(authenticate)]) -> Caller:
        if caller.scopes.isdisjoint(scopes):
            raise Denied(
                "gateway.scope_missing", f"a key of role {caller.role} may not do that",
                fix=f"use a key that may {' or '.join(sorted(scopes))}; assent whoami says what yours may",
                needs=sorted(scopes), role=caller.role,
            )  # fmt: skip
        return caller

    return dependency


Admin = Annotated[Caller, Depends(needs("admin"))]
Anyone = Annotated[Caller, Depends(authenticate)]
ReadsConsent = Annotated[Caller, Depends(needs("consent:read"))]
WritesConsent = Annotated[Caller, Depends(needs("consent:write"))]
MakesFilms = Annotated[Caller, Depends(needs("jobs:write"))]
ReadsLedger = Annotated[Caller, Depends(needs("ledger:read"))]
ChangesFlags = Annotated[Caller, Depends(needs("flags:pause", "flags:resume"))]
ApprovesFlags = Annotated[Caller, Depends(needs("flags:resume"))]
TheParts = Annotated[Parts, Depends(parts_of)]
