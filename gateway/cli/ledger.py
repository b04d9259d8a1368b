"""``ledger`` and ``audit``: reading the ledger online, exporting it, verifying an export offline."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from consent_service.client.verify import Report, verify_export
from gateway.cli.session import explained, of
from gateway.client.exporting import export_to
from infra.kernel.errors import Invalid

ledger = typer.Typer(no_args_is_help=True, help="The ledger: checkpoint, entries, proofs.")
audit = typer.Typer(no_args_is_help=True, help="Export the ledger and verify it offline.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(ledger, name="ledger")
    app.add_typer(audit, name="audit")


@ledger.command()
def checkpoint(context: typer.Context) -> None:
    """The latest signed checkpoint and the verifier key to pin."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get("/v1/ledger/checkpoint")
        session.show(found, human=f"{found['note']}\nverifier key: {found['vkey']}")


@ledger.command(epilog="Example: assent ledger entries --start 0 --limit 20")
def entries(
    context: typer.Context,
    start: Annotated[int, typer.Option(min=0)] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1024)] = 50,
) -> None:
    """Entries in their one global order."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get("/v1/ledger/entries", start=start, limit=limit)
        table = Table("#", "at", "type", "actor", "stream", "leaf hash", box=None)
        for one in found["data"]:
            envelope = one["envelope"]
            actor = f"{envelope['actor']['kind']} {envelope['actor']['ref'][:12]}"
            row = (envelope["at"][:19], envelope["type"], actor, envelope["stream"][:28], one["leaf_hash"][:12])
            table.add_row(str(one["index"]), *row)
        session.show(found, human=table)


@ledger.command(epilog="Example: assent ledger proof 12 --to 12.tlog-proof")
def proof(
    context: typer.Context,
    index: int,
    to: Annotated[Path | None, typer.Option(help="Save it as a file.")] = None,
) -> None:
    """That an entry is in the ledger, as a C2SP tlog-proof."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get("/v1/ledger/proof", index=index)
        if to is not None:
            to.write_text(found["tlog_proof"])
        session.show(found, human=found["tlog_proof"])


@ledger.command()
def consistency(context: typer.Context, old: int, new: int) -> None:
    """That a larger tree continues a smaller one."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get("/v1/ledger/consistency", old=old, new=new)
        session.show(found, human="\n".join(found["hashes"]) or "(no hashes needed)")


@audit.command(epilog="Example: assent audit export ledger-export --key-to log.vkey")
def export(
    context: typer.Context,
    dest: Annotated[Path, typer.Argument(help="New folder, or a file name that ends in .zip.")],
    key_to: Annotated[Path | None, typer.Option(help="Save the verifier key here, apart from the export.")] = None,
) -> None:
    """Save every entry with its proof, for verifying offline. Keep the verifier key apart from it."""
    session = of(context)
    with explained(session), session.api() as api:
        latest = export_to(api, dest)
        if key_to is not None:
            key_to.write_text(latest.vkey + "\n")
        told = {"path": str(dest), "size": latest.size, "vkey": latest.vkey}
        session.show(told, human=f"{latest.size} entries: [bold]{dest}[/]\nverifier key: {latest.vkey}")


@ledger.command("verify", hidden=True)
@audit.command(epilog="Example: assent audit verify ledger-export --key log.vkey")
def verify(
    context: typer.Context,
    export: Annotated[Path, typer.Argument(help="Exported folder or ZIP file.")],
    key: Annotated[str, typer.Option("--key", help="Your own copy of the log's verifier key, or a file with it.")],
) -> None:
    """Verify an export: every hash, every inclusion, the signature, every film's grants. Needs no network.

    Exit codes: 0 witnessed, 10 consistent but unwitnessed, 11 a minority of witnesses, 20 unanchored, 30 diverged,
    40 invalid.
    """
    session = of(context)
    with explained(session):
        if not export.exists():
            raise Invalid("cli.no_export", f"there is nothing at {export}")
        given = Path(key)
        report = verify_export(export, given.read_text().strip() if given.is_file() else key)
        session.show(report.model_dump(mode="json"), human="\n".join(report_lines(report)))
    raise typer.Exit(report.verdict)


def report_lines(report: Report) -> Iterator[str]:
    """A report in words."""
    yield f"{report.origin or 'no readable checkpoint'}: {report.entries} of {report.size} entries read"
    for film in report.films:
        grants = ", ".join(f"{name} (entry {index})" for name, index in film.grants.items()) or "stock cast only"
        yield f"film {film.output_sha256[:16]}… entry {film.index}: covered by {grants}"
    for fault in report.faults:
        place = f"entry {fault.index}" if fault.index is not None else fault.file or "the export"
        yield f"[red]{place}[/]: {fault.code}: {fault.detail}"
    if report.ok:
        yield "[green]consistent[/]: every hash, every inclusion, the signature and every film's grants hold"
    else:
        yield f"[bold red]invalid[/]: {len(report.faults)} fault(s)"
