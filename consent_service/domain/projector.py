"""Which event moves which read model, and what the model is afterwards. One table for the running service, for a
rebuild, for the checker and for the tests' memory.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from consent_service.contract import events as kinds
from consent_service.domain import flags, grants, leases, outputs, parties
from infra.eventlog.log import Event

Model = Literal["party", "grant", "flag", "lease", "use", "output", "reference"]

_FLAGS = frozenset({kinds.FLAG_SHIPPED, kinds.FLAG_CHANGED, kinds.FLAG_PROPOSED, kinds.FLAG_APPROVED})
_GRANTS = frozenset(
    {
        kinds.GRANT_REQUESTED, kinds.GRANT_RECORDED, kinds.GRANT_SUSPENDED, kinds.GRANT_RESUMED, kinds.GRANT_NARROWED,
        kinds.GRANT_WITHDRAWN, kinds.GRANT_EXPIRED, kinds.GRANT_INVALIDATED,
    }
)  # fmt: skip
_LEASES = frozenset(
    {kinds.SYNTHESIS_STARTED, kinds.SYNTHESIS_COMPLETED, kinds.SYNTHESIS_ABORTED, kinds.OUTPUT_RELEASED}
)
MOVING = _FLAGS | _GRANTS | _LEASES | {kinds.PARTY_REGISTERED, kinds.OUTPUT_RECALLED, kinds.BIOMETRICS_DELETED}
"""Every type that moves a read model."""


@dataclass(frozen=True)
class Move:
    """One read model's row that an event moves. A ``use`` move adds one to the grant's consumed uses; a
    ``reference`` move notes which of a subject's files are gone.
    """

    model: Model
    key: str


@dataclass(frozen=True)
class Uses:
    """How often a grant was used, and when last."""

    count: int
    last: datetime


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
        if event.type == kinds.OUTPUT_RELEASED:
            yield Move("output", event.data["output_sha256"])
    elif event.type == kinds.OUTPUT_RECALLED:
        yield Move("output", event.data["output_sha256"])
    elif event.type == kinds.BIOMETRICS_DELETED:
        yield Move("reference", event.data["subject"])


def evolved(model: Model, now: Any, event: Event) -> Any:
    """The state of a row after an event that moves it: a ``…Now`` of the domain, :class:`Uses` for ``use``, and for
    ``reference`` when each file was deleted.
    """
    fold = _FOLDS.get(model)
    if fold is not None:
        return fold(now, event)
    match model:
        case "use":
            return Uses(1, event.at) if now is None else Uses(now.count + 1, max(now.last, event.at))
        case "lease":
            started = event.type == kinds.SYNTHESIS_STARTED
            return leases.started_lease(event) if started else leases.closed_lease(now, event)
    return {**(now or {}), **dict.fromkeys(event.data["assets"], event.at)}


_FOLDS: Mapping[Model, Callable[[Any, Event], Any]] = {
    "party": parties.evolve, "grant": grants.evolve, "flag": flags.evolve, "output": outputs.evolve,
}  # fmt: skip
