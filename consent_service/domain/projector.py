"""Which event moves which read model. One table for the running service, for a rebuild and for the tests' memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from consent_service.contract import events as kinds
from infra.eventlog.log import Event

Model = Literal["party", "grant", "flag", "lease", "use"]

_FLAGS = frozenset({kinds.FLAG_SHIPPED, kinds.FLAG_CHANGED, kinds.FLAG_PROPOSED, kinds.FLAG_APPROVED})
_GRANTS = frozenset({kinds.GRANT_RECORDED, kinds.GRANT_SUSPENDED, kinds.GRANT_RESUMED, kinds.GRANT_WITHDRAWN})
_LEASES = frozenset(
    {kinds.SYNTHESIS_STARTED, kinds.SYNTHESIS_COMPLETED, kinds.SYNTHESIS_ABORTED, kinds.OUTPUT_RELEASED}
)


@dataclass(frozen=True)
class Move:
    """One read model's row that an event moves. A ``use`` move adds one to the grant's consumed uses."""

    model: Model
    key: str


def moves(event: Event) -> Iterator[Move]:
    """The rows moved by ``event``; nothing for types that have no read model."""
    if event.type == kinds.PARTY_REGISTERED:
        yield Move("party", event.data["handle"])
    elif event.type in _GRANTS:
        yield Move("grant", event.data["grant"])
    elif event.type in _FLAGS:
        yield Move("flag", event.data["flag"])
    elif event.type in _LEASES:
        yield Move("lease", event.data["lease"])
        for grant in event.data.get("consumed", ()):
            yield Move("use", grant)
