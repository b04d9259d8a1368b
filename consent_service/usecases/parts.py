"""What every operation is given, and the one way to read the world a rule judges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from consent_service.domain.decisions import World
from consent_service.domain.evaluation import with_prerequisites
from consent_service.domain.grants import GrantNow
from consent_service.domain.policy import Policy, current_policy
from consent_service.domain.ports import Aftermath, Lock, PermitReader, Proofs, Requests, Runs, Views
from consent_service.domain.privacy import Vault
from consent_service.usecases.together import Together
from infra.eventlog.log import Event, Log, NewEvent
from infra.eventlog.many import Many
from infra.kernel.clock import Clock
from infra.kernel.crypto import Signer


@dataclass(frozen=True)
class Parts:
    """The ports of the consent service. ``signer`` holds the permit key."""

    log: Log
    views: Views
    runs: Runs
    requests: Requests
    vault: Vault
    proofs: Proofs
    permits: PermitReader
    signer: Signer
    clock: Clock
    aftermath: Aftermath
    many: Many
    policy: Policy = field(default_factory=current_policy)
    entering: Together[Any, Any] = field(default_factory=Together)
    """Where grants and requests meet that are entered in the same moment."""

    def append(self, tx: Any, stream: str, version: int, events: Sequence[NewEvent]) -> list[Event]:
        """Write events to a stream and to the read models, in the running transaction."""
        stored = tx.append(stream, expected_version=version, events=events)
        self.views.apply(tx, stored)
        return list(stored)

    def world(
        self, tx: Any, grants: Sequence[GrantNow], partner: str, subjects: Iterable[str], *, lock: Lock = "none",
        features: Sequence[str] | None = None,
    ) -> World:  # fmt: skip
        """What a rule reads. With ``lock`` no flag among ``features`` can change before the commit.

        The time is read last: nothing that was committed before it is missing.
        """
        parties = self.views.parties(tx, tuple(dict.fromkeys((partner, *subjects))))
        keys = None if features is None else with_prerequisites(features)
        flags = self.views.flags(tx, keys=keys, lock=lock)
        return World(now=self.clock.now(), parties=parties, grants=grants, flags=flags)


def without_uses(world: World, spent: Iterable[str]) -> World:
    """The same world, where the uses of ``spent`` grants are not asked for again."""
    return replace(world, spent=frozenset(spent))
