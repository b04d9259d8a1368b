"""``assent witness run``: one command, a real witness behind it."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from consent_service.witness.identity import load_cosigners, policy_lines, publish_policy
from gateway.cli.witness import joined
from infra.kernel.errors import Invalid
from infra.stack.processes import free_port
from infra.tlog.policy import parse_policy
from tests.consent_service.witness.logs import SmallLog
from tests.consent_service.witness.test_process import await_ready

ROOT = Path(__file__).parents[2]
LOG = SmallLog()
COMMAND = [sys.executable, "-m", "gateway.cli", "witness", "run"]


def test_a_partner_runs_a_witness_with_one_command(tmp_path: Path) -> None:
    (tmp_path / "log.vkey").write_text(f"{LOG.vkey}\n")
    port = free_port()
    options = [
        "--log",
        "log.vkey",
        "--name",
        "w.example",
        "--listen",
        f"127.0.0.1:{port}",
        "--url",
        "https://w.example",
    ]
    with subprocess.Popen([*COMMAND, *options], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                await_ready(client)
                policy = parse_policy((tmp_path / "witness" / "policy").read_text())
                assert {line.url for line in policy.witnesses.values()} == {"https://w.example"}
                answer = client.post("/add-checkpoint", content=LOG.request(0, 4))
                assert policy.is_met(policy.signed_by(LOG.note(4) + answer.text))
        finally:
            process.terminate()


def test_what_cannot_work_is_refused_at_once(tmp_path: Path) -> None:
    for options in (
        ["--log", str(tmp_path / "missing")],
        ["--log", f"{LOG.vkey}x"],
        ["--log", str(LOG.vkey), "--name", "two words"],
        ["--log", str(LOG.vkey), "--listen", "7380"],
    ):
        done = subprocess.run([*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 5, done.stderr


def test_a_witness_hands_out_its_keys(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "gateway.cli", "witness", "show", "--folder", "w"]
    env = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
    nobody = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert (nobody.returncode, "cli.no_witness" in nobody.stderr) == (5, True)
    cosigners = load_cosigners(tmp_path / "w", "w.example")
    publish_policy(tmp_path / "w", policy_lines(cosigners, "https://w.example"))
    said = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout
    assert said == "".join(f"{one.key}\n" for one in cosigners)


def test_several_witnesses_are_joined_to_one_policy(tmp_path: Path) -> None:
    cosigners = [load_cosigners(tmp_path / name, name) for name in ("w1", "w2", "w3")]
    texts = [policy_lines(one, "https://w") for one in cosigners]
    policy = parse_policy(joined(texts, None))
    assert policy.in_words() == "2 of 3: w1, w2, w3"
    assert len(policy.keys) == 6
    assert policy.is_met(["w1/ed25519", "w3/ml-dsa"])
    assert not policy.is_met(["w1/ed25519", "w1/ml-dsa"]), "two keys of one witness are one witness"
    assert parse_policy(joined(texts, 3)).in_words() == "3 of 3: w1, w2, w3"
    for wrong in ((texts, 4), ([texts[0], texts[0]], 1), ([texts[0], "quorum w"], 1)):
        with pytest.raises(Invalid):
            joined(*wrong)
