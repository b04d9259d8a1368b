"""The retention clock over HTTP and on the command line: who may look, who may run it, and what it says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from consent_service.contract.retention import DueDeletion, DueDeletions
from gateway.cli import app
from gateway.cli.session import Session
from identity_service.contract import methods as identity
from identity_service.contract.methods import DeletedReferences, RetentionRun
from tests.gateway import world
from tests.gateway.conftest import ADMIN_KEY, AsgiTransport, Client, FakeRpc


def owed(subject: str) -> DueDeletion:
    return DueDeletion(subject=subject, assets=(world.FACE,), due=world.AT, grants=("grt_1",), evidence_until=world.AT)


@pytest.fixture(autouse=True)
def services(rpc: FakeRpc) -> None:
    pages = {None: DueDeletions(deletions=(owed("sub_a"),), more_after="sub_a"),
             "sub_a": DueDeletions(deletions=(owed("sub_b"),))}  # fmt: skip
    rpc.on(identity.due_deletions, lambda query: pages[query.after])
    done = DeletedReferences(subject="sub_a", assets=(world.FACE,), due=world.AT, ledger_index=41)
    rpc.on(identity.run_retention, RetentionRun(deleted=(done,)))


def test_only_the_owner_of_the_house_looks_and_deletes(client: Client, rpc: FakeRpc) -> None:
    key = {"Idempotency-Key": "k"}
    for who in ("partner-key", "ada-key", "auditor-key"):
        assert client(who).get("/v1/retention/due").status_code == 403
        assert client(who).post("/v1/retention/run", headers=key).status_code == 403
    assert client(ADMIN_KEY).post("/v1/retention/run").status_code == 400
    assert rpc.sent(identity.run_retention) == []
    done = client(ADMIN_KEY).post("/v1/retention/run", headers=key).json()
    assert done["deleted"][0]["ledger_index"] == 41


def test_what_is_due_by_a_day_page_by_page(client: Client, rpc: FakeRpc) -> None:
    first = client(ADMIN_KEY).get("/v1/retention/due", params={"by": "2027-01-01T00:00:00Z", "limit": 1}).json()
    assert ([one["subject"] for one in first["data"]], first["has_more"]) == (["sub_a"], True)
    second = client(ADMIN_KEY).get(first["next_page_url"]).json()
    assert ([one["subject"] for one in second["data"]], second["has_more"]) == (["sub_b"], False)
    assert {query.now.year for query in rpc.sent(identity.due_deletions)} == {2027}


def test_on_the_command_line(transport: AsgiTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("ASSENT_API_KEY", ADMIN_KEY)

    def assent(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), obj=Session(transport=transport))
        assert result.exit_code == 0, result.output
        return result.stdout

    assert [line.split()[0] for line in assent("retention", "due").splitlines()[1:]] == ["sub_a", "sub_b"]
    assert len(json.loads(assent("retention", "due", "--json"))) == 2
    assert "ledger entry 41" in assent("retention", "run")
