"""A signer by its address: ``seed:<path>``, ``sealed:<path>`` or ``pkcs11:…`` (RFC 7512).

``sealed:`` asks for its passphrase in the file named by ``passphrase_file``. Errors: :class:`Invalid`
(``signing.bad_address``), :class:`Unavailable` (``signing.key_away``) for a file or token that cannot be reached.
"""

from pathlib import Path

from infra.kernel.crypto import Ed25519Signer, Signer
from infra.kernel.errors import Invalid, Unavailable
from infra.signing.sealed import unseal_signer


def open_signer(address: str, *, passphrase_file: Path | None = None) -> Signer:
    """The signer at an address."""
    kind, _, rest = address.partition(":")
    if kind == "pkcs11":
        from infra.signing.pkcs11 import open_token_key  # noqa: PLC0415 - loads a native library: only where it is used

        return open_token_key(address)
    if kind not in ("seed", "sealed") or not rest:
        raise Invalid("signing.bad_address", "a signer is seed:<path>, sealed:<path> or pkcs11:…")
    content = _read(Path(rest))
    if kind == "seed":
        return Ed25519Signer.from_seed(content)
    if passphrase_file is None:
        raise Invalid(
            "signing.no_passphrase", "a sealed key needs a passphrase file", fix="name the file that holds it"
        )
    return unseal_signer(content, _read(passphrase_file).strip())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unavailable("signing.key_away", "a key file cannot be read", path=str(path)) from error
