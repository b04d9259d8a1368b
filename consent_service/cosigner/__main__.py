"""``python -m consent_service.cosigner``: carries checkpoints to witnesses until it is told to stop."""

import logging
import signal
import sys
import threading
from pathlib import Path

from pydantic import Field

from consent_service.cosigner.process import RENEW_S, CosignerLoop
from infra.kernel.errors import AssentError
from infra.settings import ProcessSettings
from infra.telemetry import configure_logging, log, serve_health
from infra.tlog.policy import Policy, parse_policy


class CosignerSettings(ProcessSettings):
    """The cosigner speaks to Postgres and to the witnesses of its policy."""

    amqp_url: str = Field(default="", description="not used by this process")
    witness_policy: Path | None = Field(default=None, description="C2SP tlog-policy file: witnesses, URLs, quorum")
    cosign_pace_s: float = Field(default=0.05, ge=0, le=60, description="least seconds between two submissions")
    cosign_renew_s: float = Field(
        default=RENEW_S, ge=1, le=86400, description="seconds until a quiet log is cosigned anew"
    )

    @property
    def policy_files(self) -> list[Path]:
        """Where the policy is, the first that exists: the one named, the operator's, the local witness's own."""
        usual = [self.state_dir / "ledger" / "witnesses.policy", self.state_dir / "witness" / "policy"]
        return [self.witness_policy] if self.witness_policy else usual


class PolicyFile:
    """The policy of the first file that exists, read again when it changes. One that cannot be read keeps the last."""

    def __init__(self, paths: list[Path]) -> None:
        self._paths = paths
        self._known: tuple[Path, int] | None = None
        self._policy: Policy | None = None

    def __call__(self) -> Policy | None:
        path = next((path for path in self._paths if path.exists()), None)
        if path is None:
            return self._policy
        try:
            version = (path, path.stat().st_mtime_ns)
            if version != self._known:
                self._known = version
                self._policy = parse_policy(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, AssentError) as error:
            log.error("cosigner.policy_unreadable", path=str(path), error=str(error))
        return self._policy


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    settings = CosignerSettings()
    configure_logging(settings.process, settings.log_level)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each submission
    loop = CosignerLoop(
        settings.database_url, PolicyFile(settings.policy_files), pace_s=settings.cosign_pace_s,
        renew_s=settings.cosign_renew_s,
    )  # fmt: skip
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if settings.health_port:
        serve_health(settings.health_port, loop.checks)
    loop.run(stop.is_set)
    return 0


if __name__ == "__main__":
    sys.exit(main())
