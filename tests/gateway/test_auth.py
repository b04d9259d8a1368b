"""Keys, roles and scopes; a key is remembered for two seconds and not longer."""

from typing import Any

import pytest

from audio_service.contract import methods as audio
from audio_service.contract.methods import Beds
from consent_service.contract import methods as consent
from consent_service.contract.methods import Flags
from gateway.parts import Parts
from generation_service.contract import methods as generation
from identity_service.contract import methods as identity
from identity_service.contract.methods import Principal
from infra.kernel.errors import Unauthenticated, Unavailable
from infra.kernel.rpc import Empty
from tests.gateway import world
from tests.gateway.conftest import ADMIN_KEY, PARTNER, Client, FakeRpc


def test_no_key_and_a_wrong_key_are_401(client: Client) -> None:
    none = client(None).get("/v1/me")
    assert (none.status_code, none.json()["code"]) == (401, "gateway.key_missing")
    wrong = client("nobody-has-this").get("/v1/me")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "identity.unknown_key")


def test_identity_away_means_no(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.authenticate, Unavailable("rpc.timeout", "no answer"))
    assert client().get("/v1/me").status_code == 503


def test_a_known_key_is_asked_for_once_in_two_seconds(client: Client, rpc: FakeRpc, parts: Parts) -> None:
    partner = client()
    assert partner.get("/v1/me").json()["id"] == PARTNER
    assert partner.get("/v1/me").json()["role"] == "partner"
    assert len(rpc.sent(identity.authenticate)) == 1
    rpc.on(identity.authenticate, Unauthenticated("identity.unknown_key", "revoked"))
    clock: Any = parts.clock
    clock.advance(1.9)
    assert partner.get("/v1/me").status_code == 200
    clock.advance(0.2)
    assert partner.get("/v1/me").status_code == 401


def test_the_admin_key_is_not_sent_anywhere(client: Client, rpc: FakeRpc) -> None:
    assert client(ADMIN_KEY).get("/v1/me").json() == {
        "id": "admin",
        "role": "admin",
        "scopes": ["admin", "ledger:read"],
    }
    assert client(ADMIN_KEY + "x").get("/v1/me").status_code == 401
    assert len(rpc.sent(identity.authenticate)) == 1


def test_scopes_a_principal_names_narrow_its_role_and_never_widen_it(client: Client, rpc: FakeRpc) -> None:
    rpc.on(
        identity.authenticate, Principal(id="opr_1", role="operator", scopes=("flags:resume", "admin", "jobs:write"))
    )
    assert client("any").get("/v1/me").json()["scopes"] == ["flags:resume"]


@pytest.mark.parametrize(
    ("key", "method", "path"),
    [
        ("partner-key", "POST", "/v1/partners"),
        ("partner-key", "GET", "/v1/operators"),
        ("partner-key", "POST", "/v1/flags/allow.video_generation/changes"),
        ("ada-key", "POST", "/v1/productions"),
        ("ada-key", "POST", "/v1/grants"),
        ("auditor-key", "POST", "/v1/subjects"),
        ("auditor-key", "POST", "/v1/flags/allow.video_generation/approvals"),
        (ADMIN_KEY, "POST", "/v1/productions"),
        (ADMIN_KEY, "GET", "/v1/grants"),
    ],
)
def test_roles_cannot_do_each_others_work(client: Client, rpc: FakeRpc, key: str, method: str, path: str) -> None:
    answer = client(key, **{"Idempotency-Key": "k"}).request(method, path, json={} if method == "POST" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "gateway.scope_missing")
    assert {name for name, _ in rpc.calls} <= {"identity.authenticate"}


def test_health_needs_no_key(client: Client, rpc: FakeRpc) -> None:
    assert client(None).get("/healthz").json() == {"status": "ok"}
    assert client(None).get("/metrics").status_code == 200
    rpc.on(consent.get_jwks, consent.Jwks(keys=({"kid": "1", "kty": "OKP"},)))
    assert client(None).get("/.well-known/jwks.json").json() == {"keys": [{"kid": "1", "kty": "OKP"}]}


def test_readiness_names_the_service_that_is_away(client: Client, rpc: FakeRpc) -> None:
    rpc.on(identity.ping, Empty())
    rpc.on(audio.list_beds, Beds(beds=()))
    rpc.on(generation.list_productions, generation.Productions(productions=(), has_more=False))
    rpc.on(consent.get_checkpoint, Unavailable("rpc.timeout", "no answer"))
    answer = client(None).get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False, "checks": {"identity": True, "consent": False, "audio": True, "generation": True}
    }  # fmt: skip
    rpc.on(consent.get_checkpoint, consent.Checkpoint(note="n", vkey="v", size=1))
    assert client(None).get("/readyz").status_code == 200


def test_anyone_with_a_key_reads_flags(client: Client, rpc: FakeRpc) -> None:
    rpc.on(consent.get_flags, Flags(flags=(world.flag(),), version=1))
    for key in ("partner-key", "ada-key", "auditor-key", ADMIN_KEY):
        assert client(key).get("/v1/flags").status_code == 200
