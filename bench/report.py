"""What a measurement hands over: named figures with units, the goal and the peer they are held against.

A bench module ends with::

    report = Report("guard", conditions="2 cores, 200,000 calls")
    report.add("read, median", 0.41, "µs", at_most=2.0, peer=("empty call", 0.05))
    report.write()

The file ``out/bench/<name>.json`` is a list of ``{metric, value, unit, goal, met, peer, ratio, conditions}``.
"""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "out" / "bench"


@dataclass(frozen=True)
class Figure:
    """One number. ``goal`` is the bound in words, ``met`` None where there is no goal; ``peer`` names what was measured
    beside it in the same run, ``ratio`` is value over the peer's value, ``conditions`` says under what it was measured.
    """

    metric: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None
    peer: str = ""
    ratio: float | None = None
    conditions: str = ""


@dataclass
class Report:
    """The figures of one bench. ``conditions`` holds for all of them; the machine and its load are added."""

    bench: str
    out: Path = OUT
    figures: list[Figure] = field(default_factory=list)
    conditions: str = ""

    def add(
        self, metric: str, value: float, unit: str, *, at_most: float | None = None, at_least: float | None = None,
        peer: tuple[str, float] | None = None,
    ) -> Figure:  # fmt: skip
        """Note a figure; give at most one bound. ``peer`` is (name, value in the same unit). Prints the figure."""
        goal, met = "", None
        if at_most is not None:
            goal, met = f"≤ {at_most:g}", value <= at_most
        elif at_least is not None:
            goal, met = f"≥ {at_least:g}", value >= at_least
        name, ratio = "", None
        if peer is not None and peer[1]:
            name, ratio = f"{peer[0]}: {peer[1]:.4g} {unit}", float(value) / peer[1]
        figure = Figure(metric, float(value), unit, goal, met, name, ratio, self._conditions())
        self.figures.append(figure)
        sys.stdout.write(line(self.bench, figure) + "\n")
        return figure

    def write(self) -> Path:
        """Write the JSON file; its path."""
        self.out.mkdir(parents=True, exist_ok=True)
        path = self.out / f"{self.bench}.json"
        content = json.dumps([asdict(figure) for figure in self.figures], indent=1, ensure_ascii=False)
        path.write_text(content + "\n", encoding="utf-8")
        return path

    def _conditions(self) -> str:
        load = os.getloadavg()[0]
        machine = f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}, load {load:.1f}"
        return "; ".join(part for part in (self.conditions, machine) if part)


def read(path: Path) -> Report:
    """A report from its file."""
    figures = [Figure(**figure) for figure in json.loads(path.read_text(encoding="utf-8"))]
    return Report(path.stem, path.parent, figures)


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 … 1) of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))]


def line(bench: str, figure: Figure) -> str:
    """One figure as a line of the table: ``guard  read, median  0.41 µs  (goal ≤ 2: met)  0.31 × peer``."""
    verdict = "" if figure.met is None else f"  (goal {figure.goal}: {'met' if figure.met else 'MISSED'})"
    beside = "" if figure.ratio is None else f"  = {figure.ratio:.2f} × {figure.peer}"
    return f"{bench:<16} {figure.metric:<44} {figure.value:>12,.3f} {figure.unit:<10}{verdict}{beside}"
