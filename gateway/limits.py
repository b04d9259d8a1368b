"""How much a caller may ask: one token bucket each, and the headers that tell about it (IETF RateLimit fields).

``RateLimit-Policy: "burst";q=<tokens>;w=<seconds>`` and ``RateLimit: "burst";r=<left>;t=<seconds>``: ``t`` is when the
bucket is full again or, once it is empty, when the next request will pass. Whoever finds it empty gets 429 with
``Retry-After`` = ``t``. The buckets live in this process: behind several gateways each counts for itself.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

from infra.kernel.clock import Clock
from infra.kernel.errors import TooLarge

POLICY = "burst"
_REMEMBERED = 4096


@dataclass(frozen=True)
class Quota:
    """``tokens`` requests at once, refilled evenly within ``seconds``."""

    tokens: int = 6000
    seconds: float = 60.0

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds


@dataclass(frozen=True)
class Standing:
    """What a caller has left: ``remaining`` whole requests, and ``reset_s`` as the headers tell it."""

    quota: Quota
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """The two fields."""
        return {
            "RateLimit-Policy": f'"{POLICY}";q={self.quota.tokens};w={self.quota.seconds:g}',
            "RateLimit": f'"{POLICY}";r={self.remaining};t={self.reset_s}',
        }


class Limiter:
    """The buckets of those who asked last. A caller that is forgotten starts with a full one."""

    def __init__(self, quota: Quota, clock: Clock) -> None:
        self._quota, self._clock = quota, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> tuple[Standing, TooLarge | None]:
        """Take one token. The refusal (``gateway.rate_limited``) is given, not raised, so that it travels with the
        headers.
        """
        now, quota = self._clock.monotonic(), self._quota
        tokens, at = self._buckets.pop(caller, (float(quota.tokens), now))
        tokens = min(float(quota.tokens), tokens + (now - at) * quota.rate)
        passes = tokens >= 1
        left = tokens - 1 if passes else tokens
        self._buckets[caller] = (left, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if passes and left >= 1:
            return Standing(quota, int(left), math.ceil((quota.tokens - left) / quota.rate)), None
        wait = max(1, math.ceil((1 - left) / quota.rate))
        standing = Standing(quota, 0, wait)
        return standing, None if passes else _refusal(standing)


def _refusal(standing: Standing) -> TooLarge:
    return TooLarge(
        "gateway.rate_limited", "too many requests at once", fix="wait as long as Retry-After says",
        limit=standing.quota.tokens, window_s=standing.quota.seconds, retry_after_s=standing.reset_s,
    )  # fmt: skip
