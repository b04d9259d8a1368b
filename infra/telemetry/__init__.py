"""Logs, traces, metrics and health of one process. It reports what happens; it never decides anything.

Import from here: ``log``, ``configure_logging``, ``bind_trace``, ``current_traceparent``, ``current_request_id`` and
``serve_health``. The metrics themselves live in :mod:`infra.telemetry.metrics`.
"""

from infra.telemetry.health import HealthServer, serve_health
from infra.telemetry.logs import configure_logging, log
from infra.telemetry.trace import bind_trace, current_request_id, current_traceparent

__all__ = [
    "HealthServer",
    "bind_trace",
    "configure_logging",
    "current_request_id",
    "current_traceparent",
    "log",
    "serve_health",
]
