"""A ledger that may be broken: a private durable PostgreSQL, sequencers and writers, every one a process of its own.

Each process names itself to the database (``PGAPPNAME``), so that a back end can be found by whom it serves.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from consent_service.sequencer.watermark import Watermark
from infra.kernel.crypto import Ed25519Signer
from infra.stack.postgres import PrivatePostgres
from infra.stack.processes import tail
from infra.tlog.note import VerifierKey
from tests.databases import Databases

ROOT = Path(__file__).resolve().parents[3]
ORIGIN = "assent.local/ledger"
PATIENCE_S = 60.0
_ACTIVE = """
SELECT DISTINCT a.application_name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND a.application_name LIKE 'sequencer%%'
"""
_BACK_ENDS = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE %s AND backend_type = 'client backend'"


class Worker:
    """A process that is started again after it was killed. ``command(incarnation)`` gives its arguments."""

    def __init__(self, name: str, command: Callable[[int], list[str]], env: dict[str, str], log: Path) -> None:
        self.name, self._command, self._log = name, command, log
        self._env = {**os.environ, **env, "PGAPPNAME": name, "PYTHONPATH": str(ROOT)}
        self.incarnation = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, piped: bool = False) -> "subprocess.Popen[bytes]":
        self.incarnation += 1
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self._command(self.incarnation)], cwd=ROOT, env=self._env, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if piped else log, stderr=log,
            )  # fmt: skip
        return self.process

    def kill(self) -> None:
        """SIGKILL, and gone when this returns."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def verify_not_ended(self) -> None:
        """Raises RuntimeError when the process ended by itself: a sequencer that refuses to sign does."""
        if self.process is not None and self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{tail(self._log)}")


@dataclass
class Scene:
    """``url`` is the consent role's, ``state`` the sequencers' folder; the log's key is ``vkey``."""

    postgres: PrivatePostgres
    url: str
    admin_url: str
    state: Path
    vkey: VerifierKey
    sequencers: list[Worker] = field(default_factory=list)

    @property
    def watermark(self) -> Watermark:
        return Watermark(self.state / "ledger" / "checkpoint")

    def admin(self) -> psycopg.Connection:
        """A superuser's connection, as soon as the server answers."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                return psycopg.connect(self.admin_url, autocommit=True, connect_timeout=3, application_name="drill")
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def active_sequencer(self) -> Worker | None:
        """The sequencer that holds the lock; None while none does."""
        with self.admin() as conn:
            names = {name for (name,) in conn.execute(_ACTIVE)}
        return next((worker for worker in self.sequencers if worker.name in names), None)

    def back_ends(self, of: str) -> list[int]:
        """Process ids of the back ends that serve the processes whose name begins with ``of``."""
        with self.admin() as conn:
            return [pid for (pid,) in conn.execute(_BACK_ENDS, (f"{of}%",))]

    def restart_postgres(self) -> None:
        """Start the server again after it was killed; what it had acknowledged must be there."""
        self.postgres.start(seconds=PATIENCE_S)


@contextmanager
def scene(folder: Path, *, sequencers: int = 2) -> Iterator[Scene]:
    """A new empty ledger below ``folder`` (which other accounts can reach) with its sequencers at work."""
    postgres = PrivatePostgres(folder / "postgres", durable=True, passwords=False)
    with ExitStack() as stack:
        postgres.start()
        stack.callback(postgres.stop)
        database = Databases(postgres.admin_url).fresh()
        signer, state = Ed25519Signer.generate(), folder / "state"
        (state / "secrets").mkdir(parents=True)
        (state / "secrets" / "ledger.seed").write_bytes(signer.seed())
        made = Scene(postgres, database.url("consent"), database.admin_url, state, VerifierKey(ORIGIN, signer.public))
        settings = {"ASSENT_DATABASE_URL": made.url, "ASSENT_STATE_DIR": str(state), "ASSENT_LOG_LEVEL": "WARNING"}
        for number in range(sequencers):
            name = f"sequencer-{number}"
            worker = Worker(name, lambda _: ["-m", "consent_service.sequencer"], settings, folder / f"{name}.log")
            worker.start()
            stack.callback(worker.kill)
            made.sequencers.append(worker)
        yield made


def fresh_seed() -> int:
    """A seed for a drill that was given none; printed, so that a run can be drawn again."""
    return secrets.randbelow(2**31)
