"""Work: quorum queues with a delivery limit and a parking queue, and the process loop that takes jobs from them.

A job is acknowledged after its handler has returned, so a crash at any moment gives it to somebody else; handlers are
idempotent by job id. The connection lives in the main thread, the job in one other thread that stays the same for the
process's life (GPU and C libraries care). A lost connection does not disturb the running job: when the broker delivers
its message again, the worker *adopts* it and acknowledges that delivery instead.
"""

import contextlib
import json
import queue as threads
import signal
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from infra.kernel.errors import AssentError, Invalid, Unavailable
from infra.messaging.amqp import Backoff, parameters, parked_queue
from infra.telemetry.logs import log
from infra.telemetry.metrics import BROKER_LOST, JOBS, JOBS_RUNNING
from infra.telemetry.trace import bind_trace

DELIVERY_LIMIT = 3  # redeliveries: a message is delivered four times at most
_LOST = (AMQPError, OSError)
_TICK_S = 0.2
_REMEMBERED = 64


def declare_jobs(channel: Any, queue: str) -> None:
    """Declare ``queue`` and the queue ``<queue>.dead`` that keeps what failed too often. Idempotent; works with a
    blocking and with a callback channel.
    """
    parking, arguments = parked_queue(queue)
    channel.queue_declare(parking, durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_declare(queue, durable=True, arguments={**arguments, "x-delivery-limit": DELIVERY_LIMIT})


@dataclass
class Delivery:
    """A message in our hands. ``tag`` is valid on ``channel`` only; both change when the message is adopted."""

    id: str
    body: bytes
    traceparent: str
    request_id: str
    tries: int
    channel: BlockingChannel
    tag: int


class JobWorker:
    """Takes jobs from one queue, one at a time, until :meth:`stop` (or SIGTERM, SIGINT after :meth:`run`).

    ``handle(payload)`` runs in the job thread. When it raises :class:`Unavailable`, something it needs is away: the job
    is kept and handled again, with pauses from ``retry_s`` to ten times that, until it is back; this counts as no
    failure. After any other error the job goes back to the queue after ``retry_s`` until the delivery limit parks it;
    :class:`Invalid` parks it at once, since no repetition helps. The last delivery of a job that every worker before
    has died of goes to ``abandon(payload)``, which says so to whoever waits for it, and the message is parked; without
    ``abandon`` the job runs once more. ``on_tick()`` is called
    in the main thread about five times a second. Stopping finishes the running job within ``grace_s``, or else gives
    it back; handlers that can stop early read :attr:`stopping`.
    """

    def __init__(
        self,
        amqp_url: str,
        queue: str,
        handle: Callable[[dict[str, Any]], None],
        *,
        abandon: Callable[[dict[str, Any]], None] | None = None,
        on_tick: Callable[[], None] = lambda: None,
        grace_s: float = 20.0,
        retry_s: float = 1.0,
    ) -> None:
        self._parameters, self._queue, self._handle = parameters(amqp_url, f"worker-{queue}"), queue, handle
        self._abandon, self._on_tick, self._grace_s, self._retry_s = abandon, on_tick, grace_s, retry_s
        self.stopping = threading.Event()
        self._work: threads.SimpleQueue[Delivery | None] = threads.SimpleQueue()
        self._ended: threads.SimpleQueue[tuple[Delivery, str]] = threads.SimpleQueue()
        self._running: Delivery | None = None
        self._waiting: Delivery | None = None
        self._done: OrderedDict[str, None] = OrderedDict()
        self._connection: pika.BlockingConnection | None = None

    @property
    def connected(self) -> bool:
        """For readiness checks."""
        return self._connection is not None and self._connection.is_open

    @property
    def busy(self) -> bool:
        return self._running is not None

    def stop(self) -> None:
        """Ask for a graceful stop; safe in signal handlers and from any thread."""
        self.stopping.set()

    def run(self, *, signals: bool = True) -> None:
        """Work until stopped. ``signals`` installs handlers for SIGTERM and SIGINT (main thread only)."""
        if signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())
        threading.Thread(target=self._run_jobs, name="job", daemon=True).start()
        backoff = Backoff()
        while not self.stopping.is_set():
            try:
                self._serve(backoff)
            except _LOST as error:
                log.warning("jobs.broker_lost", queue=self._queue, error=type(error).__name__, detail=str(error))
                BROKER_LOST.labels(self._queue).inc()
                self._pause(backoff.delay())
        self._work.put(None)
        if self._running is not None:
            log.warning("jobs.given_back", queue=self._queue, job=self._running.id)

    def _pause(self, seconds: float) -> None:
        self.stopping.wait(seconds)
        self._on_tick()

    def _serve(self, backoff: Backoff) -> None:
        """One connection, from opening to losing it or to the end of a graceful stop."""
        self._connection = connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            declare_jobs(channel, self._queue)
            channel.basic_qos(prefetch_count=1)
            cancelled = threading.Event()  # by the broker: the queue was deleted or its leader moved
            channel.add_on_cancel_callback(lambda _frame: cancelled.set())
            consumer = channel.basic_consume(self._queue, self._delivered)
            backoff.reset()
            while channel.is_open and not cancelled.is_set() and not self.stopping.is_set():
                connection.process_data_events(time_limit=_TICK_S)
                self._settle_ended()
                self._on_tick()
            if self.stopping.is_set() and channel.is_open:
                self._drain(connection, channel, consumer)
        finally:
            with contextlib.suppress(*_LOST):
                connection.close()

    def _drain(self, connection: pika.BlockingConnection, channel: BlockingChannel, consumer: str) -> None:
        """Take nothing new, wait for the running job; what is not finished stays unacknowledged and goes back."""
        channel.basic_cancel(consumer)
        end = time.monotonic() + self._grace_s
        while self._running is not None and channel.is_open and time.monotonic() < end:
            connection.process_data_events(time_limit=_TICK_S)
            self._settle_ended()
            self._on_tick()

    def _delivered(self, channel: BlockingChannel, method: Any, properties: Any, body: bytes) -> None:
        headers = properties.headers or {}
        new = Delivery(
            id=properties.message_id or f"untitled-{method.delivery_tag}",
            body=body,
            traceparent=str(headers.get("traceparent") or ""),
            request_id=str(headers.get("x-request-id") or ""),
            tries=int(headers.get("x-delivery-count", 0)) + 1,
            channel=channel,
            tag=method.delivery_tag,
        )
        if new.id in self._done:  # it was finished, only its acknowledgement was lost
            channel.basic_ack(new.tag)
        elif self._running is not None and self._running.id == new.id:
            log.info("jobs.adopted", queue=self._queue, job=new.id)
            self._running.channel, self._running.tag = new.channel, new.tag
        elif self._running is not None:  # after a reconnect, while our own message went elsewhere: its turn comes
            self._waiting = new
        else:
            self._begin(new)

    def _begin(self, job: Delivery) -> None:
        self._running = job
        JOBS_RUNNING.labels(self._queue).set(1)
        self._work.put(job)

    def _settle_ended(self) -> None:
        """In the main thread: acknowledge or give back what the job thread has ended."""
        while not self._ended.empty():
            job, outcome = self._ended.get()
            self._running = None
            JOBS_RUNNING.labels(self._queue).set(0)
            if outcome == "done":
                self._remember(job.id)
            self._settle(job, outcome)
            waiting, self._waiting = self._waiting, None
            if waiting is not None and waiting.channel.is_open:
                self._begin(waiting)

    def _settle(self, job: Delivery, outcome: str) -> None:
        if not job.channel.is_open:
            return  # the broker has taken the message back and will deliver it again
        if outcome == "done":
            job.channel.basic_ack(job.tag)
        elif outcome == "invalid":
            job.channel.basic_reject(job.tag, requeue=False)
        elif self._connection is not None:  # after a pause: a failing job must not spin
            self._connection.call_later(self._retry_s, partial(_give_back, job))

    def _remember(self, job: str) -> None:
        self._done[job] = None
        while len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    def _run_jobs(self) -> None:
        """The job thread."""
        while (job := self._work.get()) is not None:
            started = time.perf_counter()
            with bind_trace(job.traceparent, request_id=job.request_id, name=self._queue, job=job.id):
                outcome = self._run_one(job)
            JOBS.labels(self._queue, outcome).observe(time.perf_counter() - started)
            self._ended.put((job, outcome))
            with contextlib.suppress(AMQPError, AttributeError):  # else the next tick finds it
                self._connection.add_callback_threadsafe(self._settle_ended)  # type: ignore[union-attr]

    def _run_one(self, job: Delivery) -> str:
        """The outcome once nothing it needs is away any more; ``failed`` when told to stop while waiting."""
        waits = Backoff(self._retry_s, 10 * self._retry_s)
        while (outcome := self._try_once(job)) == "waiting":
            if self.stopping.wait(waits.delay()):
                return "failed"
        return outcome

    def _try_once(self, job: Delivery) -> str:
        """``done``, ``waiting`` (for what is away), ``invalid`` (park it) or ``failed`` (try again)."""
        try:
            if self._abandon is not None and job.tries > DELIVERY_LIMIT:
                self._abandon(_payload(job.body))
                log.error("job.abandoned", tries=job.tries)
                return "invalid"
            self._handle(_payload(job.body))
        except Invalid as error:
            log.error("job.invalid", code=error.code, detail=error.detail)
            return "invalid"
        except Unavailable as error:
            log.warning("job.waiting", code=error.code, detail=error.detail)
            return "waiting"
        except AssentError as error:
            log.warning("job.failed", code=error.code, detail=error.detail, tries=job.tries)
            return "failed"
        except Exception:  # noqa: BLE001  the worker outlives its jobs
            log.exception("job.crashed", tries=job.tries)
            return "failed"
        return "done"


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except ValueError as error:
        raise Invalid("messaging.bad_job", "a job is a JSON object") from error
    if not isinstance(payload, dict):
        raise Invalid("messaging.bad_job", "a job is a JSON object")
    return payload


def _give_back(job: Delivery) -> None:
    if job.channel.is_open:
        job.channel.basic_nack(job.tag, requeue=True)
