"""``audit receipt``: COSE receipts (RFC 9942) fetched, and verified offline with your own copy of the log's key."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer
from typer.core import TyperGroup

from gateway.cli.audit import audit
from gateway.cli.session import Session, explained, of
from gateway.client import Api
from infra.kernel.errors import Invalid
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.cose import Inclusion, decode_receipt, verify_consistency_receipt, verify_inclusion_receipt
from infra.tlog.note import VerifierKey, parse_vkey

_INVALID = 40


class EntryByDefault(TyperGroup):
    """Takes ``receipt 7`` for ``receipt entry 7``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``ctx`` is the context of the click that typer carries inside."""
        if args and args[0] not in (*self.commands, "--help"):
            args = ["entry", *args]
        return super().parse_args(ctx, args)


receipt = typer.Typer(cls=EntryByDefault, no_args_is_help=True, help="COSE receipts (RFC 9942): `receipt 7`, `verify`.")

Out = Annotated[Path | None, typer.Option("--out", help="Where to save it.", dir_okay=False)]
KeyId = Annotated[str | None, typer.Option("--key-id", help="Signed by this key, while the log changes its key.")]


def register(_app: typer.Typer) -> None:
    """Add the commands, below ``audit``."""
    audit.add_typer(receipt, name="receipt")


@receipt.command(epilog="Example: assent audit receipt 7 --out 7.cose --leaf-to 7.json")
def entry(
    context: typer.Context,
    index: Annotated[int, typer.Argument(min=0, help="The entry's index.")],
    out: Out = None,
    *,
    leaf_to: Annotated[Path | None, typer.Option(help="Save the entry's exact bytes too.", dir_okay=False)] = None,
    size: Annotated[int | None, typer.Option(min=2, help="Under the root of this size.")] = None,
    key_id: KeyId = None,
) -> None:
    """Save the receipt that an entry is in the ledger, under the newest root that was signed for receipts."""
    session = of(context)
    with explained(session), session.api() as api:
        url = f"/ledger/receipts/{index}?{_query(size=size, key=key_id)}"
        _fetch(session, api, url, out or Path(f"{index}.cose"))
        if leaf_to is not None:
            leaf_to.write_bytes(_leaf(api, index))


@receipt.command(epilog="Example: assent audit receipt consistency 100 --out growth.cose")
def consistency(
    context: typer.Context,
    old: Annotated[int, typer.Argument(min=1, help="The size of the tree that you know.")],
    out: Out = None,
    new: Annotated[int | None, typer.Option(min=2, help="Under the root of this size.")] = None,
    key_id: KeyId = None,
) -> None:
    """Save the receipt that the ledger still holds its first OLD entries, and has only grown since."""
    session = of(context)
    with explained(session), session.api() as api:
        url = f"/ledger/receipts/consistency?{_query(old=old, new=new, key=key_id)}"
        _fetch(session, api, url, out or Path(f"from-{old}.cose"))


@receipt.command(epilog="Example: assent audit receipt verify 7.cose --leaf 7.json --key log.vkey")
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The receipt.", exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option("--key", help="Your own copy of the log's verifier key, or a file of keys.")],
    leaf: Annotated[Path | None, typer.Option(help="The entry's exact bytes.", exists=True, dir_okay=False)] = None,
    kept: Annotated[Path | None, typer.Option(help="A checkpoint you kept.", exists=True, dir_okay=False)] = None,
) -> None:
    """Verify a receipt: of an entry with its bytes, of growth with a checkpoint you kept. Needs no network.

    Exit codes: 0 it holds, 40 it does not.
    """
    session = of(context)
    with explained(session):
        keys = _keys(key)
        old = open_checkpoint(kept.read_text(encoding="utf-8"), *keys) if kept else None
        try:
            told = _proven(file.read_bytes(), leaf, old, keys)
        except Invalid as error:
            if error.code.startswith("cli."):
                raise
            told = {"holds": False, "code": error.code, "detail": error.detail, "fix": error.fix}
        session.show(told, human="\n".join(_lines(told)))
    raise typer.Exit(0 if told["holds"] else _INVALID)


def _proven(data: bytes, leaf: Path | None, old: SignedTree | None, keys: Sequence[VerifierKey]) -> dict[str, Any]:
    """What the receipt proves; raises :class:`Invalid` when it does not, or when what it needs was not named."""
    found = decode_receipt(data)
    told: dict[str, Any] = {"holds": True, "origin": found.origin, "size": found.size, "key": found.key_id.hex()}
    if isinstance(found.proof, Inclusion):
        if leaf is None:
            raise Invalid("cli.no_leaf", "this receipt is about an entry", fix="name its exact bytes with --leaf")
        index, tree = verify_inclusion_receipt(data, leaf.read_bytes(), *keys)
        return {**told, "kind": "inclusion", "index": index, "root": tree.root.hex()}
    if old is None:
        raise Invalid("cli.no_checkpoint", "this receipt is about growth", fix="name what you knew with --kept")
    tree = verify_consistency_receipt(data, old, *keys)
    return {**told, "kind": "consistency", "old": found.proof.old, "root": tree.root.hex()}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    """The verdict in words."""
    if not told["holds"]:
        yield f"[bold red]DOES NOT HOLD[/]: {told['detail']} ({told['code']})"
        if told["fix"]:
            yield f"  [green]fix:[/] {told['fix']}"
        return
    where = f"{told['origin']}, {told['size']} entries, signed by key {told['key']}"
    if told["kind"] == "inclusion":
        yield f"[green]HOLDS[/]: these bytes are entry {told['index']} of {where}"
    else:
        yield f"[green]HOLDS[/]: the first {told['old']} entries are the ones you knew, of {where}"
    yield "It does not say that everybody is shown this ledger: for that, compare a checkpoint that witnesses signed."


def _keys(given: str) -> list[VerifierKey]:
    """A verifier key, or those in a file, a line each."""
    path = Path(given)
    text = path.read_text(encoding="utf-8") if "+" not in given and path.is_file() else given
    return [parse_vkey(line) for line in text.splitlines() if line.strip()]


def _query(**given: object) -> str:
    return urlencode({name: value for name, value in given.items() if value is not None})


def _fetch(session: Session, api: Api, path: str, target: Path) -> None:
    """Save a receipt and say what it claims; nothing is verified here."""
    api.download(path, target)
    data = target.read_bytes()
    found = decode_receipt(data)
    told = {
        "path": str(target), "origin": found.origin, "size": found.size, "key": found.key_id.hex(),
        "receipt": base64.b64encode(data).decode(),
    }  # fmt: skip
    line = f"[bold]{target}[/]: under the root of {found.size} entries, by key {found.key_id.hex()} (not verified yet)"
    session.show(told, human=line)


def _leaf(api: Api, index: int) -> bytes:
    """The exact bytes of an entry."""
    return str(api.get("/ledger/entries", start=index, limit=1)["entries"][0]["leaf"]).encode()
