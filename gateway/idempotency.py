"""``Idempotency-Key`` to command id. The gateway keeps nothing: the service that commits the command remembers it.

The command id is a digest of caller, route and key, so one partner's keys never meet another's. A service answers a
repeated command with its first answer and marks it as such, and refuses the same id with another payload
(``eventlog.command_reused``, answered as 422). The answer to a replay carries ``Idempotent-Replayed: true``.
"""

import hashlib
import re
from typing import Annotated

from fastapi import Depends, Header, Request

from gateway.context import IDEMPOTENT
from infra.kernel.errors import Invalid

_KEY = re.compile(r"[\x21-\x7e]{1,128}")


def command_id(caller: str, route: str, key: str) -> str:
    """``cmd_`` and 32 hex digits of SHA-256 over caller, route and key, each ended by a newline."""
    return "cmd_" + hashlib.sha256(f"{caller}\n{route}\n{key}\n".encode()).hexdigest()[:32]


def idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="1–128 visible ASCII characters; repeat it to retry",
        ),
    ] = None,
) -> str:
    """The header, required on every creating POST. Raises ``Invalid`` (400) when missing or malformed."""
    if idempotency_key is None:
        raise Invalid(
            "gateway.idempotency_key_missing", "creating needs an Idempotency-Key header",
            fix="send a fresh UUID, and the same one again when you retry",
        )  # fmt: skip
    if not _KEY.fullmatch(idempotency_key):
        raise Invalid("gateway.bad_idempotency_key", "an Idempotency-Key is 1 to 128 visible ASCII characters")
    return idempotency_key


class Commands:
    """Makes this request's command id once the caller is known."""

    def __init__(self, request: Request, key: Annotated[str, Depends(idempotency_key)]) -> None:
        self._route, self._key = f"{request.method} {request.url.path}", key
        request.scope[IDEMPOTENT] = True

    def id_for(self, caller: str) -> str:
        return command_id(caller, self._route, self._key)


TheCommand = Annotated[Commands, Depends()]
