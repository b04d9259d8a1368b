"""C2PA content credentials: who made the film, with what, from which takes, and by whose consent.

The signing identity is the installation's own: a certificate authority and a leaf made at first start (formats.md,
Marking 4: leaf without CA bit, digitalSignature, key identifiers, EKU emailProtection). Signing writes a temporary
file, is read back, and only then takes the film's place: a failed signing never leaves a half-signed film.
"""

import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.kernel.errors import Internal

_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_AGENT = {"name": "Assent", "version": "0.1.0"}
_TRUSTED = {"Valid", "Trusted"}


@dataclass(frozen=True)
class Identity:
    """The signing identity: PEM chain (leaf, then authority), PEM leaf key, PEM authority to trust."""

    chain: str
    key: str
    authority: str


@dataclass(frozen=True)
class Claim:
    """What the credential says. ``consent`` is the assertion ``org.assent.consent``: grants, index, checkpoint. An
    ingredient is a title with an MP4, or with how to open it when its turn comes.
    """

    title: str
    when: datetime
    consent: dict[str, Any]
    ingredients: Sequence[tuple[str, bytes | Callable[[], bytes]]]


def load_identity(folder: Path, now: datetime) -> Identity:
    """The identity under ``folder``; made there at first start (files 0600, written once)."""
    names = ("chain.pem", "leaf.key", "authority.pem")
    if not all((folder / name).exists() for name in names):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = _make_identity(now)
        for name, text in zip(names, (made.chain, made.key, made.authority), strict=True):
            _write_secret(folder / name, text)
    chain, key, authority = ((folder / name).read_text() for name in names)
    return Identity(chain, key, authority)


def _write_secret(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    part.replace(path)


def _make_identity(now: datetime) -> Identity:
    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Assent local authority")
    root = (
        _certificate(root_name, root_name, root_key.public_key(), root_key.public_key(), (now, 3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(_name("Assent film signer"), root_name, leaf_key.public_key(), root_key.public_key(), (now, 825))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    key = leaf_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    authority = root.public_bytes(pem).decode()
    return Identity(leaf.public_bytes(pem).decode() + authority, key.decode(), authority)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Assent"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    valid: tuple[datetime, int],
) -> x509.CertificateBuilder:
    start, days = valid[0].astimezone(UTC), valid[1]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - timedelta(days=1))
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def sign_film(path: Path, identity: Identity, claim: Claim, media_type: str = "video/mp4") -> None:
    """Put a signed manifest into the file at ``path`` (MP4, WAV or PNG); Internal ``generation.not_signed`` leaves it
    as it was.
    """
    signed = path.with_name(path.stem + ".signed" + path.suffix)
    signed.unlink(missing_ok=True)  # the destination must not exist
    try:
        _sign(path, signed, identity, (claim, media_type))
        state = read_credential(signed, identity)["state"]
        if state not in _TRUSTED:
            raise Internal("generation.not_signed", f"the signed film reads back as {state}")
        signed.replace(path)
    except c2pa.C2paError as error:
        raise Internal("generation.not_signed", "the film could not be signed") from error
    finally:
        signed.unlink(missing_ok=True)


def _sign(path: Path, signed: Path, identity: Identity, what: tuple[Claim, str]) -> None:
    claim, media_type = what
    info = c2pa.C2paSignerInfo(
        alg=b"es256", sign_cert=identity.chain.encode(), private_key=identity.key.encode(), ta_url=None
    )
    context = _context(identity)
    with c2pa.Builder(_manifest(claim, media_type), context=context) as builder:
        for title, mp4 in claim.ingredients:
            ingredient = {"title": title, "format": "video/mp4", "relationship": "componentOf"}
            data = mp4 if isinstance(mp4, bytes) else mp4()
            builder.add_ingredient(json.dumps(ingredient), "video/mp4", io.BytesIO(data))
        with c2pa.Signer.from_info(info) as signer:
            builder.sign_file(str(path), str(signed), signer)


def _context(identity: Identity) -> Any:
    settings = {
        "trust": {"user_anchors": identity.authority},
        "verify": {"verify_trust": True},
        # A second, small picture inside a still would leave the house without the visible label, and costs two thirds
        # of the signature's time.
        "builder": {"thumbnail": {"enabled": False}},
    }
    return c2pa.Context.from_dict(settings)


def _manifest(claim: Claim, media_type: str) -> str:
    created = {
        "action": "c2pa.created",
        "digitalSourceType": _SOURCE_TYPE,
        "when": claim.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "softwareAgent": _AGENT,
    }
    return json.dumps(
        {
            "claim_generator_info": [_AGENT],
            "title": claim.title,
            "format": media_type,
            "assertions": [
                {"label": "c2pa.actions.v2", "data": {"actions": [created]}},
                {"label": "org.assent.consent", "data": claim.consent},
            ],
        }
    )


def read_credential(path: Path, identity: Identity) -> dict[str, Any]:
    """What a reader sees: ``state`` (Trusted, Valid, Invalid), ``actions``, ``consent`` and the number of ingredients.

    Raises ``c2pa.C2paError`` for a file without a readable manifest.
    """
    with c2pa.Reader(str(path), context=_context(identity)) as reader:
        found = json.loads(reader.json())
        state = reader.get_validation_state()
    manifest = found["manifests"][found["active_manifest"]]
    assertions = {a["label"]: a["data"] for a in manifest.get("assertions", [])}
    actions: dict[str, Any] = next((data for label, data in assertions.items() if label.startswith("c2pa.actions")), {})
    return {
        "state": state,
        "actions": actions.get("actions", []),
        "consent": assertions.get("org.assent.consent", {}),
        "ingredients": len(manifest.get("ingredients", [])),
    }
