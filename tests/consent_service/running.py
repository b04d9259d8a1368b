"""The consent service as it runs: nameko service, sequencer and relay, each a process of its own."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from consent_service.contract import methods
from infra.kernel.errors import AssentError
from infra.kernel.rpc import Empty
from infra.messaging.rpc.sync import SyncRpc

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = {
    "consent": ["-m", "infra.messaging.launch", "consent_service.bootstrap"],
    "sequencer": ["-m", "consent_service.sequencer"],
    "relay": ["-m", "infra.messaging.relay", "--service", "consent"],
}


@contextmanager
def running_consent(database_url: str, amqp_url: str, folder: Path) -> Iterator[SyncRpc]:
    """All three processes; gives an RPC carrier once the service answers and the first checkpoint is signed."""
    keys = folder / "secrets"
    keys.mkdir(parents=True)
    for name in ("permit.seed", "ledger.seed", "openings.key"):
        (keys / name).write_bytes(secrets.token_bytes(32))
    settings = {"ASSENT_DATABASE_URL": database_url, "ASSENT_AMQP_URL": amqp_url, "ASSENT_STATE_DIR": str(folder)}
    with ExitStack() as stack:
        for name, arguments in PROCESSES.items():
            stack.enter_context(process(name, arguments, settings, folder / f"{name}.log"))
        rpc = SyncRpc(amqp_url)
        stack.callback(rpc.close)
        _await_answer(rpc, folder)
        yield rpc


@contextmanager
def process(name: str, arguments: list[str], settings: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process with its log in a file; ended with SIGTERM."""
    env = {**os.environ, **settings, "ASSENT_PROCESS": name, "PYTHONPATH": str(ROOT)}
    with log.open("ab") as output:
        child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _await_answer(rpc: SyncRpc, folder: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            rpc.call(methods.get_checkpoint, Empty(), 2.0)
        except AssentError as error:
            if time.monotonic() > end:
                logs = "\n".join(path.read_text()[-2000:] for path in folder.glob("*.log"))
                raise TimeoutError(f"the consent service did not come up ({error.code})\n{logs}") from error
            time.sleep(0.1)
        else:
            return
