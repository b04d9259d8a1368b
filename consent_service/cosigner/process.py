"""The cosigner's loop: wait for a new checkpoint, carry the latest one to every witness at once, keep the answers.

One thread for each witness, so that a slow one holds up nobody; each always carries the newest checkpoint there is.
``pace_s`` is the least time between two submissions to one witness: it bounds what is stored, and it is the most that
is added to the wait for a cosigned proof. A witness that has the newest checkpoint is asked to sign it again after
``renew_s``, the old size being the checkpoint's own (C2SP tlog-witness): its time then says that the log was quiet,
where without it a reader could not tell a quiet log from one that is kept from them.
"""

import threading
import time
from collections.abc import Callable, Iterable

import httpx
import psycopg
from prometheus_client import Counter, Gauge, Histogram

from consent_service.cosigner.submitter import Endpoint, Submitter
from consent_service.store.cosigned import keep_cosignatures
from consent_service.store.tree import Head, load_head, load_spans
from infra.kernel.errors import AssentError, Conflict, Unavailable
from infra.telemetry import log
from infra.tlog.merkle import consistency_spans
from infra.tlog.policy import Policy

COSIGNED = Counter("assent_cosigned_total", "Checkpoints cosigned", ["url"])
REFUSED = Counter("assent_cosigner_refused_total", "Submissions without a cosignature", ["url", "code"])
DISAGREES = Gauge("assent_witness_disagrees", "1 while a witness has seen another history", ["url"])
WITNESSED = Gauge("assent_witnessed_size", "Size of the latest checkpoint with a quorum")
TAKEN = Histogram("assent_cosigner_seconds", "From submission to kept cosignatures", ["url"])

_LISTEN = "LISTEN outbox_consent"  # the sequencer rings it once a batch
RENEW_S = 60.0
"""Seconds after which a quiet log's checkpoint is cosigned again."""
_LOOK_S = 0.5
_RETRY_S = (0.2, 5.0)


def endpoints_of(policy: Policy) -> list[Endpoint]:
    """The policy's witnesses by submission prefix; those without one cannot be asked."""
    urls = dict.fromkeys(line.url for line in policy.witnesses.values() if line.url)
    return [Endpoint(url, tuple(line for line in policy.witnesses.values() if line.url == url)) for url in urls]


class Courier:
    """One witness's thread. ``offer`` hands it the newest checkpoint; ``agrees`` is False once it disagreed."""

    def __init__(self, endpoint: Endpoint, policy: Policy, database_url: str, *, pace_s: float, renew_s: float) -> None:
        self._endpoint, self._policy, self._url = endpoint, policy, database_url
        self._pace_s, self._renew_s = pace_s, renew_s
        self._wanted: Head | None = None
        self._bell, self._stop = threading.Condition(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"courier {endpoint.url}", daemon=True)
        self.agrees = True

    def start(self) -> None:
        self._thread.start()

    def offer(self, head: Head) -> None:
        with self._bell:
            self._wanted = head
            self._bell.notify()

    def stop(self) -> None:
        """End after the submission that is under way."""
        self._stop.set()
        with self._bell:
            self._bell.notify()
        self._thread.join(10)

    def _run(self) -> None:
        pause = _RETRY_S[0]
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._url, autocommit=True, connect_timeout=3) as conn, _client() as client:
                    self._carry(Submitter(self._endpoint, client, _prover(conn)), conn)
            except (psycopg.OperationalError, psycopg.InterfaceError, AssentError) as error:
                self._note(error)
                self._stop.wait(pause)
                pause = min(pause * 2, _RETRY_S[1])
            else:
                pause = _RETRY_S[0]

    def _carry(self, submitter: Submitter, conn: psycopg.Connection) -> None:
        while (head := self._next(submitter.seen)) is not None:
            began = time.monotonic()
            try:
                lines = submitter.submit(head)
            except Conflict:
                if not self._is_behind(conn, submitter.seen):
                    raise
                continue
            if keep_cosignatures(conn, head.size, lines, self._policy):
                WITNESSED.set(head.size)
            self.agrees = True
            DISAGREES.labels(self._endpoint.url).set(0)
            COSIGNED.labels(self._endpoint.url).inc()
            TAKEN.labels(self._endpoint.url).observe(time.monotonic() - began)
            self._stop.wait(max(0.0, began + self._pace_s - time.monotonic()))

    def _is_behind(self, conn: psycopg.Connection, witnessed: int) -> bool:
        """Whether the witness was merely asked by another cosigner since: the ledger has a tree above that size."""
        newest, wanted = load_head(conn), self._wanted
        if newest is None or wanted is None or not wanted.size < witnessed <= newest.size:
            return False
        self.offer(newest)
        return True

    def _next(self, seen: int) -> Head | None:
        """The newest checkpoint, where the witness lacks it or is to sign it again; None when told to stop."""
        with self._bell:
            self._bell.wait_for(
                lambda: self._stop.is_set() or (self._wanted and self._wanted.size > seen),
                self._renew_s if seen else None,
            )
            return None if self._stop.is_set() else self._wanted

    def _note(self, error: Exception) -> None:
        code = error.code if isinstance(error, AssentError) else "store_away"
        REFUSED.labels(self._endpoint.url, code).inc()
        if isinstance(error, Conflict):
            self.agrees = False
            DISAGREES.labels(self._endpoint.url).set(1)
            log.critical("cosigner.witness_disagrees", detail=error.detail, fix=error.fix, **error.info)
        elif isinstance(error, Unavailable):
            log.warning("cosigner.witness_away", **error.info)
        else:
            log.warning("cosigner.interrupted", error=type(error).__name__, code=code)


class CosignerLoop:
    """Watches one connection for new checkpoints and hands them to couriers. ``policy`` is asked again each look."""

    def __init__(
        self, database_url: str, policy: Callable[[], Policy | None], *, pace_s: float, renew_s: float = RENEW_S
    ) -> None:
        self._url, self._policy = database_url, policy
        self._pace = {"pace_s": pace_s, "renew_s": renew_s}
        self._couriers: list[Courier] = []
        self._followed: Policy | None = None
        self.connected = False

    def checks(self) -> dict[str, bool]:
        """What readiness consists of: a witness that is away is no reason, one that disagrees is."""
        return {"database": self.connected, "witnesses agree": all(courier.agrees for courier in self._couriers)}

    def run(self, stopping: Callable[[], bool]) -> None:
        try:
            while not stopping():
                try:
                    with psycopg.connect(self._url, autocommit=True, connect_timeout=3) as conn:
                        self._watch(conn, stopping)
                except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                    self.connected = False
                    log.warning("cosigner.store_away", error=type(error).__name__)
                    time.sleep(_RETRY_S[0])
        finally:
            self._dismiss(self._couriers)

    def _watch(self, conn: psycopg.Connection, stopping: Callable[[], bool]) -> None:
        conn.execute(_LISTEN)
        self.connected = True
        offered = -1
        while not stopping():
            if self._follow_policy():
                offered = -1
            head = load_head(conn)
            if head is not None and head.size != offered:
                offered = head.size
                for courier in self._couriers:
                    courier.offer(head)
            for _ in conn.notifies(timeout=_LOOK_S, stop_after=1):
                break

    def _follow_policy(self) -> bool:
        """Couriers for the present policy; True when it changed."""
        policy = self._policy()
        if policy is self._followed:
            return False
        self._dismiss(self._couriers)
        endpoints = endpoints_of(policy) if policy else []
        self._couriers = [Courier(item, policy, self._url, **self._pace) for item in endpoints if policy]
        for courier in self._couriers:
            courier.start()
        self._followed = policy
        log.info("cosigner.policy", witnesses=[item.url for item in endpoints], quorum=policy and policy.in_words())
        return True

    @staticmethod
    def _dismiss(couriers: Iterable[Courier]) -> None:
        for courier in couriers:
            courier.stop()


def _client() -> httpx.Client:
    return httpx.Client(timeout=httpx.Timeout(3.0, connect=1.0), trust_env=False, follow_redirects=False)


def _prover(conn: psycopg.Connection) -> Callable[[int, int], tuple[bytes, ...]]:
    return lambda old, new: tuple(load_spans(conn, consistency_spans(old, new)))
