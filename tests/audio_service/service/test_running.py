"""The nameko process as it runs, and what it must not load."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audio_service.backends.stock import STOCK
from audio_service.contract import methods
from audio_service.contract.beds import bed_names
from audio_service.contract.effects import EFFECT_WORDS
from infra.kernel.errors import AssentError
from infra.kernel.rpc import Empty
from infra.messaging.rpc.sync import SyncRpc

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def rpc(fresh_database, vhost: Callable[[], str], tmp_path_factory) -> Iterator[SyncRpc]:  # type: ignore[no-untyped-def]
    folder, amqp_url = tmp_path_factory.mktemp("audio"), vhost()
    settings = {
        "ASSENT_DATABASE_URL": fresh_database().url("audio"), "ASSENT_AMQP_URL": amqp_url,
        "ASSENT_STATE_DIR": str(folder), "ASSENT_PROCESS": "audio", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    arguments = [sys.executable, "-m", "infra.messaging.launch", "audio_service.bootstrap"]
    with (folder / "log").open("ab") as output:
        child = subprocess.Popen(arguments, cwd=ROOT, env={**os.environ, **settings}, stdout=output, stderr=output)
    carrier = SyncRpc(amqp_url)
    try:
        _await_answer(carrier, folder / "log")
        yield carrier
    finally:
        carrier.close()
        child.send_signal(signal.SIGTERM)
        child.wait(20)


def _await_answer(carrier: SyncRpc, log: Path) -> None:
    end = time.monotonic() + 40
    while True:
        try:
            carrier.call(methods.list_beds, Empty(), 2.0)
            return
        except AssentError as error:
            if time.monotonic() > end:
                raise TimeoutError(
                    f"the audio service did not come up ({error.code})\n{log.read_text()[-2000:]}"
                ) from error
            time.sleep(0.1)


def test_it_tells_voices_beds_and_jobs(rpc: SyncRpc) -> None:
    voices = rpc.call(methods.list_voices, Empty()).voices
    assert {voice.id for voice in voices} == {spec.id for spec in STOCK}
    assert len(voices) >= 6
    known = rpc.call(methods.list_beds, Empty())
    assert known.beds == bed_names()
    assert {one.name: one.words for one in known.effects} == EFFECT_WORDS
    assert rpc.call(methods.get_jobs, methods.GetJobs(production="prd_none")).jobs == ()


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("audio_service.service, audio_service.bootstrap", "torch scipy pyworld espeakng_loader soundfile numpy"),
        ("audio_service.client", "torch scipy pyworld espeakng_loader soundfile numpy nameko psycopg"),
        ("audio_service.worker.__main__", "nameko eventlet"),
    ],
)
def test_processes_load_only_what_is_theirs(module: str, forbidden: str) -> None:
    code = f"import sys, {module}; print([m for m in {forbidden.split()!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"
