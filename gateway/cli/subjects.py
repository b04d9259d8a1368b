"""``subject``: enrolling people and their reference files."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Group
from rich.table import Table

from gateway.cli.anchors import Key, log_key
from gateway.cli.session import Session, entry_words, explained, key_path, of
from gateway.client import KeyFile
from gateway.client.histories import checked_history
from gateway.client.signing import sign_erasure
from infra.kernel.clock import SystemClock
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
        human = f"subject [bold]{party['id']}[/]  ({entry_words(party['ledger_index'])})\nthe subject's own key: {kept}"
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


@subject.command(epilog="Example: assent subject export sub_… --out about-me.zip")
def export(context: typer.Context, handle: str, out: Annotated[Path | None, typer.Option()] = None) -> None:
    """Everything that is kept about a subject, in one file (GDPR Art. 15)."""
    session = of(context)
    with explained(session), session.api() as api:
        target = out or Path(f"{handle}.zip")
        size = api.download(f"/v1/subjects/{handle}/export", target)
        session.show({"file": str(target), "bytes": size}, human=f"{target}  ({size} bytes)")


@subject.command(epilog="Example: assent subject erase sub_… --key-file ana.key")
def erase(
    context: typer.Context,
    handle: str,
    *,
    key_file: Annotated[Path | None, typer.Option(help="The subject's key file, or the operator's.")] = None,
    by: Annotated[str | None, typer.Option(help="The operator who signs; the subject when left out.")] = None,
    reason: Annotated[str, typer.Option(help="consent_withdrawn, unlawful, legal_order, deceased")] = "request",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Erase a subject for ever: name, files, keys and texts. The ledger's entries and proofs stay."""
    session = of(context)
    with explained(session), session.api() as api:
        signer = session.key_for(by or handle, key_file).signer
        if not yes and not typer.confirm(f"Erase {handle}? This cannot be undone", err=True):
            raise typer.Exit(1)
        body = sign_erasure(handle, by=by or handle, reason=reason, now=SystemClock().now(), signer=signer)
        found = api.post(f"/v1/subjects/{handle}/erasure", body)
        session.show(found, human=f"[bold]{handle}[/] is erased: {entry_words(found['recorded']['ledger_index'])}")


@subject.command(epilog="Example: assent subject history sub_… --prove --key <verifier key> --no-use 100:250")
def history(
    context: typer.Context,
    handle: Annotated[str, typer.Argument(help="The subject, or a saved history.json.")],
    *,
    prove: Annotated[bool, typer.Option("--prove", help="Verify the proof here.")] = False,
    key: Key = None,
    no_use: Annotated[str | None, typer.Option(metavar="A:B", help="No use ran between entries A and B.")] = None,
    standing: Annotated[str | None, typer.Option(metavar="GRANT:N", help="Not withdrawn as of size N.")] = None,
    save: Annotated[Path | None, typer.Option(help="Keep the history as JSON, to be verified offline.")] = None,
) -> None:
    """Every ledger entry that concerns a subject, with the proof that none is missing.

    Without --key the proof is held against the key that the gateway names, and says so.
    """
    session = of(context)
    with explained(session):
        found = _found(session, handle)
        if save is not None:
            save.write_text(json.dumps(found, indent=1) + "\n")
        claims = (
            checked_history(found, key=log_key(key), no_use=no_use, standing=standing)
            if prove or no_use or standing
            else []
        )
        told = [json.loads(leaf) for leaf in found["leaves"]]
        table = Table("entry", "when", "what", box=None)
        for item, entry in zip(found["proof"]["items"], told, strict=False):
            table.add_row(str(item["index"]), entry["at"], entry["type"])
        session.show({**found, "claims": claims}, human=Group(table, *claims))


def _found(session: Session, handle: str) -> dict[str, Any]:
    if handle.endswith(".json"):
        return dict(json.loads(Path(handle).read_text()))
    with session.api() as api:
        return dict(api.get(f"/v1/subjects/{handle}/history"))


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
