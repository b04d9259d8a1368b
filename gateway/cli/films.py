"""``produce``, ``production``, ``cancel``, ``output``, ``sheet``, ``voices``, ``beds`` and ``effects``."""

import hashlib
import tempfile
import zipfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.scripts import form_of, read_script, script_cast
from gateway.cli.session import EXIT_REFUSED, Session, explained, of
from gateway.client import Api
from gateway.client.live import picture, size_of, watch
from infra.kernel.errors import Invalid

production = typer.Typer(no_args_is_help=True, help="Films being made.")
output = typer.Typer(no_args_is_help=True, help="Released films.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog="Example: assent produce examples/first_light.fountain --cast ANA=sub_… "
        "--cast TOMAS=stock/jonas+voice/bram --purpose entertainment --watch"
    )(produce)
    app.add_typer(production, name="production")
    app.add_typer(output, name="output")
    app.command(epilog="Example: assent cancel prd_…")(cancel)
    app.command()(sheet)
    app.command()(voices)
    app.command()(cast)
    app.command()(beds)
    app.command()(effects)


def produce(
    context: typer.Context,
    screenplay: Annotated[Path, typer.Argument(help="Fountain, a storyboard (.json) or a prompt (.txt).")],
    *,
    purpose: Annotated[str, typer.Option(help="advertising, entertainment, education, …")],
    cast: Annotated[
        list[str] | None, typer.Option(help="NAME=sub_… or NAME=stock/who+voice/which; counts before the script.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="For a script without one; else the file's name.")] = None,
    seed: Annotated[int, typer.Option(help="Another number, another picture.")] = 0,
    aspect: Annotated[str, typer.Option(help="16:9, 9:16, 1:1, 4:5 or 4:3.")] = "16:9",
    resolution: Annotated[str, typer.Option(help="480p, 720p or 1080p: the short side.")] = "720p",
    captions: Annotated[str, typer.Option(help="none, sidecar (WebVTT and SRT) or burnt.")] = "sidecar",
    title_card: Annotated[bool, typer.Option("--title-card", help="Open with the title.")] = False,
    language: Annotated[str, typer.Option(help="What it is spoken in, where the title page says nothing.")] = "en",
    loudness: Annotated[float, typer.Option(help="EBU R128 target in LUFS.")] = -16.0,
    watching: Annotated[bool, typer.Option("--watch", help="Stay until it is over.")] = False,
) -> None:
    """Submit a screenplay. A refusal says why and what to do; with --watch a stopped film ends with code 3."""
    session = of(context)
    with explained(session), session.api() as api:
        look = {
            "aspect": aspect, "resolution": resolution, "captions": captions, "title_card": title_card,
            "loudness_lufs": loudness, "language": language,
        }  # fmt: skip
        view = api.post(
            "/v1/productions", {**film_form(api, screenplay, (cast or [], purpose, title)), "seed": seed, **look}
        )
        if watching:
            follow(session, api, view["id"])
        else:
            session.show(view, human=picture(view))


def film_form(api: Api, screenplay: Path, asked: tuple[list[str], str, str | None]) -> dict[str, Any]:
    """A film to submit, from its file and (cast, purpose, title). What the file is follows from its name."""
    cast, purpose, title = asked
    text = read_script(screenplay)
    return {
        "title": title or screenplay.name.partition(".")[0].replace("_", " ").title(), "screenplay": text,
        "format": form_of(screenplay, text), "cast": script_cast(api, text, cast), "purpose": purpose,
    }  # fmt: skip


@production.command()
def show(context: typer.Context, production: str) -> None:
    """One production as it stands."""
    session = of(context)
    with explained(session), session.api() as api:
        view = api.get(f"/v1/productions/{production}")
        session.show(view, human=picture(view))


@production.command("list")
def list_productions(context: typer.Context) -> None:
    """All productions of this partner, newest first."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/productions"))
        table = Table("id", "title", "state", "shots", "submitted", "output", box=None)
        for one in found:
            film = (one.get("output") or {}).get("id", "")
            row = (one["id"], one["title"], one["state"], str(len(one["shots"])), one["submitted_at"][:16], film)
            table.add_row(*row)
        session.show(found, human=table)


@production.command("watch")
def watch_production(context: typer.Context, production: str) -> None:
    """Follow a production until it is over."""
    session = of(context)
    with explained(session), session.api() as api:
        follow(session, api, production)


@production.command()
def cancel(context: typer.Context, production: str) -> None:
    """Stop a production and throw away what was made of it."""
    session = of(context)
    with explained(session), session.api() as api:
        view = api.post(f"/v1/productions/{production}/cancel")
        session.show(view, human=picture(view))


@output.command("show")
def show_output(context: typer.Context, output: str) -> None:
    """What a released film is and what it stands on."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get(f"/v1/outputs/{output}")
        size = f"{found['width']}×{found['height']}, {found['fps']} fps, {found['seconds']:.1f} s"
        human = f"[bold]{found['id']}[/]  {size}\nsha256 {found['sha256']}\nledger entry {found['ledger_index']}"
        session.show(found, human=f"{human}  grants {', '.join(found['grants']) or 'none'}")


@output.command("get", epilog="Example: assent output get out_… --to film.mp4 · assent output get out_… --all")
def get_output(
    context: typer.Context,
    output: str,
    *,
    to: Annotated[Path | None, typer.Option(help="File to write, or folder with --all.")] = None,
    file: Annotated[str | None, typer.Option(help="One file beside it: captions.vtt, timeline.otio, …")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The film and all that lies beside it.")] = False,
) -> None:
    """Save a released film, a file beside it, or everything."""
    session = of(context)
    if everything:
        _save_all(session, output, to or Path(output))
    elif file is not None:
        _save(session, f"/v1/outputs/{output}/files/{file}", to or Path(Path(file).name))
    else:
        _save(session, f"/v1/outputs/{output}/video", to or Path("film.mp4"))


@output.command("files")
def list_files(context: typer.Context, output: str) -> None:
    """What lies beside a released film."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get(f"/v1/outputs/{output}")["files"]
        table = Table("file", "type", "kB", "sha256", box=None)
        for one in found:
            table.add_row(one["name"], one["media_type"], f"{one['bytes'] / 1e3:.1f}", one["sha256"][:16])
        session.show(found, human=table)


def sheet(
    context: typer.Context, output: str, to: Annotated[Path, typer.Option(help="File to write.")] = Path("sheet.png")
) -> None:
    """Save the contact sheet of a released film."""
    _save(of(context), f"/v1/outputs/{output}/contact-sheet", to)


def voices(context: typer.Context) -> None:
    """Stock voices: they belong to nobody."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/voices"))
        table = Table("id", "name", "description", box=None)
        for one in found:
            table.add_row(one["id"], one["name"], one["description"])
        session.show(found, human=table)


def cast(context: typer.Context) -> None:
    """Stock characters: drawn, and nobody."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/cast"))
        table = Table("id", "voice", "cast it with", box=None)
        for one in found:
            table.add_row(one["id"], one["voice"], f"--cast NAME=stock/{one['id']}")
        session.show(found, human=table)


def beds(context: typer.Context) -> None:
    """Sound beds, by the words that call them."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/beds"))
        session.show(found, human=", ".join(found))


def effects(context: typer.Context) -> None:
    """Spot effects, with the words of an action line or of fx= that call them."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/effects"))
        table = Table("effect", "words", box=None)
        for one in found:
            table.add_row(one["name"], ", ".join(one["words"]))
        session.show(found, human=table)


def _save_all(session: Session, output: str, to: Path) -> None:
    """Everything of a film into a folder, each file compared with the digest the house states for it."""
    with explained(session), session.api() as api, tempfile.TemporaryDirectory() as name:
        archive = Path(name) / "all.zip"
        view = api.get(f"/v1/outputs/{output}")
        api.download(f"/v1/outputs/{output}/all", archive)
        digests = {"film.mp4": view["sha256"], "contact_sheet.png": view["contact_sheet"]}
        digests |= {one["name"]: one["sha256"] for one in view["files"]}
        saved = unpacked(archive, to, digests)
        session.show(saved, human="\n".join(f"{one['file']}  {size_of(one['bytes'])}" for one in saved))


def unpacked(archive: Path, to: Path, digests: dict[str, str]) -> list[dict[str, Any]]:
    """Write the files of a ZIP below ``to``; Invalid ``cli.damaged`` for one that is not what was stated, and none
    that was not stated is written.
    """
    saved = []
    with zipfile.ZipFile(archive) as held:
        for name in held.namelist():
            data = held.read(name)
            if digests.get(name) != hashlib.sha256(data).hexdigest():
                raise Invalid("cli.damaged", f"{name} is not the file that was stated", fix="fetch it again")
            path = to / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            saved.append({"file": str(path), "bytes": len(data)})
    return saved


def _save(session: Session, path: str, to: Path) -> None:
    with explained(session), session.api() as api:
        size = api.download(path, to)
        session.show({"file": str(to), "bytes": size}, human=f"{to}  {size_of(size)}")


def follow(session: Session, api: Api, production: str) -> None:
    """Follow it; exit code 3 when it was stopped or refused, 1 when it failed."""
    views = api.follow(production)
    view = list(views)[-1] if session.as_json else watch(views, session.out)
    if view is None:
        raise Invalid("cli.no_events", "the stream ended without an event")
    if session.as_json:
        session.show(view)
    if view["state"] != "released":
        raise typer.Exit(1 if view["state"] == "failed" else EXIT_REFUSED)
