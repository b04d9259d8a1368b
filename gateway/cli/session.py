"""What a command has at hand: the profile in use, the API, the terminal; and how an error ends the program.

Profiles (address and key of a caller, by name) and key files live under ``$ASSENT_HOME``, else ``~/.config/assent``,
readable by their owner only. ``ASSENT_URL`` and ``ASSENT_API_KEY`` win over the profile.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from gateway.client import Api, ApiError, KeyFile, Unreachable
from infra.kernel.errors import AssentError, Invalid

DEFAULT_URL = "http://127.0.0.1:8080"
EXIT_REFUSED, EXIT_NOT_FOUND, EXIT_WRONG, EXIT_UNKNOWN_CALLER, EXIT_AWAY = 3, 4, 5, 6, 7
_EXITS = {401: EXIT_UNKNOWN_CALLER, 403: EXIT_REFUSED, 404: EXIT_NOT_FOUND, 503: EXIT_AWAY}


def home() -> Path:
    """The folder of profiles and keys."""
    given = os.environ.get("ASSENT_HOME")
    return Path(given) if given else Path.home() / ".config" / "assent"


@dataclass(frozen=True)
class Profile:
    """One caller: where the gateway is and the key that says who asks."""

    url: str = DEFAULT_URL
    key: str | None = None
    party: str | None = None
    role: str | None = None


class Profiles:
    """The profile file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "profiles.json"
        body = json.loads(self._path.read_text()) if self._path.exists() else {}
        self.current: str = body.get("current", "default")
        self.all: dict[str, Profile] = {name: Profile(**one) for name, one in body.get("profiles", {}).items()}

    def put(self, name: str, profile: Profile, *, use: bool) -> None:
        """Keep a profile; the file is replaced whole, mode 0600."""
        self.all[name] = profile
        self.current = name if use else self.current
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._path.with_suffix(f".{os.getpid()}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            body = {"current": self.current, "profiles": {key: asdict(one) for key, one in self.all.items()}}
            file.write(json.dumps(body, indent=1) + "\n")
        part.replace(self._path)


@dataclass
class Session:
    """One run of the program. ``transport`` is for tests."""

    as_json: bool = False
    profile_name: str | None = None
    transport: httpx.BaseTransport | None = None
    out: Console = field(default_factory=Console)
    err: Console = field(default_factory=lambda: Console(stderr=True))

    @property
    def profile(self) -> Profile:
        """The profile in use, with the environment's address and key over it."""
        profiles = Profiles(home())
        name = self.profile_name or profiles.current
        if self.profile_name and name not in profiles.all:
            raise Invalid("cli.no_such_profile", f"there is no profile '{name}'", fix="see assent profiles")
        found = profiles.all.get(name, Profile())
        return Profile(
            os.environ.get("ASSENT_URL") or found.url, os.environ.get("ASSENT_API_KEY") or found.key, found.party,
            found.role,
        )  # fmt: skip

    def api(self, profile: Profile | None = None) -> Api:
        """The gateway with this profile's key."""
        found = profile or self.profile
        return Api(found.url, found.key, transport=self.transport)

    def key_for(self, owner: str, given: Path | None) -> KeyFile:
        """The key file given, else the one kept for ``owner``."""
        path = given or key_path(owner)
        if not path.exists():
            raise Invalid("cli.no_key_file", f"no key file at {path}", fix="name one with --key-file")
        return KeyFile.load(path)

    @contextlib.contextmanager
    def counting(self, what: str) -> Iterator[Callable[[int, int], None]]:
        """A count that goes on while entries pass, on a terminal's standard error; nothing anywhere else."""
        if self.as_json or not self.err.is_terminal:
            yield lambda done, of: None
            return
        with self.err.status(what) as status:
            yield lambda done, of: status.update(f"{what} {done:,} of {of:,} entries")

    def show(self, value: Any, *, human: Any = None) -> None:
        """JSON where asked for, else the human form (a rich renderable or text)."""
        if self.as_json or human is None:
            print_plain(value)
        else:
            self.out.print(human)


def print_plain(value: Any) -> None:
    """JSON for another program: no colours, no wrapping."""
    typer.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def entry_words(index: int | None) -> str:
    """Where something stands in the ledger. Without an index it is binding, and the ledger has not signed it yet."""
    return "committed; the ledger has not signed it yet" if index is None else f"ledger entry {index}"


def key_path(owner: str) -> Path:
    """Where the key of a party lies."""
    return home() / "keys" / f"{owner}.key"


def of(context: typer.Context) -> Session:
    """The session of this run."""
    return context.ensure_object(Session)


@contextlib.contextmanager
def explained(session: Session) -> Iterator[None]:
    """Turn errors into a clear message on standard error and an exit code."""
    try:
        yield
    except (ApiError, Unreachable, AssentError, OSError) as error:
        _explain(session, problem_of(error))
        raise typer.Exit(_exit_of(error)) from error


def problem_of(error: ApiError | Unreachable | AssentError | OSError) -> dict[str, Any]:
    """What went wrong, in the form of the gateway's own problems: code, detail, fix where there is one."""
    if isinstance(error, ApiError):
        return error.problem or {"code": error.code, "detail": error.detail}
    if isinstance(error, Unreachable):
        fix = "start it with `make up`, or see assent login"
        return {"code": "cli.unreachable", "detail": str(error), "fix": fix}
    if isinstance(error, AssentError):
        return {"code": error.code, "detail": error.detail, "fix": error.fix}
    where = f"{error.filename}: " if error.filename else ""
    return {"code": "cli.file", "detail": f"{where}{error.strerror or error}"}


def _exit_of(error: ApiError | Unreachable | AssentError | OSError) -> int:
    if isinstance(error, ApiError):
        return _EXITS.get(error.status, 1 if error.status >= 500 else EXIT_WRONG)
    return EXIT_AWAY if isinstance(error, Unreachable) else EXIT_WRONG


def _explain(session: Session, problem: dict[str, Any]) -> None:
    """The problem on standard error: code, what happened, where, why, and what to do about it."""
    if session.as_json:
        typer.echo(json.dumps(problem, default=str, ensure_ascii=False), err=True)
        return
    for line in problem_lines(problem):
        session.err.print(line, highlight=False)


def problem_lines(problem: dict[str, Any]) -> Iterator[str]:
    """A problem document in lines of rich markup."""
    yield f"[bold red]{problem.get('code', 'error')}[/]  {escape(str(problem.get('detail', '')))}"
    for item in problem.get("errors") or ():
        place = f"line {item['line']}, column {item.get('column', 1)}" if item.get("line") else item.get("pointer", "")
        yield f"  [yellow]{place}[/]  {escape(item['detail'])}"
    reasons = (problem.get("decision") or {}).get("reasons", ())
    for code, detail, fix in dict.fromkeys((one["code"], one["detail"], one.get("fix")) for one in reasons):
        yield f"  [yellow]{code}[/]  {escape(detail)}"
        if fix:
            yield f"    fix: {escape(fix)}"
    paused = problem.get("paused")
    if paused:
        since, index = paused.get("since"), paused.get("ledger_index")
        yield f"  paused: [bold]{paused['feature']}[/] since {since}, ledger entry {index}"
    if problem.get("fix"):
        yield f"  [green]fix:[/] {escape(problem['fix'])}"
    if problem.get("request_id"):
        yield f"  [dim]request {problem['request_id']}[/]"
