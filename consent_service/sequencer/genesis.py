"""The ledger's first entry: which log this is, under which rules it is kept, and with which key it is signed. Pure."""

from datetime import datetime

from infra.eventlog.envelope import seal
from infra.eventlog.log import Event, NewEvent
from infra.tlog.leaf import LEAF_LIMIT
from infra.tlog.note import VerifierKey

GENESIS = "consent.genesis.v1"
POLICY = {
    "tree": "RFC 6962, SHA-256",
    "leaf": f"RFC 8785 envelope, at most {LEAF_LIMIT} bytes",
    "checkpoint": "C2SP tlog-checkpoint, one per batch",
    "order": "gapless, in commit order",
    "consent": "closed world: what no grant names is denied, and no flag turns a consent check off",
    "privacy": "opaque ids and commitments only, no personal data",
}


def genesis_event(vkey: VerifierKey, at: datetime) -> tuple[Event, bytes]:
    """The entry and its leaf; index 0 of stream ``ledger``."""
    data = {"origin": vkey.name, "keys": {"log": str(vkey)}, "policy": POLICY}
    actor = {"kind": "service", "ref": "sequencer"}
    return seal(NewEvent(GENESIS, data, at, actor=actor), "ledger", 1)
