"""Verifying a permit offline against PyJWT's bare decode of the same token, in the same run.

Bare: signature, algorithm, audience and issuer, with the key object in hand. Ours: the same and the header's type, the
key by its id, the shape of all claims, times, the worker's key, and that assets and modalities are covered.
"""

import time
from collections.abc import Callable

import jwt

from bench.report import Report, quantile
from consent_service.client.permits import PermitKeys, PermitVerifier
from consent_service.contract.decisions import Use
from consent_service.contract.permits import (
    PERMIT_AUDIENCE,
    PERMIT_ISSUER,
    LedgerState,
    PermitClaims,
    PermitDetail,
    confirmation,
)
from consent_service.domain.permits import encode, jwk
from infra.kernel.crypto import Ed25519Signer, b64u

ROUNDS = 3_000
FACE, VOICE = "a" * 64, "b" * 64


def main() -> None:
    """Measure in turns, so that a busy machine slows both alike, and write the report."""
    issuer, worker = Ed25519Signer.generate(), Ed25519Signer.generate()
    token, uses = permit(issuer, worker)
    keys = PermitKeys(lambda: [jwk(issuer.public)])
    verifier, public, worker_key = PermitVerifier(keys), issuer.private_key.public_key(), b64u(worker.public)

    def bare() -> object:
        return jwt.decode(token, public, algorithms=["EdDSA"], audience=PERMIT_AUDIENCE, issuer=PERMIT_ISSUER)

    def whole() -> object:
        return verifier.verify_use(token, job="job_0", worker_key=worker_key, uses=uses)

    decode, verify = in_turns(bare, whole)
    report = Report("permit", conditions=f"{ROUNDS} calls of each, in turns")
    for part, share in (("median", 0.5), ("p99", 0.99)):
        bare_decode = quantile(decode, share)
        report.add(f"verify, {part}", quantile(verify, share), "µs", peer=("PyJWT bare decode", bare_decode))
    ratio = quantile(verify, 0.5) / quantile(decode, 0.5)
    report.add("verify / PyJWT bare decode, median", ratio, "×", at_most=1.5)
    report.write()


def in_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[list[float], list[float]]:
    """µs of each call of both, one after the other."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for call, into in zip((first, second), taken, strict=True):
            began = time.perf_counter_ns()
            call()
            into.append((time.perf_counter_ns() - began) / 1e3)
    return taken


def permit(issuer: Ed25519Signer, worker: Ed25519Signer) -> tuple[str, tuple[Use, ...]]:
    """A permit for a face and a voice, as a talking shot needs, and the uses it is verified against."""
    uses = (
        Use(subject="sub_0", modality="face.image", assets=(FACE,), seconds=8.0),
        Use(subject="sub_0", modality="voice.clone", assets=(VOICE,), seconds=8.0),
    )
    details = tuple(
        PermitDetail(
            grant="grt_0", subject=use.subject, modality=use.modality, operation=use.operation,
            purpose="entertainment", territory=("DE", "FR"), max_seconds=use.seconds, assets=use.assets,
        )
        for use in uses
    )  # fmt: skip
    now = int(time.time())
    claims = PermitClaims(
        iss=PERMIT_ISSUER, aud=PERMIT_AUDIENCE, sub="job_0", jti="pmt_0", iat=now, nbf=now, exp=now + 60,
        client="prt_0", authorization_details=details, flags=5, kind="synthesis", decision="dec_0",
        production="prd_0", features=("allow.video_generation",), cnf=confirmation(b64u(worker.public)),
        ledger=LedgerState(origin="bench.local/ledger", size=1000, root="r" * 44),
    )  # fmt: skip
    return encode(claims, issuer), uses


if __name__ == "__main__":
    main()
