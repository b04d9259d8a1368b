"""``revise``, ``redo``, ``choose``, ``lock``, ``unlock``, ``takes``, ``diff`` and ``compare``: versions of a film."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.films import follow
from gateway.cli.scripts import read_script, script_cast
from gateway.cli.session import Session, explained, of
from gateway.client.live import picture, size_of, what_changed
from infra.kernel.errors import Invalid

Shots = Annotated[list[str], typer.Argument(help="Shots: their keys, or their numbers in this version.")]
Stay = Annotated[bool, typer.Option("--watch", help="Stay until it is over.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: assent revise prd_… first_light.fountain --watch")(revise)
    app.command(epilog="Example: assent redo prd_… 3 --watch")(redo)
    app.command(epilog="Example: assent choose prd_… 3 1 --watch")(choose)
    app.command()(lock)
    app.command()(unlock)
    app.command()(takes)
    app.command()(diff)
    app.command(epilog="Example: assent compare prd_… 3 1 2 --to compare.png")(compare)


def revise(
    context: typer.Context,
    production: str,
    screenplay: Annotated[Path | None, typer.Argument(help="The edited file; none: the same words.")] = None,
    *,
    cast: Annotated[list[str] | None, typer.Option(help="NAME=WHO, for who is cast anew; see produce.")] = None,
    watching: Stay = False,
) -> None:
    """A new version of a film. What nothing touched is used again, after its consent was checked again."""
    session = of(context)
    with explained(session), session.api() as api:
        text = read_script(screenplay) if screenplay else None
        form: dict[str, Any] = {"screenplay": text, "cast": script_cast(api, text or "", cast or []) or None}
    _revised(session, production, form, watching=watching)


def redo(context: typer.Context, production: str, shots: Shots, *, watching: Stay = False) -> None:
    """One more take of these shots; everything else stays."""
    session = of(context)
    _revised(session, production, {"redo": _keys(session, production, shots)}, watching=watching)


def choose(
    context: typer.Context,
    production: str,
    shot: Annotated[str, typer.Argument(help="A shot's key, or its number.")],
    take: Annotated[int, typer.Argument(help="The number of a take of its history; see takes.")],
    *,
    watching: Stay = False,
) -> None:
    """Go back to a take. One that was made to other words brings those words back, and is locked."""
    session = of(context)
    [key] = _keys(session, production, [shot])
    _revised(session, production, {"choose": {key: take}}, watching=watching)


def lock(context: typer.Context, production: str, shots: Shots, *, watching: Stay = False) -> None:
    """Keep the takes of these shots, whatever changes around them."""
    session = of(context)
    _revised(session, production, {"lock": _keys(session, production, shots)}, watching=watching)


def unlock(context: typer.Context, production: str, shots: Shots, *, watching: Stay = False) -> None:
    """Let these shots follow the script again."""
    session = of(context)
    _revised(session, production, {"unlock": _keys(session, production, shots)}, watching=watching)


def takes(
    context: typer.Context,
    production: str,
    shot: Annotated[str | None, typer.Argument(help="A shot's key, or its number; none: all.")] = None,
) -> None:
    """Every take ever made of a film, in any version: why it was made, what allowed it, what became of it."""
    session = of(context)
    key = _keys(session, production, [shot])[0] if shot is not None else None
    with explained(session), session.api() as api:
        found = api.get(f"/v1/productions/{production}/takes", shot=key)["data"]
        if key is None:
            at = {one["key"]: one["number"] for one in api.get(f"/v1/productions/{production}")["shots"]}
            found.sort(key=lambda take: (at.get(take["key"], len(at) + 1), take["key"], take["number"]))
        session.show(found, human=_history(found))


def _history(found: list[dict[str, Any]]) -> Table:
    table = Table(box=None)
    for name in ("shot", "take", "made", "s", "seed", "because of", "grants", "in", "says"):
        table.add_column(
            name, no_wrap=name in {"shot", "take", "made"}, overflow="fold" if name == "shot" else "ellipsis"
        )
    for take in found:
        why = ", ".join(change["what"] for change in take["changes"]) or "first of its kind"
        state = Text(_gone(take["purged"]), "red") if take["purged"] else Text(_counted(take["used_by"]))
        table.add_row(
            take["key"], str(take["number"]), take["made_at"][:16], f"{take['seconds']:.1f}", str(take["seed"]), why,
            ", ".join(f"{one[:12]}…" for one in take["grants"]) or "none", state, take["says"][:40],
        )  # fmt: skip
    return table


def _gone(why: str) -> str:
    """Why a take is no more: a permission that ended, or the end of the only version that had it."""
    return f"its version {why}" if why in {"failed", "cancelled", "stopped", "refused"} else f"purged: {why}"


def _counted(versions: list[str]) -> str:
    return "1 version" if len(versions) == 1 else f"{len(versions)} versions"


def diff(context: typer.Context, production: str) -> None:
    """What changed in this version against the one before, shot by shot."""
    session = of(context)
    with explained(session), session.api() as api:
        view = api.get(f"/v1/productions/{production}")
        told = {
            "revises": view["revises"], "removed": view["removed"],
            "shots": {shot["key"]: shot["changes"] for shot in view["shots"] if shot["changes"]},
            "kept": {shot["key"]: shot["kept"] for shot in view["shots"] if shot["kept"]},
            "held": {shot["key"]: shot["held"] for shot in view["shots"] if shot.get("held")},
        }  # fmt: skip
        session.show(told, human=what_changed(view) or "this is the first version")


def compare(
    context: typer.Context,
    production: str,
    shot: Annotated[str, typer.Argument(help="A shot's key, or its number.")],
    left: Annotated[int, typer.Argument(help="The number of a take.")],
    right: Annotated[int, typer.Argument(help="The number of another.")],
    *,
    to: Annotated[Path, typer.Option(help="File to write: .png or .mp4.")] = Path("compare.png"),
) -> None:
    """Two takes of a shot side by side, with where they differ."""
    session = of(context)
    [key] = _keys(session, production, [shot])
    with explained(session), session.api() as api:
        kind = to.suffix.removeprefix(".").casefold()
        if kind not in {"png", "mp4"}:
            raise Invalid("cli.bad_file", f"{to.name} is neither a .png nor an .mp4", fix="--to compare.png")
        path = f"/v1/productions/{production}/shots/{quote(key)}/compare?left={left}&right={right}&format={kind}"
        size = api.download(path, to)
        session.show({"file": str(to), "bytes": size}, human=f"{to}  {size_of(size)}")


def _keys(session: Session, production: str, shots: list[str]) -> list[str]:
    """Keys of shots named by key or by number. Raises Invalid ``cli.no_such_shot``."""
    with explained(session), session.api() as api:
        known = api.get(f"/v1/productions/{production}")["shots"]
        numbers = {str(shot["number"]): shot["key"] for shot in known}
        keys = [numbers.get(name, name) for name in shots]
        for key in keys:
            if key not in numbers.values():
                raise Invalid(
                    "cli.no_such_shot", f"there is no shot '{key}'", fix=f"see assent production show {production}"
                )
        return keys
    raise typer.Exit(1)


def _revised(session: Session, production: str, form: dict[str, Any], *, watching: bool) -> None:
    with explained(session), session.api() as api:
        view = api.post(f"/v1/productions/{production}/revisions", form)
        if watching:
            changed = what_changed(view)
            if changed is not None and not session.as_json:
                session.out.print(changed)
            follow(session, api, view["id"])
        else:
            session.show(view, human=picture(view))
