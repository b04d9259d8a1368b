"""``retention``: what the terms of grants no longer let be kept."""

from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.session import explained, of

retention = typer.Typer(no_args_is_help=True, help="References that nothing keeps any longer (needs the admin key).")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(retention, name="retention")


@retention.command(epilog="Example: assent retention due --by 2027-01-01T00:00:00Z")
def due(
    context: typer.Context,
    by: Annotated[str | None, typer.Option(help="What will be due by then (RFC 3339).")] = None,
) -> None:
    """Which files are due for deletion."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/retention/due", by=by))
        table = Table("subject", "files", "due since", "evidence kept until", box=None)
        for one in found:
            table.add_row(one["subject"], str(len(one["assets"])), one["due"][:16], (one["evidence_until"] or "")[:10])
        session.show(found, human=table if found else "nothing is due")


@retention.command()
def run(context: typer.Context) -> None:
    """Delete what is due now, and have the ledger say so."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.post("/v1/retention/run")
        lines = [
            f"{one['subject']}  {len(one['assets'])} files  [dim]ledger entry {one['ledger_index']}[/]"
            for one in found["deleted"]
        ]
        session.show(found, human="\n".join(lines) or "nothing was due")
