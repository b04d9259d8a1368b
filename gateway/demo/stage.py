"""What the demo says: steps, facts and checks, on a terminal, in plain lines or as one JSON report at the end."""

import json
import time
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.rule import Rule


class DemoFailed(Exception):
    """A step did not do what it promises."""


class Stage:
    """``mode`` is ``rich``, ``plain`` or ``json``. ``report`` collects everything either way."""

    def __init__(self, mode: str, console: Console | None = None) -> None:
        self.mode = mode
        plain = mode != "rich"
        self.console = console or Console(no_color=plain, width=110 if plain else None, stderr=mode == "json")
        self.report: dict[str, Any] = {"steps": []}
        self._began = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the demo was called."""
        return time.monotonic() - self._began

    def step(self, number: int, title: str) -> None:
        """A new step."""
        self.report["steps"].append({"step": number, "title": title, "facts": {}, "checks": []})
        if self.mode == "rich":
            self.console.print()
            self.console.print(Rule(f"[bold]{number}[/]  {title}", align="left", style="cyan"))
        else:
            self._print(f"\n== {number}  {title}")

    def note(self, text: str) -> None:
        """A line that is neither a fact nor a check."""
        self._print(f"   [dim]{escape(text)}[/]")

    def fact(self, name: str, value: Any) -> None:
        """Something read from the system."""
        self._current["facts"][name] = value
        self._print(f"   {escape(name):<22} {escape(str(value))}")

    def check(self, good: bool, promise: str, *, found: Any = None) -> None:
        """A promise, printed only when it was kept; raises :class:`DemoFailed` when it was not."""
        if not good:
            raise DemoFailed(f"{promise} — but found {found!r}" if found is not None else promise)
        self._current["checks"].append(promise)
        self._print(f"   [green]✓[/] {escape(promise)}")

    def finish(self, failure: str | None) -> None:
        """The last line, or the whole report."""
        self.report |= {"ok": failure is None, "failure": failure, "seconds": round(self.elapsed_s, 1)}
        if self.mode == "json":
            typer.echo(json.dumps(self.report, indent=2, default=str, ensure_ascii=False))
        elif failure is None:
            self._print(f"\n[bold green]All of it held.[/]  {self.elapsed_s:.0f} s")
        else:
            self._print(f"\n[bold red]Failed:[/] {escape(failure)}")

    @property
    def _current(self) -> dict[str, Any]:
        if not self.report["steps"]:
            self.report["steps"].append({"step": 0, "title": "before", "facts": {}, "checks": []})
        return dict.__getitem__(self.report, "steps")[-1]  # type: ignore[no-any-return]

    def _print(self, text: str) -> None:
        self.console.print(text, highlight=False, soft_wrap=True)
