"""``ledger``: reading the ledger online, and its keys on the machine of its store. ``audit`` has the rest."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gateway.cli.audit import on_the_machine, verify
from gateway.cli.session import explained, of

ledger = typer.Typer(no_args_is_help=True, help="The ledger: checkpoint, entries, proofs, keys.")
keys = typer.Typer(no_args_is_help=True, help="The keys the ledger signs with, changed on the machine of its store.")
ROTATE = "consent_service.sequencer.rotate"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(ledger, name="ledger")
    ledger.add_typer(keys, name="keys")
    ledger.command("verify", hidden=True)(verify)


@ledger.command()
def checkpoint(context: typer.Context) -> None:
    """The latest signed checkpoint and the verifier key to pin."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get("/v1/ledger/checkpoint")
        seen = found["cosigned"]
        by = f"{seen['size']} entries, by {', '.join(seen['witnesses'])} ({seen['quorum']})" if seen else "nothing yet"
        session.show(found, human=f"{found['note']}\nverifier key: {found['vkey']}\nwitnessed: {by}")


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


@keys.command("show")
def show_keys(context: typer.Context) -> None:
    """The active verifier keys, oldest first, as the ledger's entries say."""
    _rotate(context, "show")


@keys.command("add", epilog="Example: assent ledger keys add --signer pkcs11:token=log;object=2027")
def add_key(
    context: typer.Context,
    signer: Annotated[str | None, typer.Option(help="Address of a key made already: sealed:… or pkcs11:…")] = None,
) -> None:
    """Begin an overlap: enter a new key. From now on checkpoints carry both signatures.

    Hand the new key to your witnesses and readers before you retire the old one: a witness that does not know it yet
    stops cosigning then.
    """
    _rotate(context, "add", *(["--signer", signer] if signer else []))


@keys.command("retire", epilog="Example: assent ledger keys retire 6ad4a10c")
def retire_key(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key id (8 hex digits) or the whole verifier key.")],
) -> None:
    """End the overlap: take a key out. Another one has to be active."""
    _rotate(context, "retire", key)


def _rotate(context: typer.Context, *words: str) -> None:
    with explained(of(context)):
        raise typer.Exit(on_the_machine(ROTATE, *words))
