"""A key that never leaves its token: Ed25519 through PKCS#11 3.0 (``CKM_EDDSA``), addressed by a URI of RFC 7512.

``pkcs11:token=<label>;object=<label>?module-path=<library>&pin-source=<file>``. Signing may block and raises
:class:`Unavailable` (``signing.key_away``) when the token does not answer; one session is opened again once. Errors at
the start: :class:`Invalid` (``signing.bad_address``).
"""

import threading
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn

from infra.kernel.errors import Invalid, Unavailable

_ED25519 = bytes.fromhex("06032b6570")  # DER of the object identifier 1.3.101.112 (RFC 8410)
_PATH, _QUERY = {"token", "object"}, {"module-path", "pin-source"}


def open_token_key(uri: str) -> "TokenSigner":
    """The signer at a URI."""
    return TokenSigner(parse_pkcs11_uri(uri))


def parse_pkcs11_uri(uri: str) -> dict[str, str]:
    """The attributes we use, all of which must be there: token, object, module-path, pin-source."""
    scheme, _, rest = uri.partition(":")
    path, _, query = rest.partition("?")
    pairs = [part.partition("=")[::2] for part in [*path.split(";"), *query.split("&")] if part]
    found = {name: unquote(value) for name, value in pairs}
    if scheme != "pkcs11" or set(found) != _PATH | _QUERY or len(pairs) != 4:
        raise Invalid(
            "signing.bad_address", "not a PKCS#11 address that names one key",
            fix="pkcs11:token=…;object=…?module-path=…&pin-source=…",
        )  # fmt: skip
    return found


def make_token_key(address: dict[str, str]) -> None:
    """Make an Ed25519 key pair inside the token: sensitive, not extractable."""
    session = _session(address)
    try:
        parameters = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _ED25519}, local=True)
        parameters.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=address["object"],
            private_template={Attribute.EXTRACTABLE: False, Attribute.SENSITIVE: True},
        )  # fmt: skip
    finally:
        session.close()


class TokenSigner:
    """Implements the kernel's ``Signer``; safe to use from several threads, which it serves one after the other."""

    def __init__(self, address: dict[str, str]) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._key: Any = None
        self.public = self._open()
        """The raw 32-byte Ed25519 public key."""

    def sign(self, message: bytes) -> bytes:
        with self._lock:
            try:
                return bytes(self._key.sign(message, mechanism=Mechanism.EDDSA))
            except PKCS11Error:
                self._open()
            try:
                return bytes(self._key.sign(message, mechanism=Mechanism.EDDSA))
            except PKCS11Error as error:
                raise _away(error) from error

    def _open(self) -> bytes:
        session, label = _session(self._address), self._address["object"]
        try:
            self._key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC_EDWARDS, label=label)
            public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, key_type=KeyType.EC_EDWARDS, label=label)
            return bytes(public[Attribute.EC_POINT])[-32:]  # a DER octet string around the 32 bytes, or just those
        except PKCS11Error as error:
            raise _away(error) from error


def _session(address: dict[str, str]) -> Any:
    try:
        pin = Path(address["pin-source"].removeprefix("file:")).read_text(encoding="utf-8").strip()
        token = pkcs11.lib(address["module-path"]).get_token(token_label=address["token"])
        try:
            return token.open(rw=True, user_pin=pin)
        except UserAlreadyLoggedIn:  # a login is the process's, for all its sessions
            return token.open(rw=True)
    except (OSError, RuntimeError, PKCS11Error) as error:
        raise _away(error) from error


def _away(error: Exception) -> Unavailable:
    return Unavailable("signing.key_away", "the token did not sign", fix="check the token", reason=type(error).__name__)
