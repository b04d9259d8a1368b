"""``watch``: a script is rendered again each time it is saved, and what changed is shown with why.

A version that is under way is let finish: its takes are what the next one is made of. What is saved meanwhile is the
next version. A script that cannot be read, or a film that is refused, is said, and the watching goes on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.films import film_form
from gateway.cli.session import Session, explained, of, print_plain, problem_lines
from gateway.client import Api, ApiError
from gateway.client.live import View, watch, what_changed

POLL_S = 0.4
Pause = Callable[[float], None]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "watch",
        epilog="Example: assent watch first_light.fountain --cast ANA=sub_… --cast TOMAS=stock --purpose entertainment",
    )(watch_script)


def watch_script(
    context: typer.Context,
    screenplay: Annotated[Path, typer.Argument(help="The file to watch.", exists=True, dir_okay=False)],
    *,
    cast: Annotated[list[str] | None, typer.Option(help="NAME=sub_… or NAME=stock:who/voice; see produce.")] = None,
    purpose: Annotated[str, typer.Option(help="advertising, entertainment, education, …")] = "entertainment",
    title: Annotated[str | None, typer.Option(help="Default: the file's name.")] = None,
    production: Annotated[str | None, typer.Option(help="A version to go on from.")] = None,
    aspect: Annotated[str, typer.Option(help="16:9, 9:16, 1:1, 4:5 or 4:3.")] = "16:9",
    resolution: Annotated[str, typer.Option(help="480p, 720p or 1080p.")] = "720p",
    to: Annotated[Path | None, typer.Option(help="Save each released film here.")] = None,
) -> None:
    """Render a script on every save. Ends with Ctrl-C."""
    session = of(context)
    with explained(session), session.api() as api:
        form = film_form(api, screenplay, (cast or [], purpose, title))
        loop = Loop(session, api, screenplay, {**form, "aspect": aspect, "resolution": resolution}, to, production)
        try:
            loop.run()
        except KeyboardInterrupt:
            session.err.print("no longer watching", style="dim")


@dataclass
class Loop:
    """The loop of one script. ``base`` is the version that the next one is made from; ``pause`` sleeps."""

    session: Session
    api: Api
    screenplay: Path
    form: dict[str, Any]
    to: Path | None = None
    base: str | None = None
    pause: Pause = time.sleep

    def run(self) -> None:
        """Until interrupted."""
        seen: tuple[int, int] | None = None
        while True:
            now = self._stamp()
            if now is not None and now != seen:
                seen = now
                self.render()
            else:
                self.pause(POLL_S)

    def render(self) -> View | None:
        """One version of the script as it lies there; None where it was not made."""
        try:
            view = self._submitted(self.screenplay.read_text())
        except ApiError as error:
            self._say(error.problem or {"code": error.code, "detail": error.detail})
            return None
        changed = what_changed(view)
        if changed is not None and not self.session.as_json:
            self.session.out.print(changed)
        views = self.api.follow(view["id"])
        last = list(views)[-1] if self.session.as_json else watch(views, self.session.out)
        return self._ended(last or view)

    def _submitted(self, text: str) -> View:
        if self.base is None:
            return dict(self.api.post("/v1/productions", {**self.form, "screenplay": text}))
        return dict(self.api.post(f"/v1/productions/{self.base}/revisions", {"screenplay": text}))

    def _ended(self, view: View) -> View:
        if view["state"] == "released":
            self.base = view["id"]
            if self.to is not None:
                self.api.download(f"/v1/outputs/{view['output']['id']}/video", self.to)
        if self.session.as_json:
            print_plain(view)
        else:
            used = sum(shot["reused"] for shot in view["shots"])
            self.session.out.print(f"{view['state']}: {used} of {len(view['shots'])} takes used again", style="bold")
        return view

    def _say(self, problem: dict[str, Any]) -> None:
        if self.session.as_json:
            print_plain(problem)
            return
        for line in problem_lines(problem):
            self.session.err.print(line, highlight=False)

    def _stamp(self) -> tuple[int, int] | None:
        """When the file was saved last and how long it is; None in the moment an editor replaces it."""
        try:
            found = self.screenplay.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size
