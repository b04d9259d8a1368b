"""Step 6: the ledger is exported and verified by processes that have the export, the log's public key and the keys of
the witness on this machine, no more.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from gateway.client.exporting import export_to
from gateway.demo.films import View
from gateway.demo.people import People
from gateway.demo.stage import Stage

WITNESSED, UNWITNESSED, INVALID = 0, 10, 40
WORDS = {WITNESSED: "witnessed", UNWITNESSED: "consistent, no witness asked"}


def prove(stage: Stage, people: People, film: View, out: Path, *, witnesses: Path | None = None) -> None:
    """Export, verify, flip a byte, verify again. ``witnesses`` is the policy with the witnesses' keys, known from them
    and not from the export; without it nobody but the log answers for the root.
    """
    stage.step(6, "The ledger is verified offline, by a separate process")
    export = out / "export"
    shutil.rmtree(export, ignore_errors=True)
    latest = export_to(people.partner, export)
    (out / "log.vkey").write_text(latest.vkey + "\n")
    stage.fact("export", f"{export}  ({latest.size} entries)")
    stage.fact("log's public key", latest.vkey)
    policy = out / "witnesses.policy"
    policy.write_text(witnesses.read_text() if witnesses else "quorum none\n")
    verdict, report = _verify(export, latest.vkey, policy)
    good = verdict == (WITNESSED if witnesses else UNWITNESSED) and not report["faults"]
    stage.check(good, "every hash, every inclusion and the signature hold", found=(verdict, report["faults"][:3]))
    if witnesses:
        names = sorted({name.partition("/")[0] for name in report["witnesses"]})
        stage.check(bool(names), f"the witness {', '.join(names)} cosigned this very root, by its own key")
    stage.check(report["entries"] == report["size"] == latest.size, f"all {latest.size} entries were read")
    covered = {one["output_sha256"]: one["grants"] for one in report["films"]}
    stage.check(film["output"]["sha256"] in covered, "the film is among the published ones")
    grants = covered[film["output"]["sha256"]]
    stage.check(grants == {people.grant: people.grant_index}, f"it is covered by {people.grant}", found=grants)
    stage.fact("verdict", f"exit code {verdict} ({WORDS[verdict]})")
    _flip(stage, export, latest.vkey, people.grant_index)


def _flip(stage: Stage, export: Path, vkey: str, index: int) -> None:
    """One byte of one entry is changed in a copy."""
    with tempfile.TemporaryDirectory(prefix="assent-flipped-") as folder:
        copy = Path(folder) / "export"
        shutil.copytree(export, copy)
        entry = copy / "entries" / f"{index:09d}.json"
        data = bytearray(entry.read_bytes())
        place = len(data) // 2
        data[place] ^= 0x01
        entry.write_bytes(bytes(data))
        verdict, report = _verify(copy, vkey)
    named = {fault["index"] for fault in report["faults"]}
    stage.check(verdict == INVALID, f"with byte {place} of entry {index} flipped, verification fails", found=verdict)
    stage.check(index in named, f"and names entry {index}", found=sorted(named, key=str))
    fault = next(fault for fault in report["faults"] if fault["index"] == index)
    stage.fact("fault", f"entry {index}: {fault['code']}: {fault['detail']}")


def _verify(export: Path, vkey: str, policy: Path | None = None) -> tuple[int, dict[str, Any]]:
    """Run ``assent audit verify`` with an empty environment and an empty folder to stand in."""
    words = [sys.executable, "-m", "gateway.cli", "audit", "verify", str(export.resolve()), "--key", vkey, "--json"]
    words += ["--policy", str(policy.resolve())] if policy else []
    root = str(Path(__file__).resolve().parents[2])
    with tempfile.TemporaryDirectory(prefix="assent-verify-") as empty:
        env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": root, "HOME": empty}
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            words, capture_output=True, text=True, check=False, cwd=empty, env=env, timeout=300
        )
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, {"faults": [{"index": None, "code": "cli", "detail": done.stderr[-300:]}], "films": []}
