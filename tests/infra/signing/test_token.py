"""A key inside a SoftHSM2 token: it signs checkpoints and never leaves. Collected where the token's library is."""

import os
import subprocess
import threading
from pathlib import Path

import pytest

from infra.kernel.crypto import verify_ed25519
from infra.kernel.errors import AssentError
from infra.signing import open_signer
from infra.signing.pkcs11 import make_token_key, parse_pkcs11_uri
from infra.tlog.checkpoint import SignedTree, open_checkpoint, sign_checkpoint
from infra.tlog.note import VerifierKey

MODULE = "/usr/lib/softhsm/libsofthsm2.so"


def code_of(address: str) -> str:
    with pytest.raises(AssentError) as caught:
        open_signer(address)
    return caught.value.code


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SoftHSM2 token of its own with one key; the address of the key."""
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "pin").write_text("4321\n")
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "assent", "--pin", "4321", "--so-pin", "9876"]
    subprocess.run(command, check=True, capture_output=True)
    address = f"pkcs11:token=assent;object=ledger?module-path={MODULE}&pin-source=file:{folder / 'pin'}"
    make_token_key(parse_pkcs11_uri(address))
    return address


def test_a_key_inside_a_token_signs_checkpoints(token: str) -> None:
    signer = open_signer(token)
    key = VerifierKey("log.example", signer.public)
    tree = SignedTree(key.name, 3, bytes(32))
    assert open_checkpoint(sign_checkpoint(tree, signer), key) == tree
    assert open_signer(token).public == signer.public


def test_a_token_serves_many_threads(token: str) -> None:
    signer = open_signer(token)
    signed: list[tuple[bytes, bytes]] = []

    def sign(n: int) -> None:
        signed.append((b"%d" % n, signer.sign(b"%d" % n)))

    threads = [threading.Thread(target=sign, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for message, signature in signed:
        verify_ed25519(signer.public, message, signature)
    assert len(signed) == 8


def test_a_token_or_key_that_is_not_there_is_away(token: str, tmp_path: Path) -> None:
    pin = token.rpartition("file:")[2]
    for changed in (
        token.replace("token=assent", "token=other"),
        token.replace("object=ledger", "object=other"),
        token.replace(MODULE, "/no/such/library.so"),
        token.replace(pin, str(tmp_path / "no-pin")),
    ):
        assert code_of(changed) == "signing.key_away"
