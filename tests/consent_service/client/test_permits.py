"""Permits offline: every way to bend a token is refused by its own code."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from consent_service.client.permits import PermitKeys, PermitVerifier
from consent_service.contract.decisions import Use
from consent_service.contract.permits import LedgerState, PermitClaims, PermitDetail, confirmation
from consent_service.domain.permits import encode, jwk
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer, b64u
from infra.kernel.errors import Denied, Unavailable
from tests.consent_service.house import FACE, START, VOICE, Person, use

ADA = Person("sub_ada")
ISSUER, WORKER = Ed25519Signer.generate(), Ed25519Signer.generate()
NOW = int(START.timestamp())


def claims(**changes: Any) -> PermitClaims:
    detail = PermitDetail(
        grant="grt_1", subject=ADA.handle, modality="face.image", operation="synthesize", purpose="entertainment",
        territory=("DE",), max_seconds=5.0, assets=(FACE,),
    )  # fmt: skip
    value: dict[str, Any] = {
        "iss": "urn:assent:consent", "aud": "urn:assent:synthesis", "sub": "job_1", "jti": "pmt_1", "iat": NOW,
        "nbf": NOW, "exp": NOW + 60, "client": "prt_studio", "authorization_details": (detail,), "flags": 5,
        "ledger": LedgerState(origin="o", size=1, root="r"), "cnf": confirmation(b64u(WORKER.public)),
        "decision": "dec_1", "production": "prd_1", "features": ("allow.video_generation",), "kind": "synthesis",
    }  # fmt: skip
    return PermitClaims.model_validate(value | changes)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def verifier(clock: FixedClock) -> PermitVerifier:
    return PermitVerifier(PermitKeys(lambda: [jwk(ISSUER.public)]), clock)


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Denied) as refused:
        act()
    return refused.value.code


def test_a_good_permit_gives_its_claims(verifier: PermitVerifier) -> None:
    assert verifier.verify(encode(claims(), ISSUER)) == claims()


def test_one_changed_character_anywhere_is_refused(verifier: PermitVerifier) -> None:
    token = encode(claims(), ISSUER)
    for place in range(0, len(token), 7):
        bent = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert refusal(lambda bent=bent: verifier.verify(bent)).startswith("consent.permit_")  # type: ignore[misc]


def test_claims_swapped_under_a_good_signature_are_tampering(verifier: PermitVerifier) -> None:
    header, _, signature = encode(claims(), ISSUER).split(".")
    other = encode(claims(client="prt_other"), ISSUER).split(".")[1]
    assert refusal(lambda: verifier.verify(f"{header}.{other}.{signature}")) == "consent.permit_tampered"


def test_another_issuers_key_is_unknown(verifier: PermitVerifier) -> None:
    token = encode(claims(), Ed25519Signer.generate())
    assert refusal(lambda: verifier.verify(token)) == "consent.permit_unknown_key"


@pytest.mark.parametrize(
    ("algorithm", "key"), [("none", ""), ("HS256", "k" * 40), ("HS256", b64u(ISSUER.public) + "x" * 8)]
)
def test_only_eddsa_is_accepted(verifier: PermitVerifier, algorithm: str, key: str) -> None:
    headers = {"typ": "permit+jwt", "kid": jwk(ISSUER.public)["kid"]}
    token = jwt.encode(claims().model_dump(mode="json"), key or None, algorithm=algorithm, headers=headers)
    assert refusal(lambda: verifier.verify(token)) == "consent.permit_wrong_type"


def test_a_token_of_another_type_is_refused(verifier: PermitVerifier) -> None:
    headers = {"typ": "JWT", "kid": jwk(ISSUER.public)["kid"]}
    token = jwt.encode(claims().model_dump(mode="json"), ISSUER.private_key, algorithm="EdDSA", headers=headers)
    assert refusal(lambda: verifier.verify(token)) == "consent.permit_wrong_type"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"aud": "urn:other"}, "wrong_audience"), ({"iss": "urn:other"}, "wrong_audience"),
        ({"exp": NOW + 61}, "not_yet_valid"), ({"nbf": NOW + 10, "iat": NOW + 10, "exp": NOW + 60}, "not_yet_valid"),
        ({"exp": NOW - 2, "iat": NOW - 60, "nbf": NOW - 60}, "expired"),
    ],
)  # fmt: skip
def test_a_permit_for_others_or_another_time_is_refused(
    verifier: PermitVerifier, change: dict[str, Any], code: str
) -> None:
    assert refusal(lambda: verifier.verify(encode(claims(**change), ISSUER))) == f"consent.permit_{code}"


def test_a_permit_ends_with_its_minute(verifier: PermitVerifier, clock: FixedClock) -> None:
    token = encode(claims(), ISSUER)
    clock.advance(61)
    verifier.verify(token)
    clock.advance(1)
    assert refusal(lambda: verifier.verify(token)) == "consent.permit_expired"


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "ä.b.c", "." * 5])
def test_what_is_no_token_is_malformed(verifier: PermitVerifier, text: str) -> None:
    assert refusal(lambda: verifier.verify(text)) == "consent.permit_malformed"


@pytest.mark.parametrize("name", ["cnf", "sub", "authorization_details", "ledger"])
def test_a_permit_without_a_claim_is_malformed(verifier: PermitVerifier, name: str) -> None:
    header = base64.urlsafe_b64encode(
        json.dumps({"alg": "EdDSA", "typ": "permit+jwt", "kid": jwk(ISSUER.public)["kid"]}).encode()
    ).rstrip(b"=")
    body = base64.urlsafe_b64encode(json.dumps(claims().model_dump(mode="json", exclude={name})).encode()).rstrip(b"=")
    signed = header + b"." + body
    token = f"{signed.decode()}.{b64u(ISSUER.sign(signed))}"
    assert refusal(lambda: verifier.verify(token)) == "consent.permit_malformed"


def verify_use(verifier: PermitVerifier, worker: Ed25519Signer = WORKER, **changes: Any) -> PermitClaims:
    used = Use.model_validate(use(ADA).model_dump() | changes)
    return verifier.verify_use(encode(claims(), ISSUER), job="job_1", worker_key=b64u(worker.public), uses=[used])


def test_a_permit_covers_its_own_use(verifier: PermitVerifier) -> None:
    assert verify_use(verifier).grants == ("grt_1",)


@pytest.mark.parametrize(
    "change", [{"assets": [VOICE]}, {"assets": [FACE, VOICE]}, {"modality": "lipsync", "assets": [FACE]},
               {"operation": "train"}, {"seconds": 6.0}, {"subject": "sub_ben"}],
)  # fmt: skip
def test_a_permit_for_other_assets_or_uses_is_refused(verifier: PermitVerifier, change: dict[str, Any]) -> None:
    assert refusal(lambda: verify_use(verifier, **change)) == "consent.permit_not_covering"


def test_another_workers_permit_is_refused(verifier: PermitVerifier) -> None:
    assert refusal(lambda: verify_use(verifier, Ed25519Signer.generate())) == "consent.wrong_worker_key"


def test_another_jobs_permit_is_refused(verifier: PermitVerifier) -> None:
    token, key = encode(claims(), ISSUER), b64u(WORKER.public)
    act = lambda: verifier.verify_use(token, job="job_2", worker_key=key, uses=[])  # noqa: E731
    assert refusal(act) == "consent.permit_wrong_job"


def test_keys_are_fetched_when_one_is_unknown_and_kept(clock: FixedClock) -> None:
    served: list[list[dict[str, str]]] = [[], [jwk(ISSUER.public)]]
    keys = PermitKeys(lambda: served.pop(0))
    verifier, token = PermitVerifier(keys, clock), encode(claims(), ISSUER)
    assert refusal(lambda: verifier.verify(token)) == "consent.permit_unknown_key"
    verifier.verify(token)
    verifier.verify(token)
    assert served == []


def test_keys_that_cannot_be_fetched_refuse(clock: FixedClock) -> None:
    def away() -> list[dict[str, str]]:
        raise Unavailable("rpc.unreachable", "nobody there")

    with pytest.raises(Unavailable):
        PermitVerifier(PermitKeys(away), clock).verify(encode(claims(), ISSUER))
