"""The cosigner beside a real ledger and real witness processes: quorum, one witness away, a fork."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from consent_service.cosigner.__main__ import PolicyFile
from consent_service.cosigner.process import CosignerLoop
from consent_service.store.cosigned import keep_cosignatures, load_cosigned
from consent_service.store.fsck_cosigned import check_cosigned
from infra.tlog.cosignature import read_cosignatures, verify_cosignatures
from infra.tlog.policy import Policy, parse_policy
from tests.consent_service.ledger.running import KEY, RunningLedger, decision
from tests.consent_service.witness.test_process import running as running_witness
from tests.infra.tlog.test_cosignature import ed25519


@contextmanager
def cosigning(
    ledger: RunningLedger, policy: Callable[[], Policy | None], *, renew_s: float = 60.0
) -> Iterator[CosignerLoop]:
    stop = threading.Event()
    loop = CosignerLoop(ledger.url, policy, pace_s=0.01, renew_s=renew_s)
    thread = threading.Thread(target=loop.run, args=(stop.is_set,))
    thread.start()
    try:
        yield loop
    finally:
        stop.set()
        thread.join(10)


def await_that(holds: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def cosigned_size(ledger: RunningLedger) -> int:
    found = ledger.ledger.latest_checkpoint().cosigned
    return found.size if found else 0


def test_a_quorum_cosigns_while_one_witness_is_away(running: RunningLedger, tmp_path: Path) -> None:
    with ExitStack() as stack:
        texts = []
        for name in ("w1", "w2"):
            arguments = ("--log", str(KEY.vkey), "--name", name)
            _, client = stack.enter_context(running_witness(tmp_path / name, *arguments))
            texts.append(client.get("/policy").text.splitlines()[0])
        texts.append(f"witness w3 {ed25519('w3').key} http://127.0.0.1:9")
        lines = "\n".join(line.replace("/ml-dsa", "") for line in texts)
        rule = "group two 2 w1 w2 w3\nquorum two\n"
        path = tmp_path / "policy"
        path.write_text(f"{lines}\n{rule}")
        running.sequence()
        with cosigning(running, PolicyFile([path])) as loop:
            await_that(lambda: cosigned_size(running) == 1)
            running.append("s", decision())
            running.sequence()
            await_that(lambda: cosigned_size(running) == 2)
            latest = running.ledger.latest_checkpoint()
            assert latest.cosigned is not None
            assert latest.cosigned.quorum == "2 of 3: w1, w2, w3"
            assert latest.cosigned.witnesses == ("w1", "w2")
            assert latest.cosigned.note.startswith(latest.note), "the log's note, with lines after it"
            policy = parse_policy(path.read_text())
            assert policy.is_met(policy.signed_by(latest.cosigned.note))
            proof = running.ledger.proof(index=1, size=2).tlog_proof
            assert verify_cosignatures(proof.partition("\n\n")[2], policy.keys) == ("w1", "w2")
            assert loop.checks() == {"database": True, "witnesses agree": True}


def test_a_quiet_log_is_cosigned_again(running: RunningLedger, tmp_path: Path) -> None:
    """Its reader can tell it from one that is kept from them: the witness's time goes on, nothing else changes."""
    running.sequence()
    with running_witness(tmp_path, "--log", str(KEY.vkey), "--name", "w") as (_, client):
        policy = parse_policy(client.get("/policy").text)

        def times() -> list[int]:
            cosigned = running.ledger.latest_checkpoint().cosigned
            return [one.time for one in read_cosignatures(cosigned.note, policy.keys)] if cosigned else []

        with cosigning(running, lambda: policy, renew_s=0.1):
            await_that(times)
            first = times()
            await_that(lambda: min(times()) > max(first))
    with psycopg.connect(running.url) as conn:
        assert list(check_cosigned(conn, policy)) == []
        counts = [conn.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("cosignatures", "quorums")]
        assert counts == [(2,), (1,)], "what was signed first stays as it is"
        assert conn.execute("SELECT count(*) FROM renewed_cosignatures").fetchone() == (2,), "no row for each renewal"


def test_a_forked_ledger_is_told_by_its_witness(
    running: RunningLedger, fresh_ledger: Callable[[], RunningLedger], tmp_path: Path
) -> None:
    """A database restored from the past that went on: the kept file was lost with it, the witness still knows."""
    other = fresh_ledger()
    for ledger, count in ((running, 5), (other, 3)):
        ledger.append("s", *(decision(n=n, of=ledger.url) for n in range(count)))
        ledger.sequence()
    with running_witness(tmp_path, "--log", str(KEY.vkey), "--name", "w") as (_, client):
        policy = parse_policy(client.get("/policy").text)
        with cosigning(running, lambda: policy):
            await_that(lambda: cosigned_size(running) == 6)
        with cosigning(other, lambda: policy) as loop:
            await_that(lambda: not loop.checks()["witnesses agree"])
            other.append("t", *(decision(n=n) for n in range(9)))
            other.sequence()
            time.sleep(0.5)
            assert not loop.checks()["witnesses agree"]
            assert cosigned_size(other) == 0


def test_lines_are_kept_once_and_a_quorum_is_kept_when_it_is_met(running: RunningLedger) -> None:
    running.sequence()
    keys = [f"witness {name} {ed25519(name, bytes([seed]) * 32).key}" for name, seed in (("a", 1), ("b", 2))]
    policy = parse_policy("\n".join([*keys, "group g all a b", "quorum g"]))
    with psycopg.connect(running.url, autocommit=True) as conn:
        assert not keep_cosignatures(conn, 1, {"a": "line a\n"}, policy)
        assert load_cosigned(conn) is None
        assert keep_cosignatures(conn, 1, {"b": "line b\n"}, policy)
        assert keep_cosignatures(conn, 1, {"b": "line b\n"}, policy)
        found = load_cosigned(conn)
        assert found is not None
        assert found.note == running.ledger.latest_checkpoint().note + "line a\nline b\n"
        assert keep_cosignatures(conn, 1, {"a": "a again\n"}, policy)
        assert keep_cosignatures(conn, 1, {"a": "and again\n"}, policy)
        found = load_cosigned(conn)
        assert found is not None
        assert found.note == running.ledger.latest_checkpoint().note + "and again\nline b\n"
        with pytest.raises(psycopg.Error):
            conn.execute("DELETE FROM cosignatures")
