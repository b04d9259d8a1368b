"""What the import rules cannot see: plain processes really start without green threads, services without torch."""

import os
import subprocess
import sys

import pytest

from infra.stack.table import full_table

PLAIN = [spec.module for spec in full_table() if spec.module not in {"infra.messaging.launch", "infra.messaging.relay"}]
SERVICES = [spec.arguments[0] for spec in full_table() if spec.module == "infra.messaging.launch"]

SETTINGS = {
    "ASSENT_DATABASE_URL": "postgresql://127.0.0.1:1/none", "ASSENT_AMQP_URL": "amqp://127.0.0.1:1/",
    "ASSENT_STATE_DIR": "no-such-folder",
}  # fmt: skip


def loaded(code: str, unwanted: set[str]) -> str:
    """Which of the unwanted packages a fresh interpreter has after running ``code``."""
    check = f"{code}; import sys; print(*sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", check], env=os.environ | SETTINGS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", [*PLAIN, "infra.messaging.relay"])
def test_a_plain_process_starts_without_green_threads(module: str) -> None:
    target = module if module == "infra.messaging.relay" else f"{module}.__main__"
    assert loaded(f"import {target}", {"nameko", "eventlet", "kombu"}) == ""


@pytest.mark.parametrize("module", SERVICES)
def test_a_service_starts_without_learned_models(module: str) -> None:
    code = f"import infra.messaging.launch, importlib; importlib.import_module({module!r}).service_class()"
    assert loaded(code, {"torch", "mediapipe", "diffusers", "transformers", "cv2"}) == ""
