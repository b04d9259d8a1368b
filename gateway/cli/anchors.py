"""What an auditor brings: keys, as text or in a file, a witness policy, a checkpoint. One reading for every command."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from consent_service.client.verify import witness_policy
from infra.kernel.errors import Invalid
from infra.tlog.cosignature import WitnessKey, parse_witness_key
from infra.tlog.note import parse_vkey
from infra.tlog.policy import Policy, parse_policy

Key = Annotated[str | None, typer.Option("--key", help="Your own copy of the log's verifier key, or a file with it.")]
Witnesses = Annotated[list[str] | None, typer.Option("--witness", help="A witness's verifier key, or a file of them.")]


def text_of(given: str) -> str:
    """A key, or what the file holds that is named; raises :class:`Invalid` (``consent.bad_vkey``) for neither."""
    if "+" in given and not Path(given).is_file():
        return given
    if not Path(given).is_file():
        raise Invalid(
            "consent.bad_vkey", f"{given} is neither a key nor a file",
            fix="a key is one line, name+hash+base64: give it as it is, or name the file that holds it",
        )  # fmt: skip
    return Path(given).read_text(encoding="utf-8", errors="replace").strip()


def log_key(given: str | None) -> str | None:
    """The log's verifier key; None where none was given. In a file of several (an overlap) the first is taken."""
    if given is None:
        return None
    text = next(iter(_lines(text_of(given))), "")
    try:
        return str(parse_vkey(text))
    except Invalid as error:
        fix = "name the log's own key: the operator publishes it, and `assent audit export --key-to` saves it"
        raise Invalid(error.code, f"{given[:80]} holds no verifier key of a log", fix=fix) from error


def witness_keys(given: Iterable[str] | None) -> Iterator[WitnessKey]:
    """The witnesses' keys in the order given; each text or file may hold several."""
    for one in given or ():
        for line in _lines(text_of(one)):
            try:
                yield parse_witness_key(line)
            except Invalid as error:
                fix = "`assent witness show` prints a witness's keys, one a line"
                raise Invalid(error.code, f"{one[:80]} holds what is no witness's key", fix=fix) from error


def policy_of(witnesses: list[str] | None, quorum: int | None, file: Path | None) -> Policy | None:
    """Who counts as a witness: a policy file, or ``quorum`` of the keys given (more than half by default)."""
    if file is not None:
        return parse_policy(file.read_text(encoding="utf-8"))
    return witness_policy(tuple(witness_keys(witnesses)), quorum)


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
