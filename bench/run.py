"""``python -m bench.run [name …]``: run the measurements one after the other and print all figures as one table.

A bench that ends with an error makes the command fail. A missed goal is marked; ``--strict`` makes it fail too.
"""

import argparse
import importlib.util
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.report import OUT, Report, line, read

HERE = Path(__file__).resolve().parent
NOT_BENCHES = {"__init__", "run", "report"}
LIMIT_S = 300.0
LIMITS_S = {"render": 1500.0, "ledger": 900.0}
"""Benches that are let run longer: one makes whole films, the other a ledger of a million entries."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; 0 when every bench ran (and, with --strict, met its goals)."""
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("names", nargs="*", help="benches; all when none is named")
    parser.add_argument("--strict", action="store_true", help="fail when a goal is missed")
    options = parser.parse_args(arguments)
    found = discover()
    if unknown := set(options.names) - set(found):
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(found)}")
    broken, reports = run_all(options.names or found)
    print_table(reports)
    for name in broken:
        print(f"bench {name} did not finish", file=sys.stderr)
    missed = any(figure.met is False for report in reports for figure in report.figures)
    return 1 if broken or (options.strict and missed) else 0


def discover(folder: Path = HERE) -> list[str]:
    """Names of the benches: every module of the folder that is not the runner's own and not private."""
    names = {path.stem for path in folder.glob("*.py")} - NOT_BENCHES
    return sorted(name for name in names if not name.startswith("_"))


def run_all(names: Sequence[str], *, package: str = "bench", out: Path = OUT) -> tuple[list[str], list[Report]]:
    """Run each in its own process: those that failed, and the reports of the others."""
    broken, reports = [], []
    for name in names:
        print(f"== {name}", flush=True)
        began = time.time()
        file = out / f"{name}.json"
        if not _run(f"{package}.{name}") or not file.exists() or file.stat().st_mtime < began - 1.0:
            broken.append(name)
            continue
        reports.append(read(file))
    return broken, reports


def print_table(reports: Sequence[Report]) -> None:
    """All figures, one a line."""
    print()
    for report in reports:
        for figure in report.figures:
            print(line(report.bench, figure))


def _run(module: str) -> bool:
    if importlib.util.find_spec(module) is None:
        return False
    limit = LIMITS_S.get(module.rpartition(".")[2], LIMIT_S)
    try:
        done = subprocess.run([sys.executable, "-m", module], cwd=HERE.parent, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
