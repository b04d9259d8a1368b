"""What one batch adds to the ledger, worked out from the waiting leaves alone. Pure: no clock, no I/O.

The same leaves on the same tree give the same indices, nodes, control entries and messages, whoever computes them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from consent_service.contract.ledger import Control
from consent_service.domain.control import control_of
from consent_service.store.tree import Batch
from infra.kernel.clock import parse_rfc3339
from infra.kernel.crypto import Signer
from infra.messaging.events import control_message
from infra.messaging.ranges import range_message
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.leaf import leaf_fields
from infra.tlog.merkle import CompactRange, hash_leaf

SERVICE = "consent"


def plan_batch(
    tree: CompactRange, leaves: Sequence[tuple[str, bytes]], *, control_seq: int, origin: str, signer: Signer
) -> Batch:
    """Extend ``tree`` (in place) by the leaves, in order, and sign the outcome.

    ``control_seq`` is the number of the last control entry. Raises :class:`Invalid` for a leaf that is no canonical
    envelope: nothing is signed over it.
    """
    previous = tree.size
    entries = [leaf_fields(leaf) for _, leaf in leaves]
    nodes = tree.extend([hash_leaf(leaf) for _, leaf in leaves])
    controls = list(_controls(entries, previous, control_seq))
    signed = SignedTree(origin, tree.size, tree.root())
    return Batch(
        previous=previous,
        event_ids=[event_id for event_id, _ in leaves],
        nodes=nodes,
        tree=signed,
        note=sign_checkpoint(signed, signer),
        controls=controls,
        # guards first: a message that stops running work is not to wait behind the facts
        messages=[*map(control_message, controls), range_message(SERVICE, previous, tree.size)],
    )


def _controls(entries: Sequence[dict[str, Any]], first: int, last: int) -> Iterator[Control]:
    """Control entries among the envelopes at indices from ``first`` on, numbered on from ``last``."""
    for index, entry in enumerate(entries, first):
        told = control_of(entry["type"], entry["data"])
        if told is not None:
            last += 1
            kind, key, state = told
            at_ms = parse_rfc3339(entry["at"]).timestamp() * 1000
            yield Control(kind=kind, seq=last, index=index, key=key, state=state, at_ms=at_ms)
