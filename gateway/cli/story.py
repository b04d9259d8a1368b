"""``demo``: the main job, end to end, on this machine."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.session import of
from gateway.demo.house import FOLDER
from gateway.demo.run import OUT, run
from gateway.demo.stage import Stage


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Where film, contact sheet and export go.")] = OUT,
    folder: Annotated[Path, typer.Option(help="Where the stack lives.")] = FOLDER,
    plain: Annotated[bool, typer.Option("--plain", help="Lines only; so it is without a terminal.")] = False,
) -> None:
    """Make a consented film, see it refused, stopped and audited. Starts the stack when none is running."""
    session = of(context)
    mode = "json" if session.as_json else "plain" if plain or not sys.stdout.isatty() else "rich"
    if not run(Stage(mode), out, folder):
        raise typer.Exit(1)
