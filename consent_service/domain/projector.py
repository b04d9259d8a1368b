"""Which event moves which read model, and what the model is afterwards. One table for the running service, for a
rebuild, for the checker and for the tests' memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from consent_service.contract import events as kinds
from consent_service.domain import flags, grants, leases, parties
from infra.eventlog.log import Event

Model = Literal["party", "grant", "flag", "lease", "use"]

_FLAGS = frozenset({kinds.FLAG_SHIPPED, kinds.FLAG_CHANGED, kinds.FLAG_PROPOSED, kinds.FLAG_APPROVED})
_GRANTS = frozenset({kinds.GRANT_RECORDED, kinds.GRANT_SUSPENDED, kinds.GRANT_RESUMED, kinds.GRANT_WITHDRAWN})
_LEASES = frozenset(
    {kinds.SYNTHESIS_STARTED, kinds.SYNTHESIS_COMPLETED, kinds.SYNTHESIS_ABORTED, kinds.OUTPUT_RELEASED}
)
MOVING = _FLAGS | _GRANTS | _LEASES | {kinds.PARTY_REGISTERED}
"""Every type that moves a read model."""


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


def evolved(model: Model, now: Any, event: Event) -> Any:
    """The state of a row after an event that moves it: a ``…Now`` of the domain, a count for ``use``."""
    match model:
        case "party":
            return parties.evolve(now, event)
        case "grant":
            return grants.evolve(now, event)
        case "flag":
            return flags.evolve(now, event)
        case "use":
            return (now or 0) + 1
        case "lease":
            started = event.type == kinds.SYNTHESIS_STARTED
            return leases.started_lease(event) if started else leases.closed_lease(now, event)
