"""Running something under a permit: ask, prove, watch, renew, and close with what became of it.

    with client.lease(decision=…, job=…, uses=…, features=…) as run:
        for step in work:
            run.check()
            step()
        run.complete(output_sha256=…, seconds=…)

Leaving the block in any other way ends the lease as *aborted* (the guard or the gate said stop; the time from the
commit of the cause to here is measured) or *failed* (anything else). Nothing may be kept unless ``complete`` returned.
"""

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from consent_service.client.errors import Stopped, stopped
from consent_service.client.feed import Feed
from consent_service.client.guard import Guard, Watch, unsure
from consent_service.client.permits import PermitKeys, PermitVerifier
from consent_service.contract import methods
from consent_service.contract.decisions import CloseLease, IssuePermit, Lease, LeaseClosed, OpenLease, RenewLease, Use
from consent_service.contract.permits import LEASE_CONTEXT, lease_statement
from infra.kernel.clock import parse_rfc3339
from infra.kernel.crypto import Signer, b64u, sign_value
from infra.kernel.errors import AssentError, Unavailable
from infra.kernel.rpc import Empty
from infra.messaging.rpc.wire import Rpc
from infra.telemetry.logs import log

_READY_S = 5.0
_CLOSE_TRIES = 3


class ConsentClient:
    """What a worker process holds: one guard for all its runs, one key that its permits are bound to."""

    def __init__(self, rpc: Rpc, guard: Guard, worker_key: Signer, verifier: PermitVerifier) -> None:
        self.rpc, self.guard, self.worker_key, self.verifier = rpc, guard, worker_key, verifier
        self._close: Callable[[], None] = _nothing

    def lease(
        self, *, decision: str, job: str, uses: Sequence[Use] = (), features: Sequence[str], kind: str = "synthesis"
    ) -> "Run":
        """A run under a fresh permit, to be used in a ``with`` block; entering raises :class:`Stopped` for a *no*."""
        asked = IssuePermit.model_validate(
            {
                "decision": decision, "job": job, "uses": tuple(uses), "features": tuple(features), "kind": kind,
                "worker_key": b64u(self.worker_key.public),
            }
        )  # fmt: skip
        return Run(self, asked)

    def close(self) -> None:
        """Stop listening. Runs that are still open are denied soon after."""
        self._close()


def open_client(
    rpc: Rpc, amqp_url: str, worker_key: Signer, jwks: Sequence[dict[str, str]] | None = None
) -> ConsentClient:
    """A client whose guard listens from now on. ``jwks`` pins the issuer's keys; without it they are asked for once."""
    feed = Feed(rpc, amqp_url)
    keys = PermitKeys(lambda: rpc.call(methods.get_jwks, Empty()).keys if jwks is None else jwks)
    client = ConsentClient(rpc, feed.guard, worker_key, PermitVerifier(keys))
    client._close = feed.close
    feed.start()
    return client


class Run:
    """One running use. ``token`` is its permit, ``lease`` what was opened; ``closed`` the entry that ended it and
    ``stop_ms`` the measured time to stop, once it has ended.
    """

    token: str
    lease: Lease
    check: Callable[[], None]

    def __init__(self, client: ConsentClient, asked: IssuePermit) -> None:
        self._client, self._asked = client, asked
        self.closed: LeaseClosed | None = None
        self.stop_ms: float | None = None

    def __enter__(self) -> Self:
        """Decide, prove, open, watch; each *no* is a :class:`Stopped`, an unreachable ledger included."""
        client, asked = self._client, self._asked
        try:
            if not client.guard.wait_ready(_READY_S):
                raise unsure()
            self.token = client.rpc.call(methods.issue_permit, asked).token
            claims = client.verifier.verify_use(self.token, job=asked.job, worker_key=asked.worker_key, uses=asked.uses)
            proof = sign_value(client.worker_key, LEASE_CONTEXT, lease_statement(claims.jti, claims.sub))
            self.lease = client.rpc.call(methods.open_lease, OpenLease(token=self.token, proof=proof))
        except AssentError as error:
            raise stopped(error, job=asked.job) from error
        lease, parties = self.lease, (claims.client, *self.lease.subjects)
        self._watch = client.guard.watch(features=lease.features, grants=lease.grants, parties=parties)
        self.check = self._watch.check
        self._renewal = Renewal(client.rpc, lease, self._watch)
        self._renewal.start()
        return self

    def complete(self, *, output_sha256: str, seconds: float, takes: Sequence[str] = ()) -> LeaseClosed:
        """Pass the publish gate. Raises :class:`Stopped` when it refuses: the output must be destroyed."""
        command = CloseLease(
            lease=self.lease.id, fence=self.lease.fence, outcome="completed", output_sha256=output_sha256,
            seconds=seconds, takes=tuple(takes),
        )  # fmt: skip
        try:
            self.check()
            self.closed = self._call_close(command)
        except AssentError as error:
            raise stopped(error, at_ms=_cause_at_ms(error), lease=self.lease.id) from error
        return self.closed

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._renewal.stop()
        self._client.guard.release(self._watch)
        if self.closed is None:
            self._abort(error)

    def _abort(self, error: BaseException | None) -> None:
        """Say what became of the run. When nobody answers, the lease runs out and the service says it for us."""
        halted = isinstance(error, Stopped)
        if isinstance(error, Stopped):
            self.stop_ms = _elapsed_ms(error.cause_at_ms)
            error.info["stop_ms"] = self.stop_ms
        command = CloseLease(
            lease=self.lease.id, fence=self.lease.fence, outcome="aborted" if halted else "failed",
            stop_ms=self.stop_ms, reason=_reason(error),
        )  # fmt: skip
        try:
            self.closed = self._call_close(command)
        except AssentError as refused:
            log.warning("lease.not_closed", lease=self.lease.id, code=refused.code)

    def _call_close(self, command: CloseLease) -> LeaseClosed:
        """Closing twice is closing once, so an answer that did not come is asked for again."""
        for left in reversed(range(_CLOSE_TRIES)):
            try:
                return self._client.rpc.call(methods.close_lease, command)
            except Unavailable:
                if not left:
                    raise
        raise unsure()


class Renewal(threading.Thread):
    """Renews a lease four times within its life; forbids the run when refused, or when nobody answers in time.

    What we know of the lease counts from when an answer was asked for, so it is never kept longer than by the service.
    """

    def __init__(self, rpc: Rpc, lease: Lease, watch: Watch) -> None:
        super().__init__(name=f"renew-{lease.job}", daemon=True)
        self._rpc, self._watch, self._ttl_s = rpc, watch, lease.ttl_s
        self._command = RenewLease(lease=lease.id, fence=lease.fence)
        self._ended = threading.Event()

    def run(self) -> None:
        good_until = time.monotonic() + self._ttl_s
        while not self._ended.wait(self._ttl_s / 4):
            asked_at = time.monotonic()
            try:
                self._rpc.call(methods.renew_lease, self._command, max(self._ttl_s / 4, good_until - asked_at))
                good_until = asked_at + self._ttl_s
            except Unavailable:
                if time.monotonic() >= good_until:
                    return self._watch.forbid(unsure())
            except AssentError as error:
                return self._watch.forbid(stopped(error, at_ms=_cause_at_ms(error)))
        return None

    def stop(self) -> None:
        self._ended.set()


def _cause_at_ms(error: AssentError) -> float | None:
    """When the cause of a refusal was committed, as far as the refusal says."""
    if isinstance(error, Stopped):
        return error.cause_at_ms
    reasons = (error.info.get("decision") or {}).get("reasons") or [{}]
    since = error.info.get("since") or reasons[0].get("since")
    return None if since is None else parse_rfc3339(str(since)).timestamp() * 1000


def _elapsed_ms(since_ms: float | None) -> float | None:
    return None if since_ms is None else round(max(0.0, time.time() * 1000 - since_ms), 3)


def _reason(error: BaseException | None) -> str:
    if error is None:
        return "consent.not_completed"
    return error.code if isinstance(error, AssentError) else type(error).__name__


def _nothing() -> None:
    return None
