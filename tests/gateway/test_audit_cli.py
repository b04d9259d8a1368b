"""``assent audit`` against the app: packs by question, witnesses, reports, two views, the log followed."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from consent_service.contract import events as kinds
from consent_service.contract import methods as consent
from consent_service.contract.ledger import Entries, Entry
from consent_service.contract.tiles import GetTile, TileData, get_tile
from gateway.cli import app
from gateway.cli.session import Session
from gateway.routes.log import TileCache
from infra.eventlog.envelope import seal
from infra.eventlog.log import Event, NewEvent
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.merkle import CompactRange, complete_subtrees, consistency_spans, fold, hash_leaf, root_of
from infra.tlog.note import b64, split_note
from infra.tlog.tiles import HEIGHT, pack_bundle
from tests.consent_service.client.test_replay import told
from tests.consent_service.ledger import story as tale
from tests.consent_service.ledger.test_checkers import AT, W1, W2
from tests.gateway.conftest import AsgiTransport, FakeRpc

VKEY = str(tale.VKEY)
Run = Callable[..., Result]


class Log:
    """A log that a test lets grow: the consent service's answers about its first ``size`` entries."""

    def __init__(self, rpc: FakeRpc) -> None:
        story = tale.covered_film().release().add("consent.decision-made.v1", "decision-1", {"production": "prd_2"})
        self.leaves, self.size, self.signer = story.leaves(), len(story.entries), tale.LOG
        self._nodes: dict[tuple[int, int], bytes] = {}
        tree = CompactRange()
        for leaf in self.leaves:
            self._nodes |= {(level, n): value for level, n, value in tree.append(hash_leaf(leaf.encode()))}
        rpc.on(consent.get_checkpoint, lambda _: self.checkpoint())
        rpc.on(consent.get_entries, self._entries)
        rpc.on(consent.get_consistency, self._consistency)
        rpc.on(get_tile, self._tile)

    def checkpoint(self) -> consent.Checkpoint:
        root = root_of(hash_leaf(leaf.encode()) for leaf in self.leaves[: self.size])
        note = sign_checkpoint(SignedTree(tale.VKEY.name, self.size, root), self.signer)
        lines = W1.cosign(split_note(note)[0], AT)
        return consent.Checkpoint(note=note + lines, vkey=VKEY, size=self.size)

    def _entries(self, command: consent.GetEntries) -> Entries:
        found = range(command.start, min(self.size, command.start + command.limit))
        return Entries(entries=tuple(Entry(index=i, leaf=self.leaves[i], leaf_hash="0") for i in found), size=self.size)

    def _tile(self, command: GetTile) -> TileData:
        places = range(command.n * 256, command.n * 256 + command.width)
        if command.level < 0:
            data = pack_bundle([self.leaves[i].encode() for i in places])
        else:
            data = b"".join(self._nodes[command.level * HEIGHT, i] for i in places)
        return TileData(data=base64.b64encode(data).decode())

    def _consistency(self, command: consent.GetConsistency) -> consent.Consistency:
        spans = consistency_spans(command.old, command.new)
        hashes = (fold([self._nodes[at] for at in complete_subtrees(span)]) for span in spans)
        return consent.Consistency(hashes=tuple(map(b64, hashes)))


@pytest.fixture
def log(rpc: FakeRpc) -> Log:
    return Log(rpc)


@pytest.fixture
def assent(tmp_path: Path, transport: AsgiTransport, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*words: str, code: int = 0) -> Result:
        env = {"ASSENT_API_KEY": "partner-key", "ASSENT_URL": "http://gateway"}
        result = CliRunner().invoke(app, ["audit", *words], env=env, obj=Session(transport=transport))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.mark.usefixtures("log")
def test_a_pack_about_one_production_names_its_film(assent: Run, tmp_path: Path) -> None:
    assent("export", "film.zip", "--production", "prd_1", "--key-to", "log.vkey")
    said = json.loads(assent("verify", "film.zip", "--key", "log.vkey", "--json", code=10).stdout)
    assert [film["production"] for film in said["films"]] == ["prd_1"]
    assert "others may match" in assent("verify", "film.zip", "--key", VKEY, code=10).stdout
    assert "consent.scope_empty" in assent("export", "none", "--grant", "grt_9", code=5).stderr
    assert not (tmp_path / "none").exists()
    assert "UNANCHORED" not in assent("verify", "film.zip", code=20).stdout


@pytest.mark.usefixtures("log")
def test_the_gateways_own_pack_takes_a_question(transport: AsgiTransport, assent: Run, tmp_path: Path) -> None:
    with httpx.Client(transport=transport, base_url="http://gateway") as client:
        client.headers["Authorization"] = "Bearer partner-key"
        answer = client.get("/v1/ledger/export", params={"partner": "prt_1", "complete": True})
        assert client.get("/v1/ledger/export", params={"grant": "grt_9"}).json()["code"] == "consent.scope_empty"
        assert client.get("/v1/ledger/export", params={"start": "x"}).status_code == 422
    (tmp_path / "part.zip").write_bytes(answer.content)
    assert "others may match" not in assent("verify", "part.zip", "--key", VKEY, code=10).stdout


def test_witnesses_count_by_the_keys_the_user_brings(assent: Run, log: Log, tmp_path: Path) -> None:
    log.size = 8
    assent("export", "pack")
    one, two = ("--witness", str(W1.key)), ("--witness", str(W2.key))
    assert "w1.example" in assent("verify", "pack", "--key", VKEY, *one).stdout
    assent("verify", "pack", "--key", VKEY, *one, *two, code=11)
    assent("verify", "pack", "--key", VKEY, *one, *two, "--quorum", "1")
    assent("verify", "pack", "--key", VKEY, *two, code=10)
    (tmp_path / "policy").write_text(f"witness w1 {W1.key}\nquorum w1\n")
    assent("verify", "pack", "--key", VKEY, "--policy", "policy")
    assert "consent.bad_vkey" in assent("verify", "pack", "--key", VKEY, "--witness", "x", code=5).stderr


def test_a_kept_checkpoint_is_continued_or_not(assent: Run, log: Log, tmp_path: Path) -> None:
    log.size = 5
    (tmp_path / "kept").write_text(log.checkpoint().note)
    log.size = 9
    assent("export", "part", "--production", "prd_2", "--kept", "kept")
    assent("verify", "part", "--key", VKEY, "--kept", "kept", code=10)
    log.leaves = tale.covered_film().leaves()
    log.size = 6
    (tmp_path / "other").write_text(log.checkpoint().note)
    assert "diverged" in assent("verify", "part", "--key", VKEY, "--kept", "other", code=30).stdout


def test_two_exports_are_compared(assent: Run, log: Log) -> None:
    log.size = 8
    assent("export", "one")
    log.size = 9
    assent("export", "two.zip")
    said = assent("diff", "two.zip", "one", "--key", VKEY).stdout
    assert "continues the older" in said
    assert "consent.decision-made.v1" in said


@pytest.mark.usefixtures("log")
def test_a_report_is_made_anew_from_the_entries(assent: Run, tmp_path: Path) -> None:
    assent("export", "pack", "--subject", "sub_1")
    said = assent("report", "pack", "--to", "page.html").stdout
    assert "The record of sub_1" in said
    assert "proves nothing by itself" in said
    assert "What it does not prove" in (tmp_path / "page.html").read_text()
    (tmp_path / "pack" / "manifest.json").write_text("{}")
    assert "consent.pack_malformed" in assent("report", "pack", code=5).stderr


def test_fsck_reads_the_whole_ledger_or_a_whole_export(assent: Run, log: Log, tmp_path: Path) -> None:
    assert "9 of 9 entries" in assent("fsck", "--key", VKEY, code=10).stdout
    assent("export", "whole")
    assent("fsck", "whole", "--key", VKEY, code=10)
    assent("export", "part", "--production", "prd_1")
    assert "cli.not_whole" in assent("fsck", "part", "--key", VKEY, code=5).stderr
    log.leaves[2] = log.leaves[1]
    assent("fsck", "--key", VKEY, code=40)


def test_every_decision_is_made_again(assent: Run, log: Log, tmp_path: Path) -> None:
    log.leaves = [seal(replace_event(event), event.stream, event.version)[1].decode() for event in told()]
    log.size = len(log.leaves)
    assent("export", "whole.zip", "--key-to", "log.vkey")
    said = assent("replay", "whole.zip", "--key", "log.vkey").stdout
    assert "14 of 14 decisions come out the same" in said
    assert "3 allowed, 11 denied" in said
    at, event = next((n, one) for n, one in enumerate(told()) if one.type == kinds.DECISION_MADE)
    bent = replace_event(event, allow=not event.data["allow"])
    log.leaves = [*log.leaves[:at], seal(bent, event.stream, event.version)[1].decode(), *log.leaves[at + 1 :]]
    assert "say the opposite" in assent("replay", code=40).stdout.replace("says the opposite", "say the opposite")
    assent("export", "part", "--start", "5", "--end", "6")
    assert "cli.not_whole" in assent("replay", "part", code=5).stderr


def replace_event(event: Event, **data: object) -> NewEvent:
    return NewEvent(
        event.type, {**event.data, **data}, event.at, actor=event.actor, trace=event.trace, signatures=event.signatures
    )


def test_the_log_is_watched_through_the_api(assent: Run, log: Log, tmp_path: Path) -> None:
    words = ("watch", "api", "--key", VKEY, "--once", "--kept", "kept")
    log.size = 3
    assert "first checkpoint" in assent(*words).stdout
    log.size = 9
    assert "6 new, consistent" in assent(*words).stdout
    kept = (tmp_path / "kept").read_text()
    log.signer = tale.STRANGER
    assert "ALARM" in assent(*words, code=40).stdout
    log.signer, log.size = tale.LOG, 8
    assert "went back" in assent(*words, code=30).stdout
    assert (tmp_path / "kept").read_text() == kept


def test_the_log_is_watched_over_its_static_files(assent: Run, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.routes.log._TILES", TileCache())
    words = ("watch", "http://gateway/ledger", "--key", VKEY, "--once", "--kept", "kept")
    log.size = 3
    assent(*words)
    log.size = 9
    assert "6 new, consistent consent.decision-made.v1, consent.grant-recorded.v1" in assent(*words).stdout
    assert "answers 404" in assent("watch", "http://gateway/other", "--key", VKEY, "--once", code=7).stdout


def test_keys_are_texts_or_files_and_a_wrong_one_says_which(assent: Run, log: Log, tmp_path: Path) -> None:
    """A file may hold several witnesses' keys, as ``assent witness show`` prints them, or a log's two of an overlap."""
    (tmp_path / "log.vkey").write_text(f"# the log's\n{VKEY}\n{VKEY}\n")
    (tmp_path / "both.vkey").write_text(f"{W1.key}\n{W2.key}\n")
    export = tmp_path / "p"
    assent("export", str(export))
    log_key, both = str(tmp_path / "log.vkey"), str(tmp_path / "both.vkey")
    assent("verify", str(export), "--key", log_key, "--witness", both, "--quorum", "1")
    for words, part in (
        (("--key", "gone.vkey"), "gone.vkey is neither a key nor a file"),
        (("--key", both), "holds no verifier key of a log"),
        (("--key", VKEY, "--witness", log_key), "holds what is no witness's key"),
    ):
        refused = assent("verify", str(export), *words, code=5)
        said = " ".join(refused.stderr.split())
        assert (part in said, "fix:" in said) == (True, True), said


def test_what_needs_the_store_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ASSENT_DATABASE_URL", raising=False)
    for words in (["audit", "fsck", "--store"], ["ledger", "keys", "show"], ["ledger", "keys", "retire", "00"]):
        refused = CliRunner().invoke(app, words)
        assert (refused.exit_code, "infra.stack env" in refused.stderr) == (5, True), refused.output
