"""Signers: sealed files and addresses."""

from pathlib import Path

import pytest

from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import AssentError
from infra.signing import open_signer
from infra.signing.pkcs11 import parse_pkcs11_uri
from infra.signing.sealed import seal_seed

SEED = bytes(range(32))
PUBLIC = Ed25519Signer.from_seed(SEED).public


def code_of(address: str, passphrase: Path | None = None) -> str:
    with pytest.raises(AssentError) as caught:
        open_signer(address, passphrase_file=passphrase)
    return caught.value.code


def test_a_sealed_key_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path, right, wrong = (tmp_path / name for name in ("key", "right", "wrong"))
    right.write_text("correct horse battery\n")
    wrong.write_text("incorrect horse battery\n")
    seal_seed(path, SEED, b"correct horse battery")
    assert SEED not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_signer(f"sealed:{path}", passphrase_file=right).public == PUBLIC
    assert code_of(f"sealed:{path}", wrong) == "signing.sealed"
    assert code_of(f"sealed:{path}") == "signing.no_passphrase"
    with pytest.raises(AssentError) as caught:
        seal_seed(path, bytes(32), b"correct horse battery")
    assert caught.value.code == "signing.key_exists"
    assert open_signer(f"sealed:{path}", passphrase_file=right).public == PUBLIC, "the key that was there stays"
    with pytest.raises(AssentError):
        seal_seed(tmp_path / "other", SEED, b"short")


def test_every_flipped_byte_of_a_sealed_key_is_noticed(tmp_path: Path) -> None:
    path, right = tmp_path / "key", tmp_path / "right"
    right.write_text("correct horse battery")
    seal_seed(path, SEED, b"correct horse battery")
    content = path.read_bytes()
    for at in (0, 19, 20, 35, 36, 50, len(content) - 1):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert code_of(f"sealed:{path}", right) == "signing.sealed"


def test_addresses_name_one_key(tmp_path: Path) -> None:
    (tmp_path / "seed").write_bytes(SEED)
    assert open_signer(f"seed:{tmp_path / 'seed'}").public == PUBLIC
    assert code_of(f"seed:{tmp_path / 'missing'}") == "signing.key_away"
    for address in ("", "seed:", "kms:key", "pkcs11:", "pkcs11:token=a;object=b", "pkcs11:token=a;token=b?object=c"):
        assert code_of(address) == "signing.bad_address"
    found = parse_pkcs11_uri("pkcs11:token=My%20token;object=log?module-path=/lib/x.so&pin-source=file:/pin")
    assert found == {"token": "My token", "object": "log", "module-path": "/lib/x.so", "pin-source": "file:/pin"}
