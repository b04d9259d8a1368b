"""The use cases' ``Proofs`` port on the ledger: waiting that never fails, and the control stream as guards need it."""

from collections.abc import Mapping

from consent_service.contract.ledger import Recorded, Snapshot
from consent_service.contract.permits import LedgerState
from consent_service.domain.control import PERMITTING
from consent_service.store.ledger import ControlSnapshot, Ledger
from infra.tlog.note import b64


class LedgerProofs:
    """Implements ``consent_service.domain.ports.Proofs``. ``patience_s`` is how long an answer waits for its proof."""

    def __init__(self, ledger: Ledger, *, patience_s: float = 2.0) -> None:
        self._ledger, self._patience_s = ledger, patience_s

    def recorded(self, entry: str, ref: str) -> Recorded:
        return self._ledger.await_recorded(entry, ref=ref, timeout_s=self._patience_s)

    def recorded_all(self, entries: Mapping[str, str]) -> list[Recorded]:
        return self._ledger.await_all(entries, timeout_s=self._patience_s)

    def placed(self, entry: str) -> int | None:
        return self._ledger.placed(entry, timeout_s=self._patience_s)

    def state(self) -> LedgerState:
        tree = self._ledger.signed_tree()
        return LedgerState(origin=tree.origin, size=tree.size, root=b64(tree.root))

    def control_index(self) -> int:
        return self._ledger.control_head()[1]

    def snapshot(self) -> Snapshot:
        folded = self._ledger.control_snapshot()
        return Snapshot(
            seq=folded.seq,
            index=folded.index,
            flags={key: state for (kind, key), state in folded.states.items() if kind == "flag"},
            blocked_grants=_blocked(folded, "grant"),
            blocked_parties=_blocked(folded, "party"),
        )


def _blocked(folded: ControlSnapshot, wanted: str) -> dict[str, str]:
    """Keys of one kind whose state blocks something."""
    return {key: state for (kind, key), state in folded.states.items() if kind == wanted and state not in PERMITTING}
