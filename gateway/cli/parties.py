"""``login``, ``whoami``, ``profiles``, ``partner`` and ``operator``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from gateway.cli.session import DEFAULT_URL, Profile, Profiles, Session, entry_words, explained, home, key_path, of
from gateway.client import KeyFile
from infra.kernel.errors import Invalid

partner = typer.Typer(no_args_is_help=True, help="Partners (needs the admin key).")
operator = typer.Typer(no_args_is_help=True, help="Operators (needs the admin key).")

SaveAs = Annotated[str | None, typer.Option("--save-as", metavar="PROFILE", help="Keep its key as a profile.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: assent login --key-file .local/state/secrets/admin.key --save-as admin")(login)
    app.command()(whoami)
    app.command()(profiles)
    app.add_typer(partner, name="partner")
    app.add_typer(operator, name="operator")


def login(
    context: typer.Context,
    url: Annotated[str, typer.Option(envvar="ASSENT_URL", help="Address of the gateway.")] = DEFAULT_URL,
    key: Annotated[str | None, typer.Option(help="API key; asked for when left out.")] = None,
    key_file: Annotated[Path | None, typer.Option(help="File that holds the API key.")] = None,
    save_as: Annotated[str, typer.Option("--save-as", metavar="PROFILE")] = "default",
) -> None:
    """Keep an API key as a profile, after checking that it works, and use it from now on."""
    session = of(context)
    with explained(session):
        if key_file is not None:
            key = key_file.read_text().strip()
        key = key or typer.prompt("API key", hide_input=True)
        with session.api(Profile(url, key)) as api:
            me = api.get("/v1/me")
        Profiles(home()).put(save_as, Profile(url, key, me["id"], me["role"]), use=True)
        session.show(me, human=f"logged in as [bold]{me['role']}[/] {me['id']}; profile [bold]{save_as}[/]")


def whoami(context: typer.Context) -> None:
    """Who this key belongs to and what it may do."""
    session = of(context)
    with explained(session), session.api() as api:
        me = api.get("/v1/me")
        session.show(me, human=f"[bold]{me['role']}[/] {me['id']}\nmay: {', '.join(me['scopes'])}")


def profiles(
    context: typer.Context, use: Annotated[str | None, typer.Option(help="Use this one from now on.")] = None
) -> None:
    """The profiles kept here; keys are not shown."""
    session = of(context)
    with explained(session):
        kept = Profiles(home())
        if use is not None:
            if use not in kept.all:
                raise Invalid("cli.no_such_profile", f"there is no profile '{use}'")
            kept.put(use, kept.all[use], use=True)
        table = Table("", "profile", "role", "party", "gateway", box=None)
        for name, one in kept.all.items():
            table.add_row("▸" if name == kept.current else "", name, one.role or "", one.party or "", one.url)
        rows = {name: {"url": one.url, "party": one.party, "role": one.role} for name, one in kept.all.items()}
        session.show({"current": kept.current, "profiles": rows}, human=table)


@partner.command("create", epilog='Example: assent partner create "Northlight" --tier vetted --save-as northlight')
def create_partner(
    context: typer.Context,
    name: str,
    tier: Annotated[str, typer.Option(help="unvetted or vetted.")] = "unvetted",
    save_as: SaveAs = None,
) -> None:
    """Enter a partner. Its API key is shown once."""
    session = of(context)
    with explained(session), session.api() as api:
        _created(session, api.post("/v1/partners", {"name": name, "tier": tier}), save_as)


@partner.command("list")
def list_partners(context: typer.Context) -> None:
    """All partners."""
    _list(of(context), "/v1/partners")


@operator.command("create", epilog="Example: assent operator create Ada --can pause --save-as ada")
def create_operator(
    context: typer.Context,
    name: str,
    can: Annotated[list[str] | None, typer.Option(help="pause or resume; may be repeated.")] = None,
    save_as: SaveAs = None,
) -> None:
    """Enter an operator and make the key its flag changes are signed with. The key file stays here."""
    session = of(context)
    with explained(session), session.api() as api:
        key = KeyFile.generate()
        body = {"name": name, "public_key": key.public, "can": can or ["pause"]}
        party = api.post("/v1/operators", body)
        key.save(key_path(party["id"]), owner=party["id"])
        _created(session, party, save_as, key_file=key_path(party["id"]))


@operator.command("list")
def list_operators(context: typer.Context) -> None:
    """All operators."""
    _list(of(context), "/v1/operators")


def _created(session: Session, party: dict[str, Any], save_as: str | None, *, key_file: Path | None = None) -> None:
    if save_as is not None:
        profile = Profile(session.profile.url, party["api_key"], party["id"], party["kind"])
        Profiles(home()).put(save_as, profile, use=False)
    lines = [f"{party['kind']} [bold]{party['id']}[/]  ({entry_words(party['ledger_index'])})"]
    lines.append(f"kept as profile [bold]{save_as}[/]" if save_as else f"API key, shown once: {party['api_key']}")
    if key_file is not None:
        lines.append(f"signing key: {key_file}")
    session.show({**party, "key_file": str(key_file) if key_file else None}, human="\n".join(lines))


def _list(session: Session, path: str) -> None:
    with explained(session), session.api() as api:
        found = list(api.pages(path))
        table = Table("id", "name", "tier", "state", "entered", box=None)
        for one in found:
            table.add_row(one["id"], one["display_name"], one["tier"] or "", one["state"], one["created_at"][:16])
        session.show(found, human=table)
