"""Catalogues of grants: each item its own answer, over HTTP and from a file, and an import that goes on."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from consent_service.contract import methods as consent
from consent_service.contract.batches import BATCH_LIMIT, BatchAnswer, BatchRecorded, RecordBatch, Refusal
from consent_service.contract.ledger import RecordGrant, RequestGrant
from gateway.cli import app
from gateway.cli.session import Session
from gateway.client.catalogue import MOST_BYTES, in_batches, read_catalogue
from infra.kernel.errors import Denied, Invalid
from tests.gateway import world
from tests.gateway.conftest import AsgiTransport, Client, FakeRpc

SIGNATURE = "A" * 86
FORGED = "B" * 86
PATH = "/v1/grants/batch"


def item(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "terms": world.terms().model_dump(mode="json"), "signature": SIGNATURE, **more}


@pytest.fixture
def ledger(rpc: FakeRpc) -> list[RecordBatch]:
    """Every batch that arrived; forged signatures are refused, a repeat finds its first answer."""
    came: list[RecordBatch] = []
    known: dict[str, int] = {}

    def answer(command: RecordGrant | RequestGrant) -> BatchAnswer:
        if isinstance(command, RecordGrant) and command.signature == FORGED:
            refusal = Denied("consent.bad_signature", "not this party's", fix="sign it").to_wire()
            return BatchAnswer(refused=Refusal.model_validate(refusal))
        place = known.setdefault(command.command_id, len(known))
        return BatchAnswer(recorded=world.recorded(f"grt_{place}", place))

    def record(batch: RecordBatch) -> BatchRecorded:
        came.append(batch)
        return BatchRecorded(answers=tuple(map(answer, batch.commands)))

    rpc.on(consent.record_batch, record)
    return came


def test_each_item_has_its_own_answer(client: Client, ledger: list[RecordBatch]) -> None:
    foreign = item("c")
    foreign["terms"]["grantee"]["partner"] = "prt_other"
    asked = item("d")
    del asked["signature"]
    answer = client().post(PATH, json={"items": [item("a"), item("b", signature=FORGED), foreign, asked]})
    told = answer.json()["data"]
    assert answer.status_code == 207
    assert [(one["key"], one["status"]) for one in told] == [("a", 201), ("b", 403), ("c", 403), ("d", 201)]
    assert [one["problem"] and one["problem"]["code"] for one in told] == [
        None, "consent.bad_signature", "gateway.wrong_partner", None,
    ]  # fmt: skip
    assert told[1]["problem"]["fix"] == "sign it"
    [came] = ledger
    assert [type(command) for command in came.commands] == [RecordGrant, RecordGrant, RequestGrant]


def test_an_item_s_key_is_its_own_in_every_batch(client: Client, ledger: list[RecordBatch]) -> None:
    first = client().post(PATH, json={"items": [item("a"), item("b")]}).json()["data"]
    again = client().post(PATH, json={"items": [item("b"), item("n"), item("a")]}).json()["data"]
    assert [one["recorded"]["ref"] for one in (*first, *again)] == ["grt_0", "grt_1", "grt_1", "grt_2", "grt_0"]


def test_limits_and_twins_are_refused_whole(client: Client, ledger: list[RecordBatch]) -> None:
    twins = client().post(PATH, json={"items": [item("a"), item("a")]})
    assert (twins.status_code, twins.json()["code"]) == (422, "gateway.key_twice")
    for items in ([], [item(f"k{n}") for n in range(BATCH_LIMIT + 1)], [item("with space")]):
        assert client().post(PATH, json={"items": items}).status_code == 422
    assert client("auditor-key").post(PATH, json={"items": [item("a")]}).status_code in (401, 403)
    assert not ledger


def run(transport: AsgiTransport, *words: str, code: int = 0) -> Any:
    env = {"ASSENT_API_KEY": "partner-key"}
    found = CliRunner().invoke(app, ["--json", "grant", "import", *words], env=env, obj=Session(transport=transport))
    assert found.exit_code == code, found.output
    return json.loads(found.stdout) if code in (0, 3) else found


def lines(path: Path, items: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in items))
    return path


def test_an_import_is_sent_in_batches_and_goes_on_where_it_broke(
    tmp_path: Path, transport: AsgiTransport, ledger: list[RecordBatch]
) -> None:
    items = [{name: value for name, value in item("").items() if name != "key"} for _ in range(5)]
    for number, one in enumerate(items):
        one["terms"]["limits"]["max_uses"] = number + 1
    file = lines(tmp_path / "all.jsonl", items)
    assert run(transport, str(file), "--dry-run") == {"items": 5, "signed": 5, "requests": 0}
    assert not ledger
    part = run(transport, str(lines(tmp_path / "some.jsonl", items[:2])))
    whole = run(transport, str(file), "--batch", "2")
    assert [len(batch.commands) for batch in ledger] == [2, 2, 2, 1]
    assert (whole["recorded"], whole["refused"]) == (5, 0)
    assert whole["data"][:2] == part["data"], "what was recorded answers as it did"


def test_what_is_refused_is_told_and_ends_with_its_own_status(
    tmp_path: Path, transport: AsgiTransport, ledger: list[RecordBatch]
) -> None:
    found = run(transport, str(lines(tmp_path / "f.jsonl", [item("a"), item("b", signature=FORGED)])), code=3)
    assert (found["recorded"], found["refused"]) == (1, 1)


def test_a_catalogue_as_csv_names_files(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"terms": item("")["terms"], "signature": SIGNATURE}))
    (tmp_path / "c.csv").write_text("key,file\nfirst,one.json\n,one.json\n")
    keys = [one["key"] for one in read_catalogue(tmp_path / "c.csv")]
    assert (keys[0], len(keys[1])) == ("first", 64)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    good = json.dumps(item("a"))
    for text in ("{", "[]", '{"terms": {}}', json.dumps(item("b", more=1)), good):
        (tmp_path / "f.jsonl").write_text(good + "\n\n" + text + "\n")
        with pytest.raises(Invalid, match="line 3"):
            read_catalogue(tmp_path / "f.jsonl")


def test_batches_keep_under_the_route_s_bytes() -> None:
    large = [{"key": str(n), "terms": "x" * (MOST_BYTES // 3)} for n in range(7)]
    assert [len(batch) for batch in in_batches(large, 256)] == [2, 2, 2, 1]
