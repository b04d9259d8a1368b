"""Structured logs: one JSON object a line on standard error, a constant event name plus fields.

What is logged are ids and codes. Keys that are named like secrets are dropped and passwords inside URLs are masked
before a line is rendered, for our own loggers and for every library alike.
"""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRET_NAME = re.compile(
    r"(?:^|_)(?:passw(?:or)?d|secret|seed|token|api_?key|private_?key|data_?key|authorization|cookie|credential)s?(?:$|_)",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(?P<start>[a-z][a-z0-9+.-]*://[^\s/:@]*):[^\s/@]+@", re.IGNORECASE)
_QUIET = {"pika": logging.ERROR, "amqp": logging.ERROR, "kombu": logging.ERROR, "aio_pika": logging.ERROR,
          "aiormq": logging.ERROR, "nameko": logging.ERROR, "nameko.containers": logging.CRITICAL}  # fmt: skip

log: Any = structlog.stdlib.get_logger("assent")


def configure_logging(process: str, level: str = "INFO") -> None:
    """Send this process's logs, and its libraries', to standard error as JSON lines at ``level`` and above."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(process),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        drop_secrets,
        structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[*shared, _library], processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():  # their failures reach us as exceptions; we log those once, with our own names
        logging.getLogger(name).setLevel(quiet)


def drop_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: remove keys named like secrets at any depth, mask passwords inside URLs."""
    return {key: _clean(value) for key, value in event.items() if not SECRET_NAME.search(str(key))}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _URL_PASSWORD.sub(r"\g<start>:***@", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items() if not SECRET_NAME.search(str(key))}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _named(process: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return add


def _library(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A library's line: its words become a field, so that the event name stays constant."""
    record = event.get("_record")
    event["text"], event["event"] = event["event"], "library"
    event["logger"] = record.name if record is not None else "unknown"
    return event
