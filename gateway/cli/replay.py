"""``audit replay``: every decision of a ledger made again from its entries alone, and compared with what it says."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from consent_service.client import pack
from consent_service.client.replay import Replayed, replay
from consent_service.client.verify import INVALID, VERDICTS, verify_export
from gateway.cli.anchors import Key, log_key
from gateway.cli.audit import audit
from gateway.cli.session import explained, of
from gateway.client.exporting import export_to
from infra.eventlog.log import Event
from infra.kernel.errors import Invalid
from infra.tlog.leaf import LEAF_LIMIT, read_leaf

_SHOWN = 100


def register(_app: typer.Typer) -> None:
    """Add the command, below ``audit``."""
    audit.command("replay", epilog="Example: assent audit replay ledger.zip --key log.vkey")(make_again)


def make_again(
    context: typer.Context,
    export: Annotated[Path | None, typer.Argument(help="A whole export; without one the ledger is read now.")] = None,
    key: Key = None,
) -> None:
    """Make every decision again, by the rules of this release, and compare: same answer, same grants, same reasons.

    The export is verified first. Exit codes: 0 every decision is the same, 40 one is not (or the export does not hold).
    Decisions made under other rules than this release's are named as such.
    """
    session = of(context)
    with explained(session), tempfile.TemporaryDirectory(prefix="assent-replay-") as folder:
        if export is None:
            with session.api() as api:
                export = Path(folder) / "ledger"
                export_to(api, export)
        found = _replayed(export, log_key(key))
        told = {"decisions": len(found), "same": sum(not one.faults for one in found),
                "differing": [one.model_dump(mode="json") for one in found if one.faults]}  # fmt: skip
        session.show(told, human="\n".join(_lines(found)))
    raise typer.Exit(INVALID if any(one.faults for one in found) else 0)


def _replayed(export: Path, key: str | None) -> list[Replayed]:
    """Raises :class:`Invalid` for an export that is not whole, or does not hold."""
    if not export.exists():
        raise Invalid("cli.no_export", f"there is nothing at {export}")
    report = verify_export(export, key)
    if not report.ok:
        raise Invalid("cli.not_valid", f"the export does not hold: {VERDICTS[report.verdict]}", fix="see audit verify")
    if not report.complete or report.entries != report.size:
        raise Invalid("cli.not_whole", "this export is not the whole ledger", fix="export it without a question")
    with pack.open_pack(export) as reader:
        return replay(_events(reader, report.size))


def _events(reader: pack.PackReader, size: int) -> Iterator[Event]:
    return (read_leaf(reader.read(pack.entry_path(index), LEAF_LIMIT), index) for index in range(size))


def _lines(found: list[Replayed]) -> Iterator[str]:
    different = [one for one in found if one.faults]
    for one in different[:_SHOWN]:
        yield f"[red]entry {one.index}[/]: {one.decision}: {'; '.join(one.faults)}"
    kept = [one for one in found if not one.replayable]
    if kept:
        yield f"[yellow]note[/]: {len(kept)} decisions hold no request and cannot be made again"
    other = [one for one in found if not one.same_rules]
    if other:
        rules = ", ".join(sorted({one.policy for one in other}))
        yield f"[yellow]note[/]: {len(other)} were made under other rules than this release's ({rules})"
    again = len(found) - len(kept)
    allowed = sum(one.allow for one in found if one.replayable)
    colour = "bold red" if different else "green"
    yield (f"[{colour}]{again - len(different)} of {again} decisions[/] come out the same: "
           f"{allowed} allowed, {again - allowed} denied")  # fmt: skip
