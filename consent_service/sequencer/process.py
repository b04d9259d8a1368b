"""The sequencer's loop: become the active one, recover, drain what waits, sleep without losing a wake-up.

Commit point of a proof: the one statement in :meth:`Sequencer.drain`. What the batch is to be is on disk before it.
A crash before the commit leaves the events waiting, a signature that never left this process, and maybe the intent: the
next start makes that very batch first, and refuses a database that cannot make it. A crash after it, before the file is
written, leaves the file one batch behind, which the next start finds consistent. Nothing is lost or placed twice.
"""

import select
import time
from collections.abc import Callable
from dataclasses import replace

import psycopg

from consent_service.sequencer.audit import AT_START, audit_entries
from consent_service.sequencer.batch import plan_batch
from consent_service.sequencer.genesis import genesis_event
from consent_service.sequencer.intent import Intent, intent_of, size_of
from consent_service.sequencer.keys import KeyRing, LogKey, add_signatures
from consent_service.sequencer.receipts import RootSigner
from consent_service.sequencer.recovery import is_unfinished, recover_tree, rolled_back
from consent_service.sequencer.watermark import Watermark
from consent_service.store import SQL
from consent_service.store.log_keys import load_keys
from consent_service.store.tree import (
    Batch,
    Leaves,
    Waiting,
    latest_control,
    load_head,
    take_named,
    take_pending,
    write_batch,
    write_event,
)
from infra.kernel.clock import Clock
from infra.telemetry import log
from infra.tlog.keyset import KeySet
from infra.tlog.leaf import read_leaf
from infra.tlog.merkle import CompactRange

BATCH_LIMIT = 1024
_ACTIVE, _AWAKE = ".sequencer.active", ".sequencer.awake"
_PACES = ((0.25, 0.002), (2.0, 0.005))
"""``(idle up to, pause)``, seconds: an awake sequencer looks this often; later it sleeps and is woken."""
_FEW, _LINGER_S = 4, 0.005
"""After a batch of more than ``_FEW`` others follow at once: what commits within this time shares the next batch, and
its syncs. A lone producer is not made to wait.
"""
_SLEEP_S = 0.1
_STANDBY_S = 0.25

__all__ = ["BATCH_LIMIT", "LogKey", "Sequencer"]


def _nowhere(step: str) -> None:
    """Steps are announced to tests only."""


def _unheard(keys: KeySet) -> None:
    """Nobody asked to be told of the keys."""


class Sequencer:
    """One run on one connection (autocommit). ``at_step`` is called with ``taken``, ``intended``,
    ``committed`` and ``filed`` as each batch passes them, so that a test can end the process there; ``announce`` with
    the active keys.
    """

    def __init__(
        self,
        conn: psycopg.Connection,
        key: LogKey,
        watermark: Watermark,
        *,
        clock: Clock,
        at_step: Callable[[str], None] = _nowhere,
        announce: Callable[[KeySet], None] = _unheard,
    ) -> None:
        self._conn, self._key, self._watermark = conn, key, watermark
        self._clock, self._at_step = clock, at_step
        self._tree, self._control_seq = CompactRange(), 0
        self._ring = KeyRing(key, announce)
        self._receipts = RootSigner(conn, key.origin, watermark)
        self._awake = False
        self.active = False

    def stand_by(self, stopping: Callable[[], bool]) -> bool:
        """Wait until no other sequencer is active on this database; False when told to stop first.

        The lock belongs to the connection: who loses the connection can neither keep it nor commit.
        """
        while not stopping():
            if self._lock(_ACTIVE):
                self.active = True
                return True
            time.sleep(_STANDBY_S)
        return False

    def recover(self, *, adopt: bool = False) -> None:
        """Verify that we may sign, bring the file up to date, and write the genesis entry of a new ledger."""
        self._conn.execute(SQL["listen"])
        kept = self._watermark.read()
        if adopt:
            self._watermark.forget_intent()
        intent = self._watermark.intended()
        cut = kept == "" and intent is not None  # the power went: the intent holds what the file has lost
        self._tree = recover_tree(self._conn, self._ring.vkeys, None if cut else kept, adopt=adopt or cut)
        if intent is not None and not is_unfinished(self._conn, self._tree, intent):
            intent = None
        audit_entries(self._conn, limit=AT_START)
        self._control_seq, _ = latest_control(self._conn)
        head = load_head(self._conn)
        if head is None:
            self._write_genesis(intent)
        else:
            self._watermark.replace(head.note)
        self._ring.load(load_keys(self._conn) or KeySet((self._key.vkey,)))
        if head is not None and intent is not None:
            self._finish(intent)
        log.info("sequencer.recovered", size=self._tree.size, control_seq=self._control_seq)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Drain until told to stop."""
        last_work = time.monotonic()
        while not stopping():
            self._receipts.follow(self._tree, self._ring.prepare)  # once a second at most
            placed = self.drain()
            if not placed:
                self._pause(time.monotonic() - last_work)
                continue
            last_work = time.monotonic()
            if _FEW < placed < BATCH_LIMIT:
                self._wait(_LINGER_S)  # an urgent entry ends it with its NOTIFY

    def drain(self) -> int:
        """Place the oldest waiting events (1,024, and the rest of the last row); returns how many."""
        waiting = take_pending(self._conn, BATCH_LIMIT)
        self._at_step("taken")
        if waiting.leaves:
            self._watermark.verify_unmoved()
            self._place(*self._plan(waiting.leaves), waiting)
        return len(waiting.leaves)

    def _plan(self, leaves: Leaves) -> tuple[CompactRange, Batch]:
        """The tree with these leaves, and the batch that leads to it."""
        tree, origin = self._tree.copy(), self._key.origin
        first, *more = self._ring.prepare(leaves)
        batch = plan_batch(tree, leaves, control_seq=self._control_seq, origin=origin, signer=first)
        if more:  # a second key is active
            batch = replace(batch, note=add_signatures(batch.note, origin, more))
        return tree, batch

    def _place(self, tree: CompactRange, batch: Batch, waiting: Waiting) -> None:
        """Bring the intent to the disk, then the batch into the database: one statement, and its own transaction."""
        self._watermark.intend(intent_of(self._tree, tree, waiting.leaves))
        self._at_step("intended")
        write_batch(self._conn, batch, waiting.rows)
        self._file(tree, batch)

    def _file(self, tree: CompactRange, batch: Batch) -> None:
        """Committed: the entries have their indices and the checkpoint is public."""
        self._at_step("committed")
        self._tree, self._control_seq = tree, self._control_seq + len(batch.controls)
        self._watermark.replace(batch.note)
        self._ring.commit()
        self._at_step("filed")

    def _finish(self, intent: Intent) -> None:
        """Make the batch that was intended and not committed, as it was intended: its checkpoint may be known."""
        waiting = take_named(self._conn, intent.events)
        if len(waiting.leaves) != len(intent.events):
            raise rolled_back(intended=intent.new[0], stored=intent.old[0])
        tree, batch = self._plan(waiting.leaves)
        if size_of(tree) != intent.new:
            raise rolled_back(intended=intent.new[0], stored=intent.old[0])
        self._place(tree, batch, waiting)
        log.warning("sequencer.finished_intent", size=tree.size, entries=len(waiting.leaves))

    def _write_genesis(self, intent: Intent | None) -> None:
        """The first entry; the one that was intended, where a first start ended before its commit."""
        event, leaf = genesis_event(self._key.vkey, self._clock.now())
        if intent is not None:
            leaf = intent.genesis.encode()
            event = read_leaf(leaf, 0)
        leaves = [(event.id, leaf)]
        self._at_step("taken")
        tree, batch = self._plan(leaves)
        self._watermark.intend(intent_of(self._tree, tree, leaves, leaf.decode()))
        self._at_step("intended")
        with self._conn.transaction():
            write_event(self._conn, event, leaf)
            write_batch(self._conn, batch, [])
        self._file(tree, batch)

    def _pause(self, idle_s: float) -> None:
        """Wait for a wake-up: a few milliseconds while there was work lately, longer once asleep.

        Whoever commits while we sleep wakes us with NOTIFY (see ``enqueue``). One who asked while we were awake and
        commits after our last look is found at the end of the sleep, 100 ms later at most.
        """
        pace = next((pace for limit, pace in _PACES if idle_s < limit), None)
        if (pace is not None) != self._awake:
            self._stay_awake(pace is not None)
            return  # look once more under the new rule before waiting
        self._wait(pace or _SLEEP_S)

    def _wait(self, seconds: float) -> None:
        """Until a signal, or so long. The driver's own wait with a time-out keeps a core half busy."""
        for _ in self._conn.notifies(timeout=0):
            return
        select.select([self._conn.fileno()], [], [], seconds)

    def _stay_awake(self, awake: bool) -> None:
        if awake:
            self._awake = self._lock(_AWAKE)
        else:
            self._conn.execute(SQL["unlock"], {"name": _AWAKE})
            self._awake = False

    def _lock(self, name: str) -> bool:
        row = self._conn.execute(SQL["try_lock"], {"name": name}).fetchone()
        return bool(row and row[0])
