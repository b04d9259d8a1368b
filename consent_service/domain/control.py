"""Which ledger entries the guards must hear of, and what they hear: the control message without its numbers.

The sequencer gives ``seq``, ``index`` and ``at_ms``; everything else follows from the entry alone, so a replay of the
ledger yields the same control stream.
"""

from typing import Any, Literal

from consent_service.contract import events as kinds

ControlKind = Literal["flag", "grant", "party"]

PERMITTING = ("granted", "resumed", "narrowed", "active")
"""States of a grant or a party that block nothing."""

_GRANT_STATES = {
    kinds.GRANT_SUSPENDED: "suspended",
    kinds.GRANT_RESUMED: "resumed",
    kinds.GRANT_WITHDRAWN: "withdrawn",
    kinds.GRANT_EXPIRED: "expired",
    kinds.GRANT_INVALIDATED: "invalidated",
}


def control_of(event_type: str, data: dict[str, Any]) -> tuple[ControlKind, str, str] | None:
    """``(kind, key, state)`` for an entry that changes what guards allow; None for every other entry.

    A recorded grant is no control entry: no guard can be watching a grant that did not exist. Nor is a withdrawal
    whose terms say ``stop_new``: it binds every later decision and lease, and lets what runs finish. Nor is a
    narrowing: it stops what runs at the next renewal, which is decided under the new terms.
    """
    if event_type in (kinds.FLAG_SHIPPED, kinds.FLAG_CHANGED, kinds.FLAG_APPROVED):
        return "flag", str(data["flag"]), str(data["state"])
    if event_type == kinds.GRANT_WITHDRAWN and data.get("effect") == "stop_new":
        return None
    if event_type in _GRANT_STATES:
        return "grant", str(data["grant"]), _GRANT_STATES[event_type]
    if event_type == kinds.PARTY_REGISTERED:
        return "party", str(data["handle"]), str(data["state"])
    return None
