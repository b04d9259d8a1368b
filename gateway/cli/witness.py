"""``witness``: watch somebody's ledger with a key of your own. It needs nothing of the log's but its verifier key."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gateway.cli.session import explained, of
from infra.kernel.errors import Invalid
from infra.tlog.note import parse_vkey
from infra.tlog.policy import parse_policy

_ALL = "quorum-of-all"
witness = typer.Typer(no_args_is_help=True, help="Cosign a log's checkpoints as a witness (C2SP tlog-witness).")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(witness, name="witness")


@witness.command(epilog="Example: assent witness run --log log.vkey --url https://witness.example.org")
def run(
    context: typer.Context,
    log: Annotated[list[str], typer.Option(help="Your own copy of the log's verifier key, or a file of keys.")],
    *,
    url: Annotated[str, typer.Option(help="Where the log reaches this witness; default: this machine only.")] = "",
    name: Annotated[str, typer.Option(help="The witness's name, a URL without scheme.")] = "witness.assent.local",
    folder: Annotated[Path, typer.Option(help="Folder of its key and record: keep it, and keep it apart.")] = Path(
        "witness"
    ),
    listen: Annotated[str, typer.Option(help="Address and port to listen on.")] = "127.0.0.1:7380",
) -> None:
    """Run a witness until it is stopped. The first start makes its keys; ``<folder>/policy`` is for the log's operator.

    It signs only what continues all it has signed before, and keeps the proof when a log signs two histories.
    """
    with explained(of(context)):
        if " " in name or "+" in name or not name:
            raise Invalid("cli.bad_name", "a witness's name has no spaces and no +")
        host, _, port = listen.rpartition(":")
        if not host or not port.isdecimal():
            raise Invalid("cli.bad_address", "an address to listen on is <host>:<port>")
        for source in log:
            for line in [source] if source.count("+") >= 2 else _lines(Path(source)):
                parse_vkey(line)
    of(context).err.print(
        f"keys, record and policy lie in [bold]{folder}[/]: send {folder / 'policy'} to the log's operator; "
        f"whoever verifies the log gets your keys from you: assent witness show --folder {folder}",
        highlight=False,
    )
    arguments = ["--name", name, "--dir", str(folder), "--host", host, "--port", port, "--url", url]
    _become([*arguments, *(word for source in log for word in ("--log", source))])


@witness.command(epilog="Example: assent witness show --folder witness > w.vkey")
def show(
    context: typer.Context,
    folder: Annotated[Path, typer.Option(help="The witness's folder.")] = Path("witness"),
) -> None:
    """The witness's verifier keys, a line each: hand them to whoever verifies the log, apart from any pack."""
    session = of(context)
    with explained(session):
        policy = folder / "policy"
        if not policy.is_file():
            raise Invalid("cli.no_witness", f"no witness ever ran in {folder}", fix="assent witness run makes its keys")
        keys = [str(key) for key in parse_policy(policy.read_text(encoding="utf-8")).keys]
        if session.as_json:
            session.show({"keys": keys})
        else:
            sys.stdout.write("".join(f"{key}\n" for key in keys))


@witness.command(epilog="Example: assent witness join ours.policy partner.policy --quorum 2 > witnesses.policy")
def join(
    context: typer.Context,
    policies: Annotated[list[Path], typer.Argument(help="Policies that witnesses left in their folders.", exists=True)],
    quorum: Annotated[int | None, typer.Option(min=1, help="How many have to sign; default: more than half.")] = None,
) -> None:
    """Several witnesses' policies as one, for the log's operator: ``<state>/ledger/witnesses.policy``."""
    session = of(context)
    with explained(session):
        text = joined([path.read_text(encoding="utf-8") for path in policies], quorum)
        if session.as_json:
            session.show({"policy": text, "rule": parse_policy(text).in_words()})
        else:
            sys.stdout.write(text)


def joined(policies: Sequence[str], quorum: int | None) -> str:
    """A policy that asks for ``quorum`` of these (more than half by default); raises :class:`Invalid` for one that is
    none, for two witnesses of one name, and for more than there are.
    """
    lines = [line.strip() for text in policies for line in text.splitlines() if line.strip()]
    wanted = [line.split()[1] for line in lines if line.startswith("quorum ")]
    kept = [line for line in lines if not line.startswith(("quorum ", "#"))]
    group = f"group {_ALL} {quorum or len(wanted) // 2 + 1} {' '.join(wanted)}"
    text = "".join(f"{line}\n" for line in [*kept, group, f"quorum {_ALL}"])
    for one in (*policies, text):
        parse_policy(one)
    return text


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise Invalid("cli.no_key", f"{path} is neither a verifier key nor a file", fix="save the log's verifier key")
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _become(arguments: list[str]) -> NoReturn:
    """Replace this program by the witness's own process."""
    command = [sys.executable, "-m", "consent_service.witness", *arguments]
    os.execve(sys.executable, command, {**os.environ, "ASSENT_PROCESS": "witness"})  # noqa: S606 - no shell is the point
