"""Who a witness is: its two keys, made once in its own folder, and the policy lines by which logs come to know it."""

import os
import secrets
from pathlib import Path

from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Internal
from infra.tlog.cosignature import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, Cosigner, MlDsa44Signer, WitnessKey
from infra.tlog.policy import WitnessLine

SEED = "witness.seed"
POLICY = "policy"


def load_cosigners(folder: Path, name: str) -> tuple[Cosigner, ...]:
    """The witness's ML-DSA-44 and Ed25519 cosigners; their seeds (32 bytes each) are made at the first start."""
    path = folder / SEED
    if not path.exists():
        _write_once(path, secrets.token_bytes(64))
    seeds = path.read_bytes()
    if len(seeds) != 64:
        raise Internal("witness.bad_key", "the witness's key file has not 64 bytes", fix="restore it from its copy")
    lattice, curve = MlDsa44Signer(seeds[:32]), Ed25519Signer.from_seed(seeds[32:])
    return (
        Cosigner(WitnessKey(name, MLDSA44_COSIGNATURE, lattice.public), lattice),
        Cosigner(WitnessKey(name, ED25519_COSIGNATURE, curve.public), curve),
    )


def policy_lines(cosigners: tuple[Cosigner, ...], url: str) -> str:
    """A policy by which this one witness, under either of its keys, is the quorum."""
    names = [f"{one.key.name}/{'ml-dsa' if one.key.kind == MLDSA44_COSIGNATURE else 'ed25519'}" for one in cosigners]
    lines = [WitnessLine(name, one.key, url).text() for name, one in zip(names, cosigners, strict=True)]
    group = cosigners[0].key.name
    return "".join(lines) + f"group {group} any {' '.join(names)}\nquorum {group}\n"


def publish_policy(folder: Path, text: str) -> None:
    """Leave the policy in the folder, for a log on the same machine; whole or not at all."""
    beside = folder / f".{POLICY}.next"
    beside.write_text(text, encoding="utf-8")
    beside.replace(folder / POLICY)


def _write_once(path: Path, content: bytes) -> None:
    """Whole or absent: a crash leaves no half key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(".next")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
