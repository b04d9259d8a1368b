"""``grant``: drafting, signing, recording, withdrawing. Signing reads the notice to the one who signs."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markdown import Markdown
from rich.table import Table

from consent_service.contract.approvals import PendingApproval
from gateway.cli.session import Session, entry_words, explained, of
from gateway.client import Api, KeyFile
from gateway.client.approving import sign_use, verify_shown
from gateway.client.signing import sign_draft, sign_grant_change
from infra.kernel.clock import SystemClock
from infra.kernel.errors import Invalid

grant = typer.Typer(no_args_is_help=True, help="Permissions: draft, sign, record, withdraw.")

KeyOption = Annotated[Path | None, typer.Option("--key-file", help="The subject's key file.")]
Yes = Annotated[bool, typer.Option("--yes", help="It has been read; do not ask.")]
By = Annotated[str | None, typer.Option(help="Handle of who signs, if not the subject: guardian, union.")]
Reason = Annotated[str, typer.Option(help="Optional, in the subject's own words.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(grant, name="grant")


@grant.command(
    epilog="Example: assent grant draft sub_… --modality face.image --modality voice.clone --purpose entertainment "
    '--description "First Light" --out draft.json'
)
def draft(
    context: typer.Context,
    subject: str,
    *,
    modality: Annotated[list[str], typer.Option(help="May be repeated; each is its own permission.")],
    purpose: Annotated[list[str], typer.Option(help="May be repeated.")],
    description: Annotated[str, typer.Option(help="What it is for, in a sentence.")],
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("draft.json"),
    language: Annotated[list[str] | None, typer.Option(help="Spoken languages, en if none; may be repeated.")] = None,
    days: Annotated[int, typer.Option(help="How long it holds.")] = 365,
    uses: Annotated[int, typer.Option(help="How many takes.")] = 100,
    signed_by: Annotated[
        str | None, typer.Option(metavar="ROLE:HANDLE:EVIDENCE", help="guardian, executor or heir; digest of papers.")
    ] = None,
    authority_until: Annotated[str | None, typer.Option(help="When that authority ends (RFC 3339).")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Where the subject lives: DE, US-CA.")] = None,
) -> None:
    """Exact terms for a permission, with the notice the subject reads. Nothing is recorded yet."""
    session = of(context)
    form = {"subject": subject, "modalities": modality, "purposes": purpose, "description": description,
            "languages": language or ["en"], "days": days, "max_uses": uses, "jurisdiction": jurisdiction,
            "authority": _authority(signed_by, authority_until)}  # fmt: skip
    with explained(session), session.api() as api:
        drafted = api.post("/v1/grants/draft", form)
        out.write_text(json.dumps(drafted, indent=1) + "\n")
        session.show({"file": str(out), **drafted}, human=Markdown(drafted["notice"]["text"]))
        if not session.as_json:
            session.out.print(f"\nwritten to [bold]{out}[/]; the subject signs it with: assent grant sign {out}")


def _authority(signed_by: str | None, until: str | None) -> dict[str, str | None] | None:
    if signed_by is None:
        return None
    role, _, rest = signed_by.partition(":")
    ref, _, evidence = rest.partition(":")
    return {"role": role, "ref": ref, "evidence": evidence, "until": until}


@grant.command(epilog="Example: assent grant sign draft.json --out signed.json")
def sign(
    context: typer.Context,
    file: Path,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("signed.json"),
    key_file: KeyOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="The notice has been read; do not ask.")] = False,
) -> None:
    """Sign a draft with the subject's own key, after reading the notice. Works offline."""
    session = of(context)
    with explained(session):
        drafted = _read(file)
        who = drafted["terms"]["subject"]
        key = session.key_for(who.get("authority_ref") or who["handle"], key_file)
        if not yes:
            session.err.print(Markdown(drafted["notice"]["text"]))
            typer.confirm("Do you permit this?", abort=True, err=True)
        signed = sign_draft(drafted, key.signer)
        out.write_text(json.dumps(signed, indent=1) + "\n")
        session.show(
            {"file": str(out), **signed}, human=f"signed: [bold]{out}[/]; record it: assent grant record {out}"
        )


@grant.command(epilog="Example: assent grant record signed.json")
def record(context: typer.Context, file: Path) -> None:
    """Record a signed grant. The answer holds its place in the ledger and the proof."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.post("/v1/grants", _read(file))
        session.show(found, human=f"grant [bold]{found['ref']}[/] stands: {entry_words(found['ledger_index'])}")


@grant.command()
def show(context: typer.Context, grant: str) -> None:
    """A grant as it stands now."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get(f"/v1/grants/{grant}")
        session.show(found, human=_table([found]))


@grant.command("list")
def list_grants(context: typer.Context, subject: Annotated[str | None, typer.Option()] = None) -> None:
    """The partner's grants, newest first."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/grants", subject=subject))
        session.show(found, human=_table(found))


@grant.command(epilog="Example: assent grant withdraw grt_… --key-file ana.key")
def withdraw(context: typer.Context, grant: str, key_file: KeyOption = None, reason: Reason = "") -> None:
    """End a permission at once, with the subject's own key and nothing else."""
    _change(context, grant, "withdraw", reason, key_file)


@grant.command()
def suspend(context: typer.Context, grant: str, key_file: KeyOption = None, reason: Reason = "", by: By = None) -> None:
    """Hold a permission; it can be resumed. A union that the terms name may do it too."""
    _change(context, grant, "suspend", reason, key_file, by=by)


@grant.command()
def resume(context: typer.Context, grant: str, key_file: KeyOption = None, reason: Reason = "", by: By = None) -> None:
    """Let a suspended permission stand again; whoever suspended it signs."""
    _change(context, grant, "resume", reason, key_file, by=by)


@grant.command(epilog="Example: assent grant narrow grt_… narrower.json --key-file ana.key")
def narrow(context: typer.Context, grant: str, terms: Path, key_file: KeyOption = None, by: By = None) -> None:
    """Allow less from now on. The file holds the sealed terms of the grant's ledger entry, made narrower."""
    _change(context, grant, "narrow", "", key_file, by=by, terms=_read(terms))


@grant.command()
def invalidate(context: typer.Context, grant: str, by: str, key_file: KeyOption = None, reason: Reason = "") -> None:
    """End a grant that should never have stood; ``by`` is the operator who signs."""
    _change(context, grant, "invalidate", reason, key_file, by=by)


@grant.command(epilog="Example: assent grant approve dec_… --key-file ana.key")
def approve(context: typer.Context, decision: str, key_file: KeyOption = None, yes: Yes = False) -> None:
    """Let one film use a permission that is asked for each time. What is said and seen in it is shown first."""
    _answer(context, decision, "approve", key_file, yes)


@grant.command()
def refuse(context: typer.Context, decision: str, key_file: KeyOption = None, yes: Yes = False) -> None:
    """Say no to one film, also after a yes."""
    _answer(context, decision, "refuse", key_file, yes)


def _answer(context: typer.Context, decision: str, verdict: str, key_file: Path | None, yes: bool) -> None:
    session = of(context)
    with explained(session), session.api() as api:
        waiting = PendingApproval.model_validate(api.get(f"/v1/approvals/{decision}"))
        verify_shown(waiting)
        if not yes:
            asked = waiting.request
            session.err.print(
                f"{asked.title}: {asked.purpose}, in {', '.join(asked.territories)}\n\n{asked.screenplay}"
            )
            typer.confirm(f"{verdict.capitalize()} this film?", abort=True, err=True)
        for one in waiting.grants:
            key = _signer(session, api, one, key_file)
            body = sign_use(waiting, one, verdict, now=SystemClock().now(), signer=key.signer)
            found = api.post(f"/v1/approvals/{decision}", body)
            session.show(found, human=f"{verdict}d under grant [bold]{one}[/]: {entry_words(found['ledger_index'])}")


def _signer(session: Session, api: Api, grant: str, key_file: Path | None) -> KeyFile:
    if key_file is not None:
        return KeyFile.load(key_file)
    return session.key_for(api.get(f"/v1/grants/{grant}")["terms"]["subject"]["handle"], None)


def _change(context: typer.Context, grant: str, action: str, reason: str, key_file: Path | None, **more: Any) -> None:
    session = of(context)
    with explained(session), session.api() as api:
        key = _signer(session, api, grant, key_file)
        body = sign_grant_change(grant, action, reason, now=SystemClock().now(), signer=key.signer, **more)
        found = api.post(f"/v1/grants/{grant}/changes", body)
        done = {"withdraw": "withdrawn", "suspend": "suspended", "resume": "resumed", "narrow": "narrowed"}
        session.show(
            found,
            human=f"grant [bold]{grant}[/] is {done.get(action, action + 'd')}: {entry_words(found['ledger_index'])}",
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(file.read_text()))
    except (ValueError, TypeError) as error:
        raise Invalid("cli.not_json", f"{file} does not hold JSON") from error


def _table(grants: list[dict[str, Any]]) -> Table:
    table = Table("grant", "state", "what", "for", "until", "uses left", "entry", box=None)
    for one in grants:
        terms = one["terms"]
        table.add_row(
            one["id"], one["state"], ", ".join(p["modality"] for p in terms["permissions"]),
            ", ".join(terms["scope"]["purposes"]), terms["limits"]["not_after"][:10], str(one["uses_left"]),
            str(one["ledger_index"]),
        )  # fmt: skip
    return table
