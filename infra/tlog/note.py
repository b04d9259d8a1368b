"""Signed notes and verifier keys, C2SP signed-note v1.0.0, with Ed25519 signatures (type 0x01). Pure.

A note is text ending in a newline, a blank line, and signature lines. Signatures by keys nobody asked about are
ignored; a signature by a known key that fails rejects the whole note. Errors: :class:`Invalid`
(``consent.note_malformed``, ``consent.note_unverified``, ``consent.bad_vkey``).
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from infra.kernel.crypto import Signer, verify_ed25519
from infra.kernel.errors import Invalid

ED25519 = 0x01
_MAX_NOTE = 1_000_000
_MAX_SIGNATURES = 100
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")


@dataclass(frozen=True)
class VerifierKey:
    """A public key under a name; ``public`` has 32 bytes."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public) != 32:
            raise Invalid("consent.bad_vkey", "a verifier key needs a name without spaces or + and 32 bytes of key")

    @property
    def key_id(self) -> bytes:
        """``SHA-256(name || 0x0A || type || key)[:4]``."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def __str__(self) -> str:
        """The text to hand out and to pin: ``name+hex8(key id)+base64(type || key)``."""
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes([ED25519]) + self.public)}"


def parse_vkey(text: str) -> VerifierKey:
    """A verifier key from its text form, split on the first two ``+`` only (base64 may hold more)."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        raw = unb64(encoded)
    except (ValueError, Invalid) as error:
        raise Invalid("consent.bad_vkey", "not a verifier key", fix="name+hex+base64") from error
    if raw[:1] != bytes([ED25519]):
        raise Invalid("consent.bad_vkey", "the verifier key has another type than Ed25519")
    key = VerifierKey(name, raw[1:])
    if key.key_id.hex() != key_id:
        raise Invalid("consent.bad_vkey", "the verifier key does not match its own key id")
    return key


def sign_note(text: str, name: str, signer: Signer) -> str:
    """A note over ``text`` with one signature under ``name``."""
    _verify_text(text)
    if not text.endswith("\n"):
        raise Invalid("consent.note_malformed", "a note's text ends in a newline")
    key = VerifierKey(name, signer.public)
    return text + "\n" + signature_line(name, key.key_id + signer.sign(text.encode()))


def open_note(note: str, *keys: VerifierKey) -> str:
    """The text of ``note``, signed by at least one of ``keys``."""
    text, signatures = split_note(note)
    verified = False
    for name, blob in signatures:
        for key in keys:
            if (name, blob[:4]) == (key.name, key.key_id):
                _verify_signature(key, text, blob[4:])
                verified = True
    if not verified:
        raise Invalid("consent.note_unverified", "no known key has signed this note")
    return text


def b64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode()


def unb64(text: str) -> bytes:
    """Bytes of standard base64 in its one canonical spelling; raises :class:`Invalid` otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("consent.bad_base64", "not base64") from error
    if b64(data) != text:
        raise Invalid("consent.bad_base64", "not canonical base64")
    return data


def signature_line(name: str, blob: bytes) -> str:
    """One line of a note's signatures; ``blob`` is key id || signature."""
    return f"\u2014 {name} {b64(blob)}\n"


def _verify_signature(key: VerifierKey, text: str, signature: bytes) -> None:
    try:
        verify_ed25519(key.public, text.encode(), signature)
    except Invalid as error:
        raise Invalid("consent.note_unverified", "a signature by a known key fails", key=key.name) from error


def split_note(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Text with its final newline, and ``(name, key id || signature)`` lines: split at the last blank line. Nothing is
    verified but the form.
    """
    _verify_text(note)
    text, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n") or len(note) > _MAX_NOTE:
        raise Invalid("consent.note_malformed", "a note is text, a blank line and signature lines")
    found = [_signature_line(line) for line in lines.removesuffix("\n").split("\n")]
    if len(found) > _MAX_SIGNATURES:
        raise Invalid("consent.note_malformed", "a note has at most 100 signatures")
    return text + "\n", found


def _signature_line(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "\u2014" or not is_key_name(name):
        raise Invalid("consent.note_malformed", "not a signature line")
    blob = unb64(encoded)
    if len(blob) < 5:
        raise Invalid("consent.note_malformed", "a signature is too short")
    return name, blob


def _verify_text(text: str) -> None:
    if _FORBIDDEN.search(text):
        raise Invalid("consent.note_malformed", "a note holds no control characters but newline, and valid UTF-8 only")


def is_key_name(name: str) -> bool:
    """Whether ``name`` can name a key: not empty, no space, no ``+``."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)
