"""``python -m gateway``: the HTTP server on 127.0.0.1, port 8080 or ``$PORT``."""

import uvicorn

from gateway.bootstrap import GatewaySettings, build
from infra.telemetry import configure_logging


def main() -> None:
    """Read the settings, build, serve until SIGTERM."""
    settings = GatewaySettings()
    configure_logging(settings.process, settings.log_level)
    uvicorn.run(
        build(settings), host=settings.host, port=settings.port, log_config=None, access_log=False,
        timeout_graceful_shutdown=3, server_header=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
