"""Adopting the registration policy of this release, once per ledger and change of it."""

from typing import Any

from consent_service.domain import policy as rules
from consent_service.usecases.parts import Parts
from infra.kernel.errors import Conflict


def adopt_policy(parts: Parts) -> None:
    """Enter the policy that decisions will name, unless it is in force. Repeating it changes nothing."""
    try:
        parts.log.run(lambda tx: _adopt(parts, tx))
    except Conflict as conflict:
        if conflict.code != "eventlog.version":  # another instance adopted it in the same moment
            raise


def _adopt(parts: Parts, tx: Any) -> None:
    history = tx.read(rules.STREAM)
    event = rules.adopted(history, parts.policy, parts.clock.now())
    if event is not None:
        parts.append(tx, rules.STREAM, len(history), [event])
