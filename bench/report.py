"""What a measurement hands over: named figures with units and, where there is one, the goal they are held against.

A bench module ends with::

    report = Report("guard")
    report.add("read, median", 0.41, "µs", at_most=2.0)
    report.write()
"""

import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "out" / "bench"


@dataclass(frozen=True)
class Figure:
    """One number. ``goal`` is the bound in words, ``met`` None where there is no goal."""

    name: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None


@dataclass
class Report:
    """The figures of one bench, kept as ``<out>/<bench>.json``."""

    bench: str
    out: Path = OUT
    figures: list[Figure] = field(default_factory=list)

    def add(
        self, name: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None
    ) -> Figure:
        """Note a figure; give at most one bound. Prints it, so that a bench run alone is readable."""
        goal, met = "", None
        if at_most is not None:
            goal, met = f"≤ {at_most:g}", value <= at_most
        elif at_least is not None:
            goal, met = f"≥ {at_least:g}", value >= at_least
        figure = Figure(name, float(value), unit, goal, met)
        self.figures.append(figure)
        sys.stdout.write(line(self.bench, figure) + "\n")
        return figure

    def write(self) -> Path:
        """Write the JSON file; its path."""
        self.out.mkdir(parents=True, exist_ok=True)
        path = self.out / f"{self.bench}.json"
        machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
        content = {
            "bench": self.bench,
            "at": time.time(),
            "machine": machine,
            "figures": [asdict(f) for f in self.figures],
        }
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return path


def read(path: Path) -> Report:
    """A report from its file."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Report(content["bench"], path.parent, [Figure(**figure) for figure in content["figures"]])


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 … 1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]


def line(bench: str, figure: Figure) -> str:
    """One row of the table."""
    mark = {None: "", True: "met", False: "MISSED"}[figure.met]
    return f"{bench:<12} {figure.name:<44} {figure.value:>12,.3f} {figure.unit:<10} {figure.goal:<10} {mark}".rstrip()
