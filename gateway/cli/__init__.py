"""``assent``: the command line. It talks HTTP to the gateway and nothing else, but for the offline verifier.

``--as PROFILE`` and ``--json`` may stand anywhere; ``--json`` prints the answer (or, on standard error, the problem)
as JSON. Exit codes: 0 done, 1 our failure, 2 wrong usage, 3 refused, 4 not found, 5 a rule was broken, 6 unknown
caller, 7 nobody answers; ``assent audit`` ends with its verdict (0, 10, 11, 20, 30, 31, 40).
"""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gateway.cli import (
    audit,
    catalogue,
    films,
    flags,
    grants,
    ledger,
    parties,
    plan,
    receipts,
    replay,
    retention,
    story,
    subjects,
    takes,
    watching,
    witness,
)
from gateway.cli.session import of

EXAMPLES = """
Examples:

assent login --key-file .local/state/secrets/admin.key

assent partner create "Northlight" --tier vetted --save-as northlight

assent subject enrol "Ana Sol"

assent produce examples/first_light.fountain --cast ANA=sub_… --cast TOMAS=stock/jonas --purpose entertainment --watch

assent demo
"""


class JsonAnywhere(TyperGroup):
    """Lets ``--json`` and ``--as PROFILE`` stand after the command too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """``ctx`` is the context of the click that typer carries inside."""
        if "--json" in args:
            args = ["--json", *(word for word in args if word != "--json")]
        if "--as" in args[1:-1]:
            at = args.index("--as", 1)
            args = [*args[at : at + 2], *args[:at], *args[at + 2 :]]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="assent", cls=JsonAnywhere, no_args_is_help=True, rich_markup_mode="markdown", epilog=EXAMPLES,
    pretty_exceptions_enable=False, add_completion=False,
)  # fmt: skip


@app.callback()
def assent(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    profile: Annotated[str | None, typer.Option("--as", metavar="PROFILE", help="Act with this profile.")] = None,
) -> None:
    """Synthetic film of people, only with permission that can be proven."""
    session = of(context)
    session.as_json, session.profile_name = json, profile


for part in (
    parties,
    subjects,
    retention,
    grants,
    catalogue,
    films,
    plan,
    takes,
    watching,
    flags,
    ledger,
    audit,
    receipts,
    replay,
    story,
    witness,
):
    part.register(app)
