"""The error family every service speaks: a stable code, the ids it is about and a way to fix it.

An error travels over RPC as one JSON object and is rebuilt on the other side with its kind. Only the gateway turns a
kind into an HTTP status. Errors carry no personal data: ids and codes only.
"""

from typing import Any, ClassVar


class AssentError(Exception):
    """Base of all errors a caller may see.

    ``code``   stable, dotted, lower case: ``consent.grant_expired``.
    ``detail`` one sentence in plain words.
    ``fix``    what the caller can do about it, or ``None`` where nothing helps.
    ``info``   JSON-safe facts: ids, limits, pointers (``pointer`` is an RFC 6901 JSON pointer into the request).
    """

    kind: ClassVar[str] = "internal"

    def __init__(self, code: str, detail: str, *, fix: str | None = None, **info: Any) -> None:
        self.code, self.detail, self.fix, self.info = code, detail, fix, info
        super().__init__(self.to_wire())

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" + (f" ({self.fix})" if self.fix else "")

    def __reduce__(self) -> tuple[Any, ...]:
        """For copies: one error told to many callers is one object for each."""
        return _rebuilt, (type(self), self.code, self.detail, self.fix, self.info)

    def to_wire(self) -> dict[str, Any]:
        """The JSON object that crosses RPC."""
        return {"kind": self.kind, "code": self.code, "detail": self.detail, "fix": self.fix, "info": self.info}

    @staticmethod
    def from_wire(wire: dict[str, Any]) -> "AssentError":
        """Rebuild an error from :meth:`to_wire`; an unknown kind becomes :class:`Internal`."""
        cls = KINDS.get(str(wire.get("kind")), Internal)
        info = {str(k): v for k, v in dict(wire.get("info") or {}).items() if k not in {"code", "detail", "fix"}}
        return cls(str(wire.get("code")), str(wire.get("detail")), fix=wire.get("fix"), **info)


def _rebuilt(cls: type[AssentError], code: str, detail: str, fix: str | None, info: dict[str, Any]) -> AssentError:
    return cls(code, detail, fix=fix, **info)


class Internal(AssentError):
    """Our bug. Never reported as the caller's fault; the detail names no internals."""

    kind = "internal"


class Invalid(AssentError):
    """The request is malformed or breaks a stated rule."""

    kind = "invalid"


class Unauthenticated(AssentError):
    """Nobody we know made this request."""

    kind = "unauthenticated"


class Denied(AssentError):
    """Understood, and refused: no permission covers it. ``info['decision']`` may hold the reasons."""

    kind = "denied"


class Paused(AssentError):
    """A feature flag stops it. ``info`` holds ``feature``, ``since`` and ``change_id``/``ledger_index``."""

    kind = "paused"


class NotFound(AssentError):
    """No such thing, or not visible to this caller."""

    kind = "not_found"


class Conflict(AssentError):
    """The state moved on, or the same key was used for another payload."""

    kind = "conflict"


class TooLarge(AssentError):
    """Over a stated limit of size or count."""

    kind = "too_large"


class Unavailable(AssentError):
    """A part we need did not answer in time. The answer is *no* until it does."""

    kind = "unavailable"


KINDS: dict[str, type[AssentError]] = {
    cls.kind: cls
    for cls in (
        Internal, Invalid, Unauthenticated, Denied, Paused, NotFound, Conflict, TooLarge, Unavailable,
    )
}  # fmt: skip
