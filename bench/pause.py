"""From the commit of a pause to the last of four workers that denies: Postgres, sequencer, relay, RabbitMQ, guards.

Everything between is real and in processes of its own. The clock starts with the time inside the ledger entry, which
is read just before the commit, so the figure errs to the longer side. Workers look at the guard once a millisecond.
The second series has no goal: there each worker spins in pure Python between looks two milliseconds apart, so that
four workers want more than the cores there are, and the database and the broker wait for the rest.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from bench.report import Report, quantile
from consent_service.client.errors import Stopped, StoppedByPause
from consent_service.client.feed import Feed
from consent_service.client.guard import Guard
from consent_service.contract import methods
from consent_service.contract.ledger import RegisterParty
from infra.kernel.clock import SystemClock
from infra.messaging.rpc.sync import SyncRpc
from infra.stack.temporary import TemporaryServers
from tests.consent_service.house import House, command_id, memory_parts
from tests.consent_service.running import running_consent
from tests.databases import Databases

ROOT = Path(__file__).resolve().parent.parent
FLAG = "allow.video_generation"
WORKERS, FLIPS, WARM_UP = 4, 120, 5
DEADLINE_S = 30.0


def main() -> None:
    """Measure and write the report."""
    report = Report(
        "pause", conditions=f"{FLIPS} flips, {WORKERS} worker processes, PostgreSQL, sequencer, relay, RabbitMQ"
    )
    with ExitStack() as stack:
        database_url, amqp_url = stack.enter_context(servers())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rpc = stack.enter_context(running_consent(database_url, amqp_url, folder))
        operators = Operators(rpc)
        for name, busy, goal in (("", False, 50.0), ("spinning workers: ", True, None)):
            with workers(amqp_url, busy=busy) as pipes:
                last, every = flips(operators, pipes)
            report.add(f"{name}commit → last of {WORKERS} denies, median", quantile(last, 0.5), "ms")
            report.add(f"{name}commit → last of {WORKERS} denies, p99", quantile(last, 0.99), "ms", at_most=goal)
            report.add(f"{name}commit → last of {WORKERS} denies, worst", max(last), "ms")
            report.add(f"{name}commit → any worker denies, median", quantile(every, 0.5), "ms")
    report.write()


class Operators:
    """Two people who flip one flag, with real signatures."""

    def __init__(self, rpc: SyncRpc) -> None:
        self._rpc, self._people = rpc, House(memory_parts(SystemClock()))
        for person, can in ((self._people.pauser, "pause"), (self._people.resumer, "resume")):
            command = RegisterParty(
                command_id=command_id(), kind="operator", handle=person.handle, public_key=person.key,
                attributes={"can": can},
            )  # fmt: skip
            rpc.call(methods.register_party, command)

    def pause(self) -> float:
        """Pause; the entry's own time, Unix ms."""
        flag = self._rpc.call(methods.change_flag, self._people.signed_flag(FLAG, "paused"), DEADLINE_S).flag
        return flag.since.timestamp() * 1e3

    def resume(self) -> None:
        proposal = self._rpc.call(methods.change_flag, self._people.signed_flag(FLAG, "limited"), DEADLINE_S)
        self._rpc.call(methods.approve_flag, self._people.signed_approval(proposal.recorded.ref), DEADLINE_S)


def flips(operators: Operators, pipes: list[Connection]) -> tuple[list[float], list[float]]:
    """Milliseconds from the commit to the last worker and to every one, over all flips but the first five."""
    last, every = [], []
    for flip in range(FLIPS + WARM_UP):
        for pipe in pipes:
            pipe.recv()  # armed: its guard allows
        committed = operators.pause()
        denied = [pipe.recv() * 1e3 - committed for pipe in pipes]
        operators.resume()
        if flip >= WARM_UP:
            last.append(max(denied))
            every.extend(denied)
    return last, every


@contextmanager
def workers(amqp_url: str, *, busy: bool) -> Iterator[list[Connection]]:
    """Four processes with a guard each; a pipe to each."""
    spawn = multiprocessing.get_context("spawn")
    pairs = [spawn.Pipe(duplex=False) for _ in range(WORKERS)]
    processes = [spawn.Process(target=work, args=(amqp_url, busy, there), daemon=True) for _, there in pairs]
    for process in processes:
        process.start()
    yield [here for here, _ in pairs]
    for process in processes:
        process.terminate()
        process.join()


def work(amqp_url: str, busy: bool, pipe: Connection) -> None:
    """One worker: say when the guard allows, work, say when it denied because of the pause, for ever.

    A guard that denies because it heard nothing for two seconds (on a machine that starves it) is not counted as having
    heard of the pause: the worker goes on asking until it has.
    """
    feed = Feed(SyncRpc(amqp_url), amqp_url)
    feed.start()
    feed.guard.wait_ready(20.0)
    while True:
        _until(feed.guard, False, busy)
        pipe.send(0.0)
        _until(feed.guard, True, busy)
        pipe.send(time.time())


def _until(guard: Guard, paused: bool, busy: bool) -> None:
    """Work until a run's guard says that the feature is paused, or lets it go on."""
    watch = guard.watch(features=[FLAG], grants=[])
    while True:
        try:
            watch.check()
            if not paused:
                break
        except StoppedByPause:
            if paused:
                break
            guard.release(watch)
            watch = guard.watch(features=[FLAG], grants=[])
        except Stopped:
            pass  # unsure: it denies, and does not know why yet
        step(busy)
    guard.release(watch)


def step(busy: bool) -> None:
    """One piece of work."""
    if not busy:
        time.sleep(0.001)
        return
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        pass


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """URLs of a migrated database and of a broker: the test servers, or private ones."""
    private = TemporaryServers(ROOT / ".local" / "run", durable=True)
    databases = Databases(os.environ.get("ASSENT_TEST_DATABASE_URL") or private.postgres().admin_url)
    try:
        yield databases.fresh().url("consent"), os.environ.get("ASSENT_TEST_AMQP_URL") or private.fresh_vhost()
    finally:
        databases.close()
        private.close()


if __name__ == "__main__":
    main()
