"""``flag``: what may run at all. One operator narrows, two widen."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from gateway.cli.session import explained, of
from gateway.client.signing import flag_change, sign_approval, sign_flag_change
from infra.kernel.clock import SystemClock
from infra.kernel.errors import Invalid
from infra.kernel.ids import new_id

flag = typer.Typer(no_args_is_help=True, help="Feature flags: see, pause, resume, approve.")

KeyOption = Annotated[Path | None, typer.Option("--key-file", help="The operator's key file.")]
_COLOURS = {"on": "green", "limited": "cyan", "paused": "red", "off": "red"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(flag, name="flag")


@flag.command("list")
def list_flags(context: typer.Context) -> None:
    """Every flag, its state and the ledger entry that set it."""
    session = of(context)
    with explained(session), session.api() as api:
        found = list(api.pages("/v1/flags"))
        table = Table("flag", "state", "since", "entry", "why", "waiting", box=None)
        for one in found:
            waiting = f"{one['pending']['change_id']} → {one['pending']['state']}" if one["pending"] else ""
            state = Text(one["state"], _COLOURS[one["state"]])
            table.add_row(one["key"], state, one["since"][:19], str(one["ledger_index"]), one["reason"] or "", waiting)
        session.show(found, human=table)


@flag.command()
def show(context: typer.Context, flag: str) -> None:
    """One flag."""
    session = of(context)
    with explained(session), session.api() as api:
        found = api.get(f"/v1/flags/{flag}")
        human = f"[bold]{flag}[/] is {found['state']} since {found['since']}, ledger entry {found['ledger_index']}"
        session.show(found, human=human)


@flag.command(epilog='Example: assent --as ada flag pause allow.video_generation --reason "a report came in"')
def pause(
    context: typer.Context, flag: str, reason: Annotated[str, typer.Option()], key_file: KeyOption = None
) -> None:
    """Stop a feature everywhere, at once, with one operator's signature."""
    _change(context, flag, "paused", reason, key_file)


@flag.command(epilog='Example: assent --as ada flag resume allow.video_generation --reason "looked into it"')
def resume(
    context: typer.Context,
    flag: str,
    reason: Annotated[str, typer.Option()],
    to: Annotated[str, typer.Option(help="limited or on.")] = "limited",
    key_file: KeyOption = None,
) -> None:
    """Propose to let a feature run again. It takes effect when a second operator approves."""
    _change(context, flag, to, reason, key_file)


@flag.command(epilog="Example: assent --as bob flag approve allow.video_generation")
def approve(context: typer.Context, flag: str, key_file: KeyOption = None) -> None:
    """Approve the widening that waits on a flag, as the second operator."""
    session = of(context)
    with explained(session), session.api() as api:
        operator = api.get("/v1/me")["id"]
        key = session.key_for(operator, key_file)
        waiting = api.get(f"/v1/flags/{flag}")["pending"]
        if waiting is None:
            raise Invalid("cli.nothing_waits", f"nothing waits for approval on {flag}")
        now = SystemClock().now()
        body = sign_approval(waiting["change_id"], operator=operator, now=now, signer=key.signer)
        found = api.post(f"/v1/flags/{flag}/approvals", body)
        session.show(found, human=_said(found))


def _change(context: typer.Context, flag: str, state: Any, reason: str, key_file: Path | None) -> None:
    session = of(context)
    with explained(session), session.api() as api:
        operator = api.get("/v1/me")["id"]
        key = session.key_for(operator, key_file)
        change = flag_change(
            flag, state, reason, operator=operator, change_id=new_id("chg"), now=SystemClock().now(),
            like=api.get(f"/v1/flags/{flag}"),
        )  # fmt: skip
        found = api.post(f"/v1/flags/{flag}/changes", sign_flag_change(change, key.signer))
        session.show(found, human=_said(found))


def _said(found: dict[str, Any]) -> str:
    flag, index = found["flag"], found["recorded"]["ledger_index"]
    if found["pending"]:
        return f"[bold]{flag['key']}[/] stays {flag['state']} until a second operator approves; ledger entry {index}"
    return f"[bold]{flag['key']}[/] is {flag['state']}: ledger entry {index}"
