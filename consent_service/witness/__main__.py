"""``python -m consent_service.witness``: runs one witness until it is told to stop.

``--log`` (repeatable) is a verifier key or a file of them; all else has a default. The first start makes the keys.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from pydantic import Field

from consent_service.witness.app import Witness, witness_app
from consent_service.witness.identity import load_cosigners, policy_lines, publish_policy
from consent_service.witness.logs import KnownLogs
from consent_service.witness.store import WitnessStore
from infra.kernel.errors import AssentError
from infra.settings import ProcessSettings
from infra.telemetry import configure_logging, log


class WitnessSettings(ProcessSettings):
    """A witness needs no database and no broker: a folder, a port and the keys of the logs it watches."""

    amqp_url: str = Field(default="", description="not used by this process")
    state_dir: Path = Field(default=Path(), description="its folder is <state_dir>/witness unless one is named")
    witness_dir: Path | None = Field(default=None, description="folder of the witness's key and record")
    witness_name: str = Field(default="witness.assent.local", pattern=r"^[^\s+]{1,255}$", description="its key name")
    witness_logs: str = Field(default="", description="verifier keys or files of them, separated by commas")
    witness_host: str = Field(default="127.0.0.1", description="address to listen on")
    witness_url: str = Field(default="", description="where logs reach it; empty: http://<host>:<port>")

    @property
    def folder(self) -> Path:
        return self.witness_dir or self.state_dir / "witness"

    @property
    def sources(self) -> list[str]:
        """Log keys or files; by default the file that the log on this machine publishes."""
        named = [text for text in self.witness_logs.split(",") if text.strip()]
        return named or [str(self.state_dir / "ledger" / "log.vkey")]

    @property
    def url(self) -> str:
        return self.witness_url or f"http://{self.witness_host}:{self.health_port}"


def read_settings(arguments: Sequence[str]) -> WitnessSettings:
    """Settings from the environment, with the command line over them."""
    parser = argparse.ArgumentParser(prog="python -m consent_service.witness", description="Run a witness.")
    parser.add_argument("--log", action="append", help="verifier key of a log to watch, or a file of them")
    parser.add_argument("--name", help="the witness's name, a URL without scheme")
    parser.add_argument("--dir", type=Path, help="folder of its key and record")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument("--url", help="where logs reach it")
    given = parser.parse_args(arguments)
    told = {
        "witness_logs": ",".join(given.log) if given.log else None, "witness_name": given.name,
        "witness_dir": given.dir, "witness_host": given.host, "health_port": given.port, "witness_url": given.url,
    }  # fmt: skip
    return WitnessSettings(**{name: value for name, value in told.items() if value is not None})


def main(arguments: Sequence[str]) -> int:
    """Serve; 0 when told to stop, 1 when key or store are not usable, with the reason as the last line of the log."""
    settings = read_settings(arguments)
    configure_logging(settings.process, settings.log_level)
    try:
        cosigners = load_cosigners(settings.folder, settings.witness_name)
        witness = Witness(cosigners, WitnessStore(settings.folder / "record.sqlite"), KnownLogs(settings.sources))
    except AssentError as error:
        log.error("witness.refused_to_start", code=error.code, detail=error.detail, fix=error.fix)
        return 1
    policy = policy_lines(cosigners, settings.url)

    def started() -> None:
        publish_policy(settings.folder, policy)
        log.info("witness.started", url=settings.url, logs=sorted(witness.logs.keys()))

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises the signal again once it has stopped
    uvicorn.run(
        witness_app(witness, policy, started=started), host=settings.witness_host, port=settings.health_port,
        log_config=None, access_log=False, timeout_keep_alive=75, timeout_graceful_shutdown=2,
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
