"""A production on the terminal: decision, permits, shots, takes, progress; redrawn as it moves."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

View = dict[str, Any]

COLOURS = {
    "waiting": "dim", "speaking": "cyan", "spoken": "cyan", "rendering": "yellow", "rendered": "green",
    "stopped": "red", "failed": "red", "queued": "cyan", "assembling": "yellow", "released": "green",
    "refused": "red", "cancelled": "red", "purged": "red",
}  # fmt: skip


def picture(view: View) -> RenderableType:
    """The view, drawn."""
    colour = COLOURS.get(view["state"], "white")
    phase = "" if view["phase"] == view["state"] else f"  {view['phase']}"
    head = Text.assemble((view["title"], "bold"), "  ", (view["state"], f"bold {colour}"), phase)
    parts: list[RenderableType] = [head, _decision(view["decision"]), _shots(view["shots"])]
    changed = what_changed(view)
    if changed is not None:
        parts.append(changed)
    if view["state"] != "released":
        parts.append(_phases(view))
    bar = Table.grid()  # a bar alone ends without a line break
    bar.add_row(ProgressBar(total=1.0, completed=view["fraction"], width=60, complete_style=colour))
    parts.append(bar)
    if view.get("output"):
        out = view["output"]
        parts.append(Text(f"released {out['id']}: {out['seconds']:.1f} s, ledger entry {out['ledger_index']}", "green"))
    if view.get("stop"):
        parts.append(Text(why(view["stop"]), "red"))
    return Panel(Group(*parts), title=view["id"], title_align="left", border_style=colour)


def what_changed(view: View) -> RenderableType | None:
    """What is different from the version before, shot by shot, and why each is made again; None for a first version."""
    if not view.get("revises"):
        return None
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("#", "shot", "what", "before", "after", ""):
        table.add_column(name, justify="right" if name == "#" else "left", no_wrap=name in {"#", "shot", "what"})
    for shot in view["shots"]:
        for change in shot["changes"]:
            colour, note = ("dim", "upstream") if change["upstream"] else ("yellow", "")
            cells = (change["what"], change["before"][:48], change["after"][:48], note)
            table.add_row(str(shot["number"]), shot["key"], *(Text(cell, colour) for cell in cells))
        if shot["kept"]:
            table.add_row(str(shot["number"]), shot["key"], Text("kept", "cyan"), "", f"locked to {shot['kept']}", "")
        for change in shot.get("held", ()):
            cells = (f"{change['what']} held back", change["before"][:48], change["after"][:48], "unlock to follow")
            table.add_row(str(shot["number"]), shot["key"], *(Text(cell, "magenta") for cell in cells))
    for key in view["removed"]:
        table.add_row("", key, Text("removed", "red"), "", "", "")
    if not table.rows:
        return Text(f"nothing has changed since {view['revises']}", "dim")
    return table


def _phases(view: View) -> RenderableType:
    """How far each phase is, and the time left."""
    told = "  ".join(f"{name} {done:.0%}" for name, done in (view.get("phases") or {}).items())
    left = view.get("eta_s")
    return Text.assemble((told, "dim"), "" if left is None else f"   {clock(left)} left")


def why(stop: dict[str, Any]) -> str:
    """Why a film is not to be had, in a line."""
    return f"{stop['code']}: {stop['detail']}"


def size_of(count: int) -> str:
    """``3.4 kB``, ``1.3 MB``."""
    return f"{count / 1e3:.1f} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"


def clock(seconds: float) -> str:
    """``1:05`` for sixty-five seconds."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def _decision(decision: dict[str, Any]) -> RenderableType:
    verdict = ("allowed", "green") if decision["allow"] else ("refused", "red")
    grants = ", ".join(sorted(set(decision["grants"].values())))
    return Text.assemble(
        "decision ",
        (decision["id"], "dim"),
        "  ",
        verdict,
        f"  ledger entry {decision['ledger_index']}  ",
        f"by {grants}" if grants else "no grant needed",
    )


def _shots(shots: Iterable[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("#", "key", "shot", "size", "who", "s", "state", "", "permits", "entries", "take"):
        table.add_column(name, justify="right" if name in {"#", "s"} else "left", no_wrap=True)
    for shot in shots:
        colour = COLOURS.get(shot["state"], "white")
        take = (
            (shot["take"] or "")[:8] + (" reused" if shot["reused"] else "") + (" locked" if shot.get("lock") else "")
        )
        table.add_row(
            str(shot["number"]), shot.get("key", ""), shot["heading"][:34], shot["size"],
            ", ".join(shot["characters"])[:18],
            f"{shot['seconds']:.1f}", Text(shot["state"], colour),
            ProgressBar(total=1.0, completed=shot["fraction"], width=14, complete_style=colour),
            _some(shot["permits"], 8), _some(shot["ledger_indices"], 8), take,
        )  # fmt: skip
    return table


def _some(items: list[Any], length: int) -> str:
    """The first of them, and how many more."""
    if not items:
        return ""
    more = f" +{len(items) - 1}" if len(items) > 1 else ""
    return str(items[0])[:length] + more


def summary(view: View) -> str:
    """One line, for terminals that cannot redraw."""
    done = sum(shot["state"] == "rendered" for shot in view["shots"])
    used = sum(shot["reused"] for shot in view["shots"])
    phase = "" if view["phase"] == view["state"] else view["phase"]
    told = f"{view['state']:<10} {view['fraction']:>4.0%}  {done}/{len(view['shots'])} shots" + (
        f", {used} used again" if used else ""
    )
    now = next((shot for shot in view["shots"] if shot["state"] == "rendering"), None)
    working = f"  shot {now['number']} {now['fraction']:.0%}" if now and view["state"] == "rendering" else ""
    left = "" if view.get("eta_s") is None else f"  {clock(view['eta_s'])} left"
    return f"{told}  {phase}{working}{left}".rstrip()


def ending(view: View) -> str | None:
    """What came of a film, with what to ask for next; None while it is being made."""
    if view.get("output"):
        out = view["output"]
        return f"{out['id']}  {out['seconds']:.1f} s, ledger entry {out['ledger_index']}: assent output get {out['id']}"
    return why(view["stop"]) if view.get("stop") else None


def watch(views: Iterable[View], console: Console, *, plain: bool = False) -> View | None:
    """Show views as they come; answers the last one. Plain: one line whenever it says something new."""
    last: View | None = None
    if plain or not console.is_terminal:
        said: tuple[Any, ...] = ()
        for last in views:
            if not said:
                console.print(f"{last['id']}  {last['title']}", highlight=False, markup=False)
            news = (last["state"], last["phase"], sum(shot["state"] == "rendered" for shot in last["shots"]))
            if news != said:
                console.print(summary(last), highlight=False, markup=False)
                said = news
        end = ending(last) if last is not None else None
        if end is not None:
            console.print(end, highlight=False, markup=False, soft_wrap=True)
        return last
    with Live(console=console, refresh_per_second=8, transient=False) as live:
        for last in views:
            live.update(picture(last))
    return last
