"""COSE receipts at the gateway and on the command line: exact type and caching, no key needed, and a plain verdict."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import cbor2
import pytest
from typer.testing import CliRunner, Result

from consent_service.contract import methods as consent
from consent_service.contract.ledger import Entries, Entry
from consent_service.contract.receipts import (
    GetConsistencyReceipt,
    GetReceipt,
    ReceiptFile,
    get_consistency_receipt,
    get_receipt,
)
from gateway.cli import app
from gateway.cli.session import Session
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import NotFound
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.note import VerifierKey
from tests.gateway.conftest import AsgiTransport, Client, FakeRpc
from tests.infra.tlog.test_cose import KEY, LEAVES, SIGNER, TREES, consistency, inclusion

NOBODY = ""
Run = Callable[..., Result]


def file_of(data: bytes, size: int) -> ReceiptFile:
    return ReceiptFile(size=size, key=KEY.key_id.hex(), data=base64.b64encode(data).decode())


@pytest.fixture(autouse=True)
def ledger(rpc: FakeRpc) -> None:
    """A log of nine entries."""
    rpc.on(get_receipt, lambda asked: file_of(inclusion(asked.index, asked.size or 9), asked.size or 9))
    rpc.on(get_consistency_receipt, lambda asked: file_of(consistency(asked.old, asked.new or 9), asked.new or 9))
    rpc.on(
        consent.get_entries,
        lambda asked: Entries(
            entries=(Entry(index=asked.start, leaf=LEAVES[asked.start].decode(), leaf_hash="0"),), size=9
        ),
    )


def test_a_receipt_is_served_to_everybody(client: Client, rpc: FakeRpc) -> None:
    answer = client(NOBODY).get("/ledger/receipts/2")
    assert (answer.status_code, answer.content) == (200, inclusion(2, 9))
    assert answer.headers["content-type"] == 'application/cose; cose-type="cose-sign1"'
    assert answer.headers["cache-control"] == "no-cache", "the next one may be under a newer root"
    assert answer.headers["content-disposition"] == 'attachment; filename="2-of-9.cose"'
    named = client(NOBODY).get(f"/ledger/receipts/2?size=5&key={KEY.key_id.hex()}")
    assert (named.content, "immutable" in named.headers["cache-control"]) == (inclusion(2, 5), True)
    assert rpc.sent(get_receipt) == [GetReceipt(index=2), GetReceipt(index=2, size=5, key=KEY.key_id.hex())]


def test_and_one_of_growth(client: Client, rpc: FakeRpc) -> None:
    answer = client(NOBODY).get("/ledger/receipts/consistency?old=3&new=5")
    assert (answer.content, "immutable" in answer.headers["cache-control"]) == (consistency(3, 5), True)
    newest = client(NOBODY).get("/ledger/receipts/consistency?old=3")
    assert (newest.content, newest.headers["cache-control"]) == (consistency(3, 9), "no-cache")
    assert rpc.sent(get_consistency_receipt) == [GetConsistencyReceipt(old=3, new=5), GetConsistencyReceipt(old=3)]


@pytest.mark.parametrize(
    "path",
    ["x", "-1", "2?size=1", "2?size=x", "2?key=XYZ", "2?key=EEF1F4D8", f"{2**63}", "consistency", "consistency?old=0",
     "consistency?old=1&new=1"],
)  # fmt: skip
def test_a_wrong_question_is_named(client: Client, rpc: FakeRpc, path: str) -> None:
    answer = client(NOBODY).get(f"/ledger/receipts/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert not rpc.sent(get_receipt)


def test_what_no_root_was_signed_for_is_404(client: Client, rpc: FakeRpc) -> None:
    rpc.on(get_receipt, NotFound("consent.no_such_receipt", "not yet"))
    answer = client(NOBODY).get("/ledger/receipts/8")
    assert (answer.status_code, answer.json()["code"]) == (404, "consent.no_such_receipt")


# --- the command line -------------------------------------------------------------------------------------------


@pytest.fixture
def assent(tmp_path: Path, transport: AsgiTransport, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0) -> Result:
        env = {"ASSENT_URL": "http://gateway"}
        result = CliRunner().invoke(app, ["audit", "receipt", *words], env=env, obj=Session(transport=transport))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


def test_a_receipt_is_saved_and_verified(assent: Run, tmp_path: Path) -> None:
    assent("2", "--out", "two.cose", "--leaf-to", "two.json")
    assert (tmp_path / "two.cose").read_bytes() == inclusion(2, 9)
    said = assent("verify", "two.cose", "--leaf", "two.json", "--key", str(KEY)).stdout
    assert "HOLDS: these bytes are entry 2 of assent.local/ledger, 9 entries, signed by key eef1f4d8" in said
    told = json.loads(assent("verify", "two.cose", "--leaf", "two.json", "--key", str(KEY), "--json").stdout)
    assert told == {
        "holds": True, "origin": KEY.name, "size": 9, "key": "eef1f4d8", "kind": "inclusion", "index": 2,
        "root": TREES[9].root.hex(),
    }  # fmt: skip


def test_the_file_has_a_name_and_json_holds_the_receipt(assent: Run, tmp_path: Path) -> None:
    told = json.loads(assent("--size", "5", "3", "--json").stdout)
    assert (told["path"], told["size"]) == ("3.cose", 5)
    assert base64.b64decode(told["receipt"]) == (tmp_path / "3.cose").read_bytes() == inclusion(3, 5)


def test_growth_from_a_kept_checkpoint(assent: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(sign_checkpoint(TREES[3], SIGNER))
    (tmp_path / "fork").write_text(sign_checkpoint(SignedTree(KEY.name, 3, bytes(32)), SIGNER))
    (tmp_path / "keys").write_text(f"{KEY}\n")
    assent("consistency", "3")
    said = assent("verify", "from-3.cose", "--kept", "kept", "--key", "keys").stdout
    assert "HOLDS: the first 3 entries are the ones you knew" in said
    assert "consent.proof_invalid" in assent("verify", "from-3.cose", "--kept", "fork", "--key", "keys", code=40).stdout
    assert "cli.no_checkpoint" in assent("verify", "from-3.cose", "--key", "keys", code=5).stderr


def test_what_does_not_hold_is_said_plainly(assent: Run, tmp_path: Path) -> None:
    (tmp_path / "leaf").write_bytes(LEAVES[2])
    (tmp_path / "newline").write_bytes(LEAVES[2] + b"\n")
    (tmp_path / "good").write_bytes(inclusion(2, 5))
    (tmp_path / "bent").write_bytes(inclusion(2, 5)[:-1] + b"\0")
    (tmp_path / "garbage").write_bytes(b"{}")
    (tmp_path / "other").write_bytes(cbor2.dumps({"receipt": "mine"}))
    other = str(VerifierKey(KEY.name, Ed25519Signer.from_seed(bytes(32)).public))
    (tmp_path / "loose").write_bytes(cbor2.dumps(cbor2.loads(inclusion(2, 5))) + b"\0")
    for receipt, leaf, key, code in (
        ("good", "newline", str(KEY), "consent.receipt_unsigned"),
        ("bent", "leaf", str(KEY), "consent.receipt_unsigned"),
        ("good", "leaf", other, "consent.receipt_unsigned"),
        ("garbage", "leaf", str(KEY), "consent.cbor_malformed"),
        ("other", "leaf", str(KEY), "consent.receipt_malformed"),
        ("loose", "leaf", str(KEY), "consent.cbor_malformed"),
    ):
        words = ("verify", receipt, "--leaf", leaf, "--key", key)
        said = assent(*words, code=40).stdout
        assert "DOES NOT HOLD" in said
        assert code in said
        assert json.loads(assent(*words, "--json", code=40).stdout)["holds"] is False
    assert (
        "consent.bad_vkey" in assent("verify", "good", "--leaf", "leaf", "--key", str(KEY)[:-4] + "AAAA", code=5).stderr
    )
    assert "cli.no_leaf" in assent("verify", "good", "--key", str(KEY), code=5).stderr
