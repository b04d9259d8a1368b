"""``grant import``: a catalogue of grants and requests from a file, in batches; run again, it goes on."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from consent_service.contract.batches import BATCH_LIMIT
from gateway.cli.grants import grant
from gateway.cli.session import EXIT_REFUSED, Session, explained, of
from gateway.client.catalogue import Item, read_catalogue, send_catalogue


def register(app: typer.Typer) -> None:
    """Add the command; it belongs to ``grant``."""
    grant.command("import", epilog="Example: assent grant import catalogue.jsonl --dry-run")(import_)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="JSON lines, or CSV whose column `file` names JSON files.")],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and check the file, send nothing.")] = False,
    batch: Annotated[int, typer.Option(min=1, max=BATCH_LIMIT, help="Items with one commit.")] = BATCH_LIMIT,
) -> None:
    """Record a catalogue of signed grants and requests. Run it again to go on: nothing is recorded twice."""
    session = of(context)
    with explained(session):
        items = read_catalogue(file)
        if dry_run:
            signed = sum("signature" in item for item in items)
            counts = {"items": len(items), "signed": signed, "requests": len(items) - signed}
            session.show(counts, human=f"{len(items)} items: {signed} signed grants, {len(items) - signed} requests")
            return
        answers = _send(session, items, batch)
    refused = [one for one in answers if one.get("recorded") is None]
    for one in () if session.as_json else refused:
        session.err.print(f"{one['key']}  {one['problem']['code']}  {one['problem']['detail']}", markup=False)
    told = {"recorded": len(answers) - len(refused), "refused": len(refused), "data": answers}
    session.show(told, human=f"{told['recorded']} recorded, {len(refused)} refused")
    if refused:
        raise typer.Exit(EXIT_REFUSED)


def _send(session: Session, items: list[Item], size: int) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []
    with session.api() as api, Progress(console=session.err, transient=True, disable=session.as_json) as progress:
        task = progress.add_task("recording", total=len(items))
        for told in send_catalogue(api, items, size=size):
            answers += told
            progress.advance(task, len(told))
    return answers
