"""``python -m tests.faults.ledger.drill [kill] [crowd] [tamper] [states]``: the drills in full, tables and JSON.

Everything runs on private durable servers below ``.local/run`` and is gone afterwards. ``ASSENT_DRILL_SEED`` draws a
run again; ``ASSENT_DRILL_SHARE`` (0 … 1, default 1) shortens all of them. Exit code 1 when a drill found a fault.
"""

import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.stack.temporary import TemporaryServers
from tests.databases import Databases
from tests.faults.ledger import crowd, killing, tampering
from tests.faults.ledger.scene import ROOT, fresh_seed, scene

OUT = ROOT / "out" / "drill"
POINTS, ENTRIES, EDITS, EXAMPLES = 200, 100_000, 1_000, 60
Table = list[tuple[str, ...]]


def main(names: list[str]) -> int:
    """Run the named drills, all by default."""
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # connections are lost here on purpose
    share, seed = float(os.environ.get("ASSENT_DRILL_SHARE", "1")), int(os.environ.get("ASSENT_DRILL_SEED", "0"))
    unknown = set(names) - DRILLS.keys()
    if unknown:
        sys.stderr.write(f"no such drill: {', '.join(sorted(unknown))}; there are {', '.join(DRILLS)}\n")
        return 2
    good = [_drill(name, share, seed or fresh_seed()) for name in names or DRILLS]
    return 0 if all(good) else 1


def _drill(name: str, share: float, seed: int) -> bool:
    print(f"== {name}, seed {seed}", flush=True)
    servers = TemporaryServers(ROOT / ".local" / "run", durable=True)
    began = datetime.now(UTC)
    try:
        value, table, faults = DRILLS[name](servers, share, seed)
    finally:
        servers.close()
    OUT.mkdir(parents=True, exist_ok=True)
    report = {"drill": name, "at": began.isoformat(timespec="seconds"), "conditions": conditions(), **value}
    (OUT / f"{name}.json").write_text(json.dumps(report, indent=1, default=str) + "\n", encoding="utf-8")
    _print(table)
    print(f"{name}: {'all held' if not faults else f'FAULTS {faults}'}; {conditions()}\n", flush=True)
    return not faults


def conditions() -> str:
    """Under what it ran."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"


def _folder(servers: TemporaryServers) -> Path:
    return Path(tempfile.mkdtemp(prefix="drill-", dir=servers.claim()))


def _kill(servers: TemporaryServers, share: float, seed: int) -> tuple[dict[str, Any], Table, Any]:
    folder = _folder(servers)
    with scene(folder) as running:
        report = killing.run(running, folder, points=round(POINTS * share), seed=seed)
    table = [("killed with SIGKILL", "times", "next answer, median ms", "longest ms")]
    for victim, times in sorted(report.recovery_ms.items()):
        ordered = sorted(times)
        table.append((victim, str(len(times)), f"{ordered[len(ordered) // 2]:.0f}", f"{ordered[-1]:.0f}"))
    verdict = report.verdict
    table += [
        ("entries; acknowledged; lost", str(verdict.entries), str(verdict.acknowledged), str(verdict.lost)),
        ("duplicated; skipped; reordered", str(verdict.duplicated), str(verdict.skipped), str(verdict.reordered)),
        ("checkpoints read; pairs; inconsistent", str(verdict.checkpoints), str(verdict.pairs),
         str(verdict.inconsistent)),
        ("checker's findings; seconds", str(len(verdict.problems)), f"{report.seconds:.0f}", ""),
    ]  # fmt: skip
    return report.as_json(), table, report.faults()


def _crowd(servers: TemporaryServers, share: float, seed: int) -> tuple[dict[str, Any], Table, Any]:
    folder = _folder(servers)
    with scene(folder) as running:
        report = crowd.run(running, folder, entries=round(ENTRIES * share), seed=seed)
    verdict = report.verdict
    table = [
        ("writers; back ends ended; seconds", str(report.writers), str(report.cut), f"{report.seconds:.0f}"),
        ("entries; followed by the reader; seen otherwise", str(verdict.entries), str(report.followed),
         str(report.unfollowed)),
        ("rolled back; seen all the same; overtaken", str(report.dropped), str(report.resurrected),
         str(report.overtaken)),
        ("skipped; duplicated; reordered", str(verdict.skipped), str(verdict.duplicated), str(verdict.reordered)),
        ("acknowledged; lost; checker's findings", str(verdict.acknowledged), str(verdict.lost),
         str(len(verdict.problems))),
    ]  # fmt: skip
    return report.as_json(), table, report.faults()


def _tamper(servers: TemporaryServers, share: float, seed: int) -> tuple[dict[str, Any], Table, Any]:
    databases = Databases(servers.postgres().admin_url)
    report = tampering.run(databases.fresh(), _folder(servers), edits=round(EDITS * share), seed=seed)
    table = [("kind", "edits", "refused by trigger first", "by constraint", "found by fsck", "by verifier")]
    for kind, by in report.found.items():
        edits = sum(count for who, count in by.items() if who != "trigger")
        counts = [by.get(who, 0) for who in ("trigger", "constraint", "fsck", "verifier")]
        table.append((kind, str(edits), *map(str, counts)))
    table.append(("undetected", str(len(report.undetected)), "", "", "", ""))
    return report.as_json(), table, report.undetected


def _states(_: TemporaryServers, share: float, seed: int) -> tuple[dict[str, Any], Table, Any]:
    examples = max(1, round(EXAMPLES * share))
    settings = {"ASSENT_DRILL_EXAMPLES": str(examples)}  # on a server of the tests' own: no power is cut here
    command = [sys.executable, "-m", "pytest", "tests/consent_service/ledger/test_state_machine.py",
               f"--hypothesis-seed={seed}"]  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False)
    seconds = time.monotonic() - began
    value = {"seed": seed, "examples": examples, "seconds": seconds, "passed": done.returncode == 0}
    return value, [("histories; seconds", str(examples), f"{seconds:.0f}")], done.returncode


def _print(table: Table) -> None:
    widths = [max(len(row[n]) for row in table if n < len(row)) for n in range(max(map(len, table)))]
    for row in table:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=False)).rstrip())


DRILLS: dict[str, Callable[[TemporaryServers, float, int], tuple[dict[str, Any], Table, Any]]] = {
    "states": _states, "tamper": _tamper, "kill": _kill, "crowd": _crowd,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
