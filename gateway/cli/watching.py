"""``watch``: a script is rendered again each time it is saved, and what changed is shown with why.

A version that is under way is let finish: its takes are what the next one is made of. What is saved meanwhile is the
next version. A script that cannot be read, a film that is refused and a house that does not answer are said, and the
watching goes on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli.films import film_form
from gateway.cli.scripts import read_script, script_cast
from gateway.cli.session import Session, explained, of, print_plain, problem_lines, problem_of
from gateway.client import Api, ApiError, Unreachable
from gateway.client.live import View, ending, watch, what_changed
from infra.kernel.errors import AssentError

POLL_S, RETRY_S = 0.4, 2.0
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
    cast: Annotated[
        list[str] | None, typer.Option(help="NAME=sub_… or NAME=stock/who+voice/which; see produce.")
    ] = None,
    purpose: Annotated[str, typer.Option(help="advertising, entertainment, education, …")] = "entertainment",
    title: Annotated[str | None, typer.Option(help="For a script without one; else the file's name.")] = None,
    production: Annotated[str | None, typer.Option(help="A version to go on from.")] = None,
    aspect: Annotated[str, typer.Option(help="16:9, 9:16, 1:1, 4:5 or 4:3.")] = "16:9",
    resolution: Annotated[str, typer.Option(help="480p, 720p or 1080p: the short side.")] = "720p",
    captions: Annotated[str, typer.Option(help="none, sidecar (WebVTT and SRT) or burnt.")] = "sidecar",
    title_card: Annotated[bool, typer.Option("--title-card", help="Open with the title.")] = False,
    language: Annotated[str, typer.Option(help="What it is spoken in, where the title page says nothing.")] = "en",
    loudness: Annotated[float, typer.Option(help="EBU R128 target in LUFS, -31 to -9.")] = -16.0,
    to: Annotated[Path | None, typer.Option(help="Save each released film here.")] = None,
) -> None:
    """Render a script on every save. Ends with Ctrl-C; a film that is being made then is made to its end."""
    session = of(context)
    look = {
        "aspect": aspect, "resolution": resolution, "captions": captions, "title_card": title_card,
        "loudness_lufs": loudness, "language": language,
    }  # fmt: skip

    def form(api: Api) -> dict[str, Any]:
        return {**film_form(api, screenplay, (cast or [], purpose, title)), **look}

    with explained(session), session.api() as api:
        loop = Loop(session, api, screenplay, form, to, production, asked=cast or [])
        try:
            loop.run()
        except KeyboardInterrupt:
            session.err.print("no longer watching", style="dim")
            if loop.running is not None:
                session.err.print(f"{loop.running} is being made to its end; stop it with: "
                                  f"assent cancel {loop.running}", highlight=False)  # fmt: skip


@dataclass
class Loop:
    """The loop of one script. ``form`` makes a first version of the file as it lies there, ``base`` is the version
    that the next one is made from, ``asked`` who is cast whatever the script says; ``pause`` sleeps.
    """

    session: Session
    api: Api
    screenplay: Path
    form: Callable[[Api], dict[str, Any]]
    to: Path | None = None
    base: str | None = None
    pause: Pause = time.sleep
    asked: list[str] = field(default_factory=list)
    running: str | None = None
    _cast: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Until interrupted."""
        seen: tuple[int, int] | None = None
        away = False
        while True:
            now = self._stamp()
            if now is None or now == seen:
                self.pause(POLL_S)
                continue
            try:
                self.render()
                seen, away = now, False
            except Unreachable as error:
                if not away:
                    self._say(problem_of(error))
                away = True
                self.pause(RETRY_S)

    def render(self) -> View | None:
        """One version of the script as it lies there; None where it was not made. Raises Unreachable."""
        try:
            view = self._submitted()
            self.running = view["id"]
            changed = what_changed(view)
            if changed is not None and not self.session.as_json:
                self.session.out.print(changed)
            views = self.api.follow(view["id"])
            last = list(views)[-1] if self.session.as_json else watch(views, self.session.out)
            return self._ended(last or view)
        except (ApiError, AssentError, OSError) as error:
            self._say(problem_of(error))
            return None
        finally:
            self.running = None

    def _submitted(self) -> View:
        """The next version, submitted. Whom the script no longer names goes back to whom it names now."""
        if self.base is None:
            form = self.form(self.api)
            view = dict(self.api.post("/v1/productions", form))
        else:
            text = read_script(self.screenplay)
            form = {"screenplay": text, "cast": script_cast(self.api, text, self.asked)}
            gone = self._cast - set(form["cast"])
            view = dict(self.api.post(
                f"/v1/productions/{self.base}/revisions", {**form, "cast": {**form["cast"], **dict.fromkeys(gone)}}
            ))  # fmt: skip
        self._cast = set(form["cast"])
        return view

    def _ended(self, view: View) -> View:
        self.running = None
        if view["state"] == "released":
            self.base = view["id"]
            if self.to is not None:
                self.api.download(f"/v1/outputs/{view['output']['id']}/video", self.to)
        if self.session.as_json:
            print_plain(view)
        else:
            used = sum(shot["reused"] for shot in view["shots"])
            self.session.out.print(f"{view['state']}: {used} of {len(view['shots'])} takes used again", style="bold")
            if self.session.out.is_terminal and (end := ending(view)) is not None:
                self.session.out.print(end, highlight=False, markup=False, soft_wrap=True)
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
