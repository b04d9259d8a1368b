"""One supervised process: started, watched, restarted when it dies, stopped when asked.

Every start is a new incarnation with a freshly made environment. A death is reported with the exit status and the
last lines of the log; the pause before the next start doubles up to a limit and is forgotten after a quiet time.
"""

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.stack.processes import LOOPBACK, ProcessId, free_port, tail
from infra.stack.table import ProcessSpec

Environment = Callable[[ProcessSpec], dict[str, str]]


@dataclass(frozen=True)
class Incident:
    """A process that ended by itself. ``at`` is epoch seconds; ``restart_in`` seconds, None: given up."""

    name: str
    at: float
    reason: str
    log_lines: str
    restart_in: float | None


@dataclass(frozen=True)
class Backoff:
    """Pauses between restarts: ``first`` seconds, doubled up to ``longest``; ``quiet`` seconds of life forget them."""

    first: float = 0.3
    longest: float = 10.0
    quiet: float = 20.0
    start_attempts: int = 3

    def pause(self, failures: int) -> float:
        """Seconds before the next start after ``failures`` deaths in a row (from 1)."""
        return float(min(self.longest, self.first * 2 ** min(failures - 1, 16)))


class Child:
    """A process under supervision. States: stopped, starting, ready, waiting (for the next start), failed."""

    def __init__(
        self, spec: ProcessSpec, *, environment: Environment, log: Path, root: Path, port: int,
        report: Callable[[Incident], None], changed: Callable[[], None], backoff: Backoff,
    ) -> None:  # fmt: skip
        self.spec, self.log = spec, log
        self.port = port or free_port()
        """Where it answers ``/readyz``; chosen anew before a start when somebody else took it, unless it was given."""
        self._fixed_port = bool(port)
        self.state, self.restarts, self.identity = "stopped", 0, None  # type: str, int, ProcessId | None
        self._environment, self._root, self._report, self._changed = environment, root, report, changed
        self._backoff = backoff
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Whether the present incarnation said so."""
        return self.state == "ready"

    def start(self) -> None:
        """Begin supervising; returns at once."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._stop.clear()
        self._thread = threading.Thread(target=self._supervise, name=f"watch-{self.spec.name}", daemon=True)
        self._thread.start()

    def request_stop(self) -> None:
        """SIGTERM, without waiting."""
        self._stop.set()
        self.signal(signal.SIGTERM)

    def wait_stopped(self) -> None:
        """Wait for the end that :meth:`request_stop` asked for; SIGKILL after the process's own limit."""
        if self._thread is None:
            return
        self._thread.join(self.spec.stop_seconds)
        if self._thread.is_alive():
            self.signal(signal.SIGKILL)
            self._thread.join(10.0)

    def stop(self) -> None:
        """Stop and stay stopped."""
        self.request_stop()
        self.wait_stopped()

    def signal(self, number: signal.Signals) -> None:
        """Signal the present incarnation; harmless when there is none."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(number)

    def _supervise(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            reached_ready = self._run_once()
            if self._stop.is_set():
                break
            quiet = reached_ready and time.monotonic() - began > self._backoff.quiet
            failures = 1 if quiet else failures + 1
            give_up = not reached_ready and self.restarts == 0 and failures >= self._backoff.start_attempts
            pause = None if give_up else self._backoff.pause(failures)
            self._report(Incident(self.spec.name, time.time(), self._why(), tail(self.log), pause))
            if pause is None:
                self._enter("failed")
                return
            self._enter("waiting")
            self._stop.wait(pause)
            self.restarts += 1 if reached_ready or self.restarts else 0
        self._enter("stopped")

    def _run_once(self) -> bool:
        """One incarnation from start to end; True when it became ready."""
        if not self._fixed_port:
            self.port = free_port(self.port)
        with self.log.open("ab") as output:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", self.spec.module, *self.spec.arguments], cwd=self._root,
                env=self._environment(self.spec), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        self.identity = ProcessId.of(process.pid)
        self._enter("starting")
        if self._stop.is_set():
            process.terminate()  # asked to stop between the loop's check and the start
        ready = self._await_ready(process)
        if ready:
            self._enter("ready")
        process.wait()
        self.identity = None
        return ready

    def _await_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + self.spec.ready_seconds
        while process.poll() is None and not self._stop.is_set():
            if answers_ready(self.port):
                return True
            if time.monotonic() > deadline:
                process.terminate()
                try:
                    process.wait(self.spec.stop_seconds)
                except subprocess.TimeoutExpired:
                    process.kill()
                return False
            self._stop.wait(0.1)
        return False

    def _why(self) -> str:
        code = self._process.returncode if self._process else None
        if code is None:
            return "did not start"
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"ended with status {code}" + ("" if self.state == "ready" else " before it was ready")

    def _enter(self, state: str) -> None:
        self.state = state
        self._changed()


def answers_ready(port: int, *, path: str = "/readyz", seconds: float = 1.0) -> bool:
    """Whether the process behind a port says it is ready."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=seconds)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
