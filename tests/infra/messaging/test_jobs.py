"""The job worker on real quorum queues, with its connection cut under it."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest

from infra.kernel.errors import Internal, Invalid, Unavailable
from infra.messaging.jobs import DELIVERY_LIMIT, JobWorker, declare_jobs
from tests.infra.messaging.conftest import until
from tests.infra.messaging.proxy import proxied


class Started:
    """Workers on threads, stopped at the end."""

    def __init__(self) -> None:
        self.workers: list[tuple[JobWorker, threading.Thread]] = []

    def __call__(self, url: str, queue: str, handle: Callable[[dict[str, Any]], None], **options: Any) -> JobWorker:
        worker = JobWorker(url, queue, handle, **{"retry_s": 0.01, **options})
        thread = threading.Thread(target=worker.run, kwargs={"signals": False})
        thread.start()
        self.workers.append((worker, thread))
        return worker

    def stop(self) -> None:
        for worker, _ in self.workers:
            worker.stop()
        for _, thread in self.workers:
            thread.join(10)
            assert not thread.is_alive()
        self.workers = []


@pytest.fixture
def start() -> Iterator[Started]:
    started = Started()
    yield started
    started.stop()


def put(broker: Any, queue: str, *jobs: str, body: bytes | None = None) -> None:
    declare_jobs(broker, queue)
    broker = broker.connection.channel()
    broker.confirm_delivery()
    for job in jobs:
        properties = pika.BasicProperties(message_id=job, delivery_mode=2)
        broker.basic_publish("", queue, body or json.dumps({"job": job}).encode(), properties, mandatory=True)


def depth(broker: Any, queue: str) -> int:
    return broker.queue_declare(queue, passive=True).method.message_count


class Gate:
    """A handler that holds each job until it is let through."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.open = threading.Event()

    def __call__(self, payload: dict[str, Any]) -> None:
        self.runs.append(payload["job"])
        assert self.open.wait(10)


def test_jobs_are_done_in_order_and_leave_the_queue(amqp_url: str, broker, jobs_queue: str, start: Started) -> None:
    put(broker, jobs_queue, *(f"job-{n}" for n in range(20)))
    done: list[str] = []
    start(amqp_url, jobs_queue, lambda payload: done.append(payload["job"]))
    until(lambda: len(done) == 20)
    assert done == [f"job-{n}" for n in range(20)]
    start.stop()
    assert depth(broker, jobs_queue) == 0


def test_failing_job_is_tried_again_until_the_limit_and_then_parked(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "bad", "good")
    runs: list[str] = []

    def handle(payload: dict[str, Any]) -> None:
        runs.append(payload["job"])
        if payload["job"] == "bad":
            raise Internal("test.broken", "not today")

    start(amqp_url, jobs_queue, handle)
    until(lambda: depth(broker, f"{jobs_queue}.dead") == 1)
    until(lambda: "good" in runs)
    assert runs.count("bad") == DELIVERY_LIMIT + 1
    _method, properties, body = broker.basic_get(f"{jobs_queue}.dead", auto_ack=True)
    assert (properties.message_id, json.loads(body)) == ("bad", {"job": "bad"})


def test_a_job_nobody_lives_through_is_abandoned_at_its_last_delivery(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "deadly", "good")
    runs: list[str] = []
    abandoned: list[str] = []

    def handle(payload: dict[str, Any]) -> None:
        runs.append(payload["job"])
        if payload["job"] == "deadly":
            raise MemoryError

    start(amqp_url, jobs_queue, handle, abandon=lambda payload: abandoned.append(payload["job"]))
    until(lambda: depth(broker, f"{jobs_queue}.dead") == 1)
    until(lambda: "good" in runs)
    assert (runs.count("deadly"), abandoned) == (DELIVERY_LIMIT, ["deadly"])


def test_a_job_waits_for_what_is_away_and_no_delivery_is_spent_on_it(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "patient")
    runs: list[str] = []

    def handle(payload: dict[str, Any]) -> None:
        runs.append(payload["job"])
        if len(runs) <= 2 * (DELIVERY_LIMIT + 1):
            raise Unavailable("test.away", "not yet")

    start(amqp_url, jobs_queue, handle)
    until(lambda: len(runs) == 2 * (DELIVERY_LIMIT + 1) + 1)
    start.stop()
    assert (depth(broker, jobs_queue), depth(broker, f"{jobs_queue}.dead")) == (0, 0)


def test_crashing_handler_does_not_end_the_worker(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "crash", "next")
    runs: list[str] = []

    def handle(payload: dict[str, Any]) -> None:
        runs.append(payload["job"])
        if runs == ["crash"]:
            raise ZeroDivisionError

    start(amqp_url, jobs_queue, handle)
    until(lambda: sorted(runs) == ["crash", "crash", "next"])


@pytest.mark.parametrize("body", [b"\xff", b"[1]", b'{"job": "refused"}'])
def test_invalid_job_is_parked_at_once(amqp_url, broker, jobs_queue, start, body: bytes) -> None:
    put(broker, jobs_queue, "odd", body=body)
    runs: list[Any] = []

    def handle(payload: dict[str, Any]) -> None:
        runs.append(payload)
        raise Invalid("test.bad", "no")

    start(amqp_url, jobs_queue, handle)
    until(lambda: depth(broker, f"{jobs_queue}.dead") == 1)
    assert len(runs) <= 1


def test_running_job_survives_a_lost_connection_and_runs_once(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "long", "next")
    gate = Gate()
    with proxied(amqp_url) as proxy:
        worker = start(proxy.url, jobs_queue, gate)
        until(lambda: gate.runs == ["long"])
        assert worker._running is not None
        before = worker._running.channel
        proxy.drop()
        until(lambda: worker._running is not None and worker._running.channel is not before)  # adopted
        gate.open.set()
        until(lambda: gate.runs == ["long", "next"])
        start.stop()
        assert depth(broker, jobs_queue) == 0
        assert depth(broker, f"{jobs_queue}.dead") == 0


def test_job_finished_while_the_broker_was_away_is_not_run_again(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "long", "next")
    gate = Gate()
    with proxied(amqp_url) as proxy:
        worker = start(proxy.url, jobs_queue, gate)
        until(lambda: gate.runs == ["long"])
        proxy.cut()
        until(lambda: not worker.connected)
        gate.open.set()
        until(lambda: not worker._ended.empty() or not worker.busy)
        proxy.heal()
        until(lambda: gate.runs == ["long", "next"])
        start.stop()
        assert depth(broker, jobs_queue) == 0


def test_job_whose_acknowledgement_was_lost_is_not_run_again(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "long", "next")
    gate = Gate()
    with proxied(amqp_url) as proxy:
        worker = start(proxy.url, jobs_queue, gate)
        until(lambda: gate.runs == ["long"])
        proxy.mute()
        gate.open.set()
        until(lambda: not worker.busy)
        proxy.drop()
        proxy.heal()
        until(lambda: gate.runs == ["long", "next"])
        start.stop()
        assert depth(broker, jobs_queue) == 0


def test_consumer_cancelled_by_the_broker_is_set_up_anew(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "first")
    done: list[str] = []
    worker = start(amqp_url, jobs_queue, lambda payload: done.append(payload["job"]))
    until(lambda: done == ["first"] and not worker.busy)
    before = worker._connection
    broker.queue_delete(jobs_queue)  # cancels the consumer; the worker declares the queue anew
    until(lambda: worker._connection is not before and worker.connected)
    put(broker, jobs_queue, "second")
    until(lambda: done == ["first", "second"])


def test_graceful_stop_finishes_the_running_job(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "running", "waiting")
    gate = Gate()
    worker = start(amqp_url, jobs_queue, gate)
    until(lambda: gate.runs == ["running"])
    worker.stop()
    gate.open.set()
    start.stop()
    assert gate.runs == ["running"]
    assert depth(broker, jobs_queue) == 1


def test_stop_past_its_grace_gives_the_job_back(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "stuck")
    gate = Gate()
    worker = start(amqp_url, jobs_queue, gate, grace_s=0.1)
    until(lambda: gate.runs == ["stuck"])
    worker.stop()
    start.stop()
    until(lambda: depth(broker, jobs_queue) == 1)
    gate.open.set()


def test_handler_learns_that_it_should_stop(amqp_url, broker, jobs_queue, start) -> None:
    put(broker, jobs_queue, "long")
    seen = threading.Event()

    def handle(_payload: dict[str, Any]) -> None:
        seen.set()
        assert worker.stopping.wait(10)

    worker = start(amqp_url, jobs_queue, handle)
    assert seen.wait(10)
    start.stop()
    assert depth(broker, jobs_queue) == 0
