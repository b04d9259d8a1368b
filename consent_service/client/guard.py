"""The guard: the consent service's word inside a worker, read before every step of a synthesis.

It holds what the control stream says, folded: which flags are closed, which grants and parties are blocked, up to
which ``seq``. One rule covers every doubt: *how old is what we know for sure?* Knowledge is renewed by a snapshot, by
the next message in order and by a heartbeat that names the ``seq`` we stand at; a gap, a lost connection or silence
renews nothing. Once it is older than :data:`PATIENCE_S` every check denies, and so it does before the first snapshot.
What a message takes away binds at once, even while we are unsure of the rest.

:meth:`Watch.check` is two reads and a comparison, without a lock: everything that can be decided when a message
arrives is decided then, not when a step asks.
"""

import threading
import time
from collections.abc import Callable, Iterable

from consent_service.client.errors import Stopped, StoppedByConsent, StoppedByPause, StoppedUnsure
from consent_service.contract.ledger import Control, Snapshot

PATIENCE_S = 2.0
CLOSED = frozenset({"paused", "off"})
OPEN = frozenset({"granted", "resumed", "narrowed", "active"})
_MAX_EARLY = 10_000


class Watch:
    """One run's view of the guard. ``cause`` is set once, by the first thing that forbids the run to go on."""

    __slots__ = ("_guard", "_keys", "cause")

    def __init__(self, guard: "Guard", keys: frozenset[tuple[str, str]]) -> None:
        self._guard, self._keys = guard, keys
        self.cause: Control | Stopped | None = None

    def check(self, _now: Callable[[], float] = time.monotonic) -> None:
        """Return None while the run may go on; raises :class:`Stopped` when it must end before its next step."""
        if self.cause is None and _now() < self._guard.good_until:
            return
        raise self.stop_reason()

    def stop_reason(self) -> Stopped:
        """The stop as an exception."""
        cause = self.cause
        if cause is None:
            return unsure()
        return cause if isinstance(cause, Stopped) else _stop_of(cause)

    def forbid(self, cause: Control | Stopped) -> None:
        """End the run; the first cause stays."""
        if self.cause is None:
            self.cause = cause

    def concerns(self, control: Control) -> bool:
        """Whether a control entry is about something this run stands on."""
        return (control.kind, control.key) in self._keys


class Guard:
    """One per worker process. ``on_doubt`` is called, never under the lock, when a fresh snapshot is needed."""

    def __init__(self, on_doubt: Callable[[], None], now: Callable[[], float] = time.monotonic) -> None:
        self.good_until = float("-inf")
        self._on_doubt, self._now = on_doubt, now
        self._lock = threading.Lock()
        self._seq: int | None = None
        self._blocked: dict[tuple[str, str], Control] = {}
        self._early: list[Control] = []
        self._watches: set[Watch] = set()
        self._ready = threading.Event()

    @property
    def seq(self) -> int | None:
        """The control entry up to which everything is known; None while unsure."""
        return self._seq

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until a snapshot was taken; whether the guard would let anything pass now."""
        return self._ready.wait(timeout_s) and self._now() < self.good_until

    def watch(self, *, features: Iterable[str], grants: Iterable[str], parties: Iterable[str] = ()) -> Watch:
        """Watch what a run stands on; what is blocked already forbids it at once."""
        keys = {("flag", key) for key in features}
        keys |= {("grant", key) for key in grants} | {("party", key) for key in parties}
        watch = Watch(self, frozenset(keys))
        with self._lock:
            self._watches.add(watch)
            for key in keys & self._blocked.keys():
                watch.forbid(self._blocked[key])
        return watch

    def release(self, watch: Watch) -> None:
        """Forget a run that has ended."""
        with self._lock:
            self._watches.discard(watch)

    def receive(self, control: Control) -> None:
        """Take the next message of the control stream."""
        with self._lock:
            doubt = self._heartbeat(control) if control.kind == "heartbeat" else self._entry(control)
        if doubt:
            self._on_doubt()

    def doubt(self) -> None:
        """Something may have been missed: renew nothing until the next snapshot."""
        with self._lock:
            self._seq = None
        self._on_doubt()

    def adopt(self, snapshot: Snapshot, *, asked_at: float) -> None:
        """Start from a snapshot that was asked for at ``asked_at`` (this guard's clock), then go on with the messages
        that came meanwhile.
        """
        with self._lock:
            doubt = False
            if self._seq is None or snapshot.seq > self._seq:
                self._seq, self._blocked = snapshot.seq, _blocked(snapshot)
                for cause in self._blocked.values():
                    self._forbid(cause)
                early, self._early = sorted(self._early, key=lambda control: control.seq), []
                for control in early:
                    doubt = self._entry(control) or doubt
            self.good_until = max(self.good_until, asked_at + PATIENCE_S)
        self._ready.set()
        if doubt:
            self._on_doubt()

    def _heartbeat(self, control: Control) -> bool:
        """Renew what we know. A beat is sent after every entry up to the one it names, so one ahead of us is a gap."""
        if self._seq is None:
            return False
        if control.seq > self._seq:
            self._seq = None
            return True
        self._renew()
        return False

    def _entry(self, control: Control) -> bool:
        """Apply an entry in order; keep it for later while unsure. Returns whether one was missed before it."""
        if self._seq is not None and control.seq <= self._seq:
            return False
        if _blocks(control):
            self._forbid(control)
        if self._seq is not None and control.seq == self._seq + 1:
            self._fold(control)
            return False
        gap, self._seq = self._seq is not None, None
        if len(self._early) < _MAX_EARLY:
            self._early.append(control)
        return gap

    def _forbid(self, cause: Control) -> None:
        for watch in self._watches:
            if watch.concerns(cause):
                watch.forbid(cause)

    def _fold(self, control: Control) -> None:
        self._seq = control.seq
        if _blocks(control):
            self._blocked[control.kind, control.key] = control
        else:
            self._blocked.pop((control.kind, control.key), None)
        self._renew()

    def _renew(self) -> None:
        self.good_until = self._now() + PATIENCE_S


def _blocks(control: Control) -> bool:
    return control.state in CLOSED if control.kind == "flag" else control.state not in OPEN


def _blocked(snapshot: Snapshot) -> dict[tuple[str, str], Control]:
    """Everything a snapshot forbids. It has no commit times: runs that start after it are not stopped *by* these."""
    closed = [("flag", key, state) for key, state in snapshot.flags.items() if state in CLOSED]
    closed += [("grant", key, state) for key, state in snapshot.blocked_grants.items()]
    closed += [("party", key, state) for key, state in snapshot.blocked_parties.items()]
    return {
        (kind, key): Control.model_validate(
            {"kind": kind, "seq": snapshot.seq, "index": snapshot.index, "key": key, "state": state}
        )
        for kind, key, state in closed
    }


def _stop_of(cause: Control) -> Stopped:
    at_ms = cause.at_ms or None
    if cause.kind == "flag":
        return StoppedByPause(
            f"consent.flag_{cause.state}", f"the feature {cause.key} is {cause.state}",
            fix="wait until two operators resume it", feature=cause.key, ledger_index=cause.index, at_ms=at_ms,
        )  # fmt: skip
    code = f"consent.{cause.kind}_{cause.state}"
    detail = f"the {cause.kind} is {cause.state}"
    return StoppedByConsent(code, detail, ref=cause.key, ledger_index=cause.index, at_ms=at_ms)


def unsure() -> Stopped:
    """What a guard says when it does not know."""
    return StoppedUnsure(
        "consent.guard_unsure", "the ledger has not been heard in time; unsure means no",
        fix="start again when the consent service answers",
    )  # fmt: skip
