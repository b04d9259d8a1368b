"""``subject``: enrolling people and their reference files."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.session import explained, key_path, of
from gateway.client import KeyFile
from infra.kernel.errors import Invalid

subject = typer.Typer(no_args_is_help=True, help="People: enrolment, faces and voices.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(subject, name="subject")


@subject.command(epilog='Example: assent subject enrol "Ana Sol"')
def enrol(
    context: typer.Context,
    name: str,
    key_file: Annotated[Path | None, typer.Option(help="The subject's key; a new one is made when left out.")] = None,
) -> None:
    """Enrol a person by their own key. A key file is made for them here; it is theirs and is sent nowhere."""
    session = of(context)
    with explained(session), session.api() as api:
        key = KeyFile.load(key_file) if key_file else KeyFile.generate()
        party = api.post("/v1/subjects", {"display_name": name, "public_key": key.public})
        kept = key_file or key_path(party["id"])
        if key_file is None:
            key.save(kept, owner=party["id"])
        human = f"subject [bold]{party['id']}[/]  (ledger entry {party['ledger_index']})\nthe subject's own key: {kept}"
        session.show({**party, "key_file": str(kept)}, human=human)


@subject.command(epilog="Example: assent subject upload sub_… --face portrait.png --voice sample.wav")
def upload(
    context: typer.Context,
    handle: str,
    face: Annotated[Path | None, typer.Option(help="Portrait with exactly one face: PNG, JPEG, WEBP.")] = None,
    voice: Annotated[Path | None, typer.Option(help="Voice sample: WAV, FLAC, MP3.")] = None,
) -> None:
    """Send reference files. They are checked, re-encoded and kept encrypted."""
    session = of(context)
    with explained(session), session.api() as api:
        if face is None and voice is None:
            raise Invalid("cli.nothing_to_send", "name a file", fix="use --face, --voice or both")
        sent = {}
        for kind, path in (("face", face), ("voice", voice)):
            if path is not None:
                sent[kind] = api.upload(f"/v1/subjects/{handle}/{kind}", path)
        session.show(sent, human="\n".join(_measured(kind, asset) for kind, asset in sent.items()))


@subject.command()
def show(context: typer.Context, handle: str) -> None:
    """A subject with their reference files."""
    session = of(context)
    with explained(session), session.api() as api:
        party = api.get(f"/v1/subjects/{handle}")
        assets = list(api.pages(f"/v1/subjects/{handle}/assets"))
        lines = [f"[bold]{party['display_name']}[/]  {party['id']}  {party['state']}"]
        session.show({**party, "assets": assets}, human="\n".join([*lines, *(_measured(a["kind"], a) for a in assets)]))


@subject.command("list")
def list_subjects(context: typer.Context) -> None:
    """The subjects enrolled through this partner."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/subjects"))
        table = Table("id", "name", "state", box=None)
        for one in found:
            table.add_row(one["id"], one["display_name"], one["state"])
        session.show(found, human=table)


def _measured(kind: str, asset: dict[str, Any]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in asset["quality"].items())
    return f"{kind:<6} sha256 {asset['sha256'][:16]}…  [dim]{facts}[/]"
