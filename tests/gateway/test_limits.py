"""Quotas: a bucket per caller, told in headers, refused with the time to wait; guesses count where they come from."""

import re
from dataclasses import replace

import httpx
import pytest

from gateway.limits import Limiter, Quota
from gateway.parts import Parts
from identity_service.contract import methods as identity
from identity_service.contract.methods import Party
from infra.kernel.clock import FixedClock
from infra.messaging.rpc.wire import answered_before
from tests.gateway import world
from tests.gateway.conftest import ADMIN_KEY, NOW, FakeRpc, Serve

SMALL = Quota(tokens=3, seconds=30.0)


def test_a_bucket_empties_and_fills_evenly() -> None:
    clock = FixedClock(NOW)
    limiter = Limiter(SMALL, clock)
    assert [limiter.take("a")[0].remaining for _ in range(3)] == [2, 1, 0]
    standing, refusal = limiter.take("a")
    assert refusal is not None
    assert (standing.remaining, standing.reset_s, refusal.info["retry_after_s"]) == (0, 10, 10)
    assert limiter.take("b")[1] is None  # everybody has a bucket of their own
    clock.advance(9.9)
    assert limiter.take("a")[1] is not None
    clock.advance(0.2)
    assert limiter.take("a")[1] is None
    clock.advance(300)
    assert limiter.take("a")[0].remaining == 2  # never more than full


def test_only_so_many_callers_are_remembered() -> None:
    limiter = Limiter(SMALL, FixedClock(NOW))
    for n in range(5000):
        limiter.take(f"caller {n}")
    assert len(limiter._buckets) == 4096


@pytest.fixture
def gateway(parts: Parts, serve: Serve) -> httpx.Client:
    return httpx.Client(transport=serve(replace(parts, quota=SMALL)), base_url="http://gateway")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_the_headers_tell_and_the_refusal_says_how_long(gateway: httpx.Client) -> None:
    first = gateway.get("/v1/me", headers=bearer("partner-key"))
    assert first.headers["ratelimit-policy"] == '"burst";q=3;w=30'
    assert re.fullmatch(r'"burst";r=2;t=\d+', first.headers["ratelimit"])
    answers = [gateway.get("/v1/me", headers=bearer("partner-key")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    last = answers[-1]
    assert (last.json()["code"], last.headers["retry-after"]) == ("gateway.rate_limited", "10")
    assert last.headers["ratelimit"] == '"burst";r=0;t=10'
    assert gateway.get("/v1/me", headers=bearer("ada-key")).status_code == 200
    assert "ratelimit" not in gateway.get("/healthz").headers


def test_whoever_guesses_keys_is_stopped_before_anybody_is_asked(gateway: httpx.Client, rpc: FakeRpc) -> None:
    answers = [gateway.get("/v1/me", headers=bearer(f"guess-{n}")) for n in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert len(rpc.sent(identity.authenticate)) == 3


def test_a_replayed_answer_says_so(gateway: httpx.Client, rpc: FakeRpc) -> None:
    made = world.party("partner", "prt_" + "1" * 32)

    def again(_: object) -> Party:
        answered_before.set(True)
        return made

    body, key = {"name": "N", "tier": "vetted"}, {**bearer(ADMIN_KEY), "Idempotency-Key": "k"}
    rpc.on(identity.create_partner, made)
    assert "idempotent-replayed" not in gateway.post("/v1/partners", json=body, headers=key).headers
    rpc.on(identity.create_partner, again)
    assert gateway.post("/v1/partners", json=body, headers=key).headers["idempotent-replayed"] == "true"
    rpc.on(identity.list_parties, identity.Parties(parties=(), has_more=False))
    assert "idempotent-replayed" not in gateway.get("/v1/partners", headers=bearer(ADMIN_KEY)).headers
