"""``audit``: evidence packs made and verified, two views compared, the ledger checked whole, the log followed."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from consent_service.client.diff import Difference, difference
from consent_service.client.export import Extras
from consent_service.client.monitor import Alarm, LogSource, Monitor, Step, Watched
from consent_service.client.report import read_facts, report_html, report_lines
from consent_service.client.scope import Scope
from consent_service.client.verify import UNANCHORED, VERDICTS, Report, verify_export
from gateway.cli.anchors import Key, Witnesses, log_key, policy_of, witness_keys
from gateway.cli.session import EXIT_AWAY, Session, explained, of
from gateway.client import Unreachable
from gateway.client.exporting import export_to
from gateway.client.following import ApiSource, TileSource
from infra.kernel.clock import SystemClock
from infra.kernel.errors import Invalid
from infra.tlog.note import parse_vkey

audit = typer.Typer(no_args_is_help=True, help="Export the ledger, verify it offline, follow it from outside.")

Kept = Annotated[Path | None, typer.Option("--kept", help="A checkpoint that you kept.", exists=True, dir_okay=False)]
PackPath = Annotated[Path, typer.Argument(help="Folder or ZIP file of an export.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(audit, name="audit")


@audit.command(epilog="Example: assent audit export film.zip --production prd_… --key-to log.vkey")
def export(
    context: typer.Context,
    dest: Annotated[Path, typer.Argument(help="New folder, or a file name that ends in .zip.")],
    key_to: Annotated[Path | None, typer.Option(help="Save the verifier key here, apart from the export.")] = None,
    *,
    production: Annotated[str | None, typer.Option(help="Only what is about this production.")] = None,
    grant: Annotated[str | None, typer.Option(help="Only what is about this grant.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only what is about this subject.")] = None,
    partner: Annotated[str | None, typer.Option(help="Only what is about this partner.")] = None,
    start: Annotated[int | None, typer.Option(min=0, help="From this index.")] = None,
    end: Annotated[int | None, typer.Option(min=1, help="Up to this index, exclusive.")] = None,
    since: Annotated[datetime | None, typer.Option(help="From this time (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Up to this time (UTC), exclusive.")] = None,
    complete: Annotated[bool, typer.Option(help="Every entry of the range, so that nothing can be missing.")] = False,
    kept: Kept = None,
    witness: Witnesses = None,
) -> None:
    """Save an evidence pack, whole or about one question. Keep the verifier key apart from it."""
    session = of(context)
    with explained(session), session.api() as api:
        scope = Scope.model_validate(
            {"production": production, "grant": grant, "subject": subject, "partner": partner, "start": start,
             "end": end, "since": _utc(since), "until": _utc(until), "complete": complete}
        )  # fmt: skip
        extras = Extras(tuple([kept.read_text()] if kept else ()), tuple(witness_keys(witness)))
        with session.counting("fetched") as told:
            latest = export_to(api, dest, scope, extras, progress=told)
        if key_to is not None:
            key_to.write_text(latest.vkey + "\n")
        answer = {"path": str(dest), "size": latest.size, "vkey": latest.vkey}
        session.show(answer, human=f"from {latest.size} entries: [bold]{dest}[/]\nverifier key: {latest.vkey}")


@audit.command(epilog="Example: assent audit verify ledger-export --key log.vkey")
def verify(
    context: typer.Context,
    export: PackPath,
    key: Key = None,
    *,
    witness: Witnesses = None,
    quorum: Annotated[int | None, typer.Option(min=1, help="How many witnesses are enough.")] = None,
    policy: Annotated[Path | None, typer.Option(help="A witness policy instead (C2SP tlog-policy).")] = None,
    kept: Kept = None,
) -> None:
    """Verify an export: every hash, every inclusion, every signature, every film's grants. Needs no network.

    Exit codes: 0 witnessed, 10 consistent but unwitnessed, 11 a minority of witnesses, 20 unanchored, 30 diverged,
    40 invalid.
    """
    session = of(context)
    with explained(session):
        if not export.exists():
            raise Invalid("cli.no_export", f"there is nothing at {export}")
        trusted = policy_of(witness, quorum, policy)
        note = kept.read_text() if kept else None
        with session.counting("read") as told:
            report = verify_export(export, log_key(key), policy=trusted, kept=note, progress=told)
        session.show(report.model_dump(mode="json"), human="\n".join(verdict_lines(report)))
    raise typer.Exit(report.verdict)


@audit.command(epilog="Example: assent audit report ledger-export --to report.html")
def report(
    context: typer.Context,
    export: PackPath,
    to: Annotated[Path | None, typer.Option(help="Write the HTML page here.")] = None,
) -> None:
    """What a pack says, in plain words, made anew from its entries; it verifies nothing."""
    session = of(context)
    with explained(session):
        facts = read_facts(export)
        if to is not None:
            to.write_text(report_html(facts), encoding="utf-8")
        lines = report_lines(facts)
        session.show({"lines": lines, "html": str(to) if to else None}, human="\n".join(lines))


@audit.command(epilog="Example: assent audit diff last-month.zip this-month.zip --key log.vkey")
def diff(
    context: typer.Context,
    one: Annotated[Path, typer.Argument(help="An export, or a checkpoint file.", exists=True)],
    two: Annotated[Path, typer.Argument(help="Another one.", exists=True)],
    key: Key = None,
) -> None:
    """Does the newer continue the older, and what was added? Exit codes: 0 yes, 20 nobody can say, 30 no."""
    session = of(context)
    with explained(session):
        pinned = log_key(key)
        found = difference(one, two, parse_vkey(pinned) if pinned else None)
        session.show(found.model_dump(mode="json"), human="\n".join(_diff_lines(found)))
    raise typer.Exit(found.verdict)


@audit.command(epilog="Example: assent audit watch http://127.0.0.1:8080/ledger --key log.vkey --kept log.checkpoint")
def watch(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Where the log's static files lie; 'api' reads the gateway's API.")],
    key: Annotated[str, typer.Option("--key", help="Your own copy of the log's verifier key, or a file with it.")],
    kept: Annotated[Path, typer.Option(help="The last good checkpoint; made at the first look.")] = Path("checkpoint"),
    *,
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between looks.")] = 5.0,
    max_age: Annotated[float, typer.Option(min=0, help="Alarm after so many seconds without news; 0 never.")] = 0.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
    witness: Witnesses = None,
) -> None:
    """Follow a log as a monitor. Exit codes: 30 fork, 31 freeze, 40 unexpected key, 7 nobody answers (with --once)."""
    session = of(context)
    with explained(session):
        trusted = Watched(parse_vkey(log_key(key) or ""), policy_of(witness, None, None), max_age)
        source: LogSource = ApiSource(session.api()) if url == "api" else TileSource(url, transport=session.transport)
        monitor = Monitor(source, trusted, kept, SystemClock())
        while True:
            _look(session, monitor, once=once)
            if once:
                return
            time.sleep(interval)


@audit.command(epilog="Example: assent audit fsck ledger-export --key log.vkey")
def fsck(
    context: typer.Context,
    export: Annotated[Path | None, typer.Argument(help="A whole export; without one the ledger is read now.")] = None,
    key: Key = None,
    store: Annotated[
        bool, typer.Option("--store", help="The store itself, by its own checker, on its machine.")
    ] = False,
) -> None:
    """Rebuild the whole ledger from its entries and check it: hashes, order, signatures, flags, films' grants.

    Without an export it reads every entry through the API first. Exit codes as for verify. With --store the consent
    service's own checker compares every row, node, checkpoint and read model with the entries (ASSENT_DATABASE_URL
    and ASSENT_STATE_DIR name them); it exits 0 when all holds, 1 when not.
    """
    session = of(context)
    with explained(session):
        if store:
            raise typer.Exit(on_the_machine("consent_service.store.fsck", *filter(None, [log_key(key)])))
        found = verify_export(export, log_key(key)) if export else _checked(session, log_key(key))
        if not found.complete or found.entries != found.size:
            raise Invalid("cli.not_whole", "this export is not the whole ledger", fix="export it without a question")
        session.show(found.model_dump(mode="json"), human="\n".join(verdict_lines(found)))
    raise typer.Exit(found.verdict)


def on_the_machine(module: str, *arguments: str) -> int:
    """Run one of the ledger's own tools beside its store; its exit status."""
    if not os.environ.get("ASSENT_DATABASE_URL"):
        raise Invalid(
            "cli.no_database", "ASSENT_DATABASE_URL does not say where the ledger's store is",
            fix='on the machine of the stack: eval "$(python -m infra.stack env --role consent)"',
        )  # fmt: skip
    return subprocess.run([sys.executable, "-m", module, *arguments], check=False).returncode  # noqa: S603 - our module


def verdict_lines(report: Report) -> Iterator[str]:
    """A verifier's report in words."""
    yield f"{report.origin or 'no readable checkpoint'}: {report.entries} of {report.size} entries read"
    if report.complete and report.entries:
        answer = (
            f", {report.matched} of them answer the question" if report.matched != report.end - report.start else ""
        )
        yield f"complete from entry {report.start} to {report.end - 1}: none between is missing{answer}"
    for film in report.films:
        grants = ", ".join(f"{name} (entry {index})" for name, index in film.grants.items()) or "stock cast only"
        yield f"film {film.output_sha256[:16]}… entry {film.index}: covered by {grants}"
    for fault in report.faults:
        place = f"entry {fault.index}" if fault.index is not None else fault.file or "the export"
        yield f"[red]{place}[/]: {fault.code}: {fault.detail}"
    for remark in report.remarks:
        yield f"[yellow]note[/]: {remark}"
    if report.witnesses:
        yield f"witnesses: {', '.join(report.witnesses)}"
    if report.ok and report.verdict == UNANCHORED:
        yield "[yellow]name your own copy of the log's key with --key[/]: without it anybody could have made this"
    if report.ok:
        yield f"[green]{VERDICTS[report.verdict]}[/]: every hash, inclusion and signature and every film's grants hold"
    else:
        yield f"[bold red]{VERDICTS[report.verdict]}[/]: {len(report.faults)} fault(s)"


def _look(session: Session, monitor: Monitor, *, once: bool) -> None:
    try:
        step = monitor.step()
    except Alarm as alarm:
        told: dict[str, Any] = {"alarm": alarm.detail, "exit_code": alarm.exit_code}
        session.show(told, human=f"[bold red]ALARM[/] {alarm.detail}")
        raise typer.Exit(alarm.exit_code) from alarm
    except Unreachable as error:
        hint = "" if "/ledger" in str(error) else " (a gateway serves its log below /ledger)"
        session.show({"away": str(error)}, human=f"[yellow]{error}{hint}[/]")
        if once:
            raise typer.Exit(EXIT_AWAY) from error
        return
    if once or step.size != step.before:
        session.show({"before": step.before, "size": step.size, "kinds": step.kinds}, human=_step_line(step))


def _step_line(step: Step) -> str:
    if not step.before:
        return f"{step.size} entries: the first checkpoint, kept"
    return f"{step.size} entries, {step.size - step.before} new, consistent " + ", ".join(sorted(set(step.kinds)))


def _checked(session: Session, key: str | None) -> Report:
    """Every entry of the ledger as it stands, verified from a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="assent-fsck-") as folder, session.api() as api:
        export_to(api, Path(folder) / "ledger")
        return verify_export(Path(folder) / "ledger", key)


def _diff_lines(found: Difference) -> Iterator[str]:
    colour = {0: "green", 20: "yellow"}.get(found.verdict, "bold red")
    yield f"[{colour}]{found.detail}[/]: {found.older} and {found.newer} entries"
    for one in found.added[:200]:
        yield f"{one.index:>9}  {one.at[:19]}  {one.type}"
    if len(found.added) > 200:
        yield f"and {len(found.added) - 200} more"


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone() if at.tzinfo else datetime.fromisoformat(f"{at.isoformat()}+00:00")
