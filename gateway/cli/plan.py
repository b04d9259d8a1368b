"""``plan``: the shots a script would become, with who is in them and for how long, or every mistake in it. Submits
nothing.
"""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from gateway.cli.scripts import form_of, read_script, script_cast
from gateway.cli.session import EXIT_WRONG, explained, of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan", epilog="Example: assent plan examples/last_train.fountain")(plan_file)


def plan_file(
    context: typer.Context,
    script: Annotated[Path, typer.Argument(help="Fountain, a storyboard (.json) or a prompt (.txt).", exists=True)],
    *,
    cast: Annotated[
        list[str] | None, typer.Option(help="NAME=sub_… or NAME=stock/who+voice/which, as for produce.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The seed the film would be made with.")] = 0,
    language: Annotated[str, typer.Option(help="What it is spoken in, where the title page says nothing.")] = "en",
    captions: Annotated[str, typer.Option(help="none, sidecar or burnt: what cannot be burnt is told.")] = "sidecar",
) -> None:
    """Show what a script would become. A script with mistakes ends with code 5, and each is shown with its place."""
    session = of(context)
    with explained(session), session.api() as api:
        text = read_script(script)
        cast_as = script_cast(api, text, cast or [])
        form = {
            "screenplay": text, "format": form_of(script, text), "cast": cast_as, "seed": seed, "language": language,
            "captions": captions,
        }  # fmt: skip
        view = api.post("/v1/plans", form)
        session.show(view, human=told(view, script.name))
    if view["problems"]:
        raise typer.Exit(EXIT_WRONG)


def told(view: dict[str, Any], name: str) -> RenderableType:
    """A plan, or its problems, for the terminal."""
    if view["problems"]:
        return "\n".join(line for problem in view["problems"] for line in _mistake(name, problem))
    table = Table("#", "at", "s", "shot", "who and what", "said", "sound", box=None)
    for shot in view["shots"]:
        table.add_row(*(escape(cell) for cell in _cells(shot)))
    title = f"{escape(view['title'] or name)}: {len(view['shots'])} shots, {view['seconds']:.1f} s"
    return Group(f"[bold]{title}[/]", table, *(f"[yellow]assumed:[/] {escape(note)}" for note in view["notes"]))


def _mistake(name: str, problem: dict[str, Any]) -> list[str]:
    place = f":{problem['line']}:{problem['column']}" if problem.get("line") else ""
    where = f"{name}{place}" + (f" {problem['pointer']}" if problem.get("pointer") else "")
    return [f"[yellow]{escape(where)}[/]  {escape(problem['detail'])}", f"    fix: {escape(problem['fix'])}"]


def _cells(shot: dict[str, Any]) -> tuple[str, ...]:
    framing = " ".join(
        word for word in (shot["size"], shot["angle"], shot["camera"], shot["transition"]) if word not in ("eye", "cut")
    )
    who = "; ".join(f"{one['name']} {one['where']} {one['doing']}".strip() for one in shot["entities"])
    said = " / ".join(f"{line['character']}: {line['text']}" for line in shot["lines"])
    sound = " ".join([shot["bed"] or "", *(f"{one['name']}@{one['at_s']:g}" for one in shot["effects"])]).strip()
    marks = " [locked]" if shot["lock"] else ""
    card = f" “{shot['title_card']}”" if shot["title_card"] else ""
    return (
        str(shot["number"]), f"{shot['start_s']:.1f}", f"{shot['seconds']:.1f}", framing + marks,
        f"{shot['place']}{card}" + (f" · {who}" if who else ""), said, sound,
    )  # fmt: skip
