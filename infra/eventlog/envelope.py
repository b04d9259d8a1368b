"""The envelope: the one canonical form (RFC 8785) in which an event is stored, hashed, signed and shown.

:func:`pack` is the only writer of these bytes and :func:`unpack` the reader of bytes that anybody may have made:
``pack(unpack(b)) == b`` holds for every ``b`` it accepts, so bytes that merely look like an event never pass.
:func:`load` reads bytes that our own :func:`pack` made and skips that comparison. Pure: no I/O, no clock.
"""

import re
from datetime import datetime
from typing import Any

import orjson

from infra.eventlog.log import Event, NewEvent
from infra.kernel.canonical import canonical, parse_canonical
from infra.kernel.clock import parse_rfc3339, rfc3339
from infra.kernel.errors import Invalid

VERSION = 1
_TYPE = re.compile(r"[a-z]+(\.[a-z]+(-[a-z]+)*)+\.v[1-9][0-9]*")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_SHAPE: dict[str, type] = {
    "v": int, "id": str, "type": str, "at": str, "stream": str, "version": int, "actor": dict, "command_id": str,
    "trace": str, "data": dict, "signatures": list,
}  # fmt: skip
_NAMES = tuple(sorted(_SHAPE))
_TYPES = tuple(_SHAPE[name] for name in _NAMES)


def pack(event: Event) -> bytes:
    """Canonical bytes of an event; its global position is not part of them (the order is kept beside it)."""
    return canonical(
        {
            "v": VERSION,
            "id": event.id,
            "type": event.type,
            "at": rfc3339(event.at),
            "stream": event.stream,
            "version": event.version,
            "actor": event.actor,
            "command_id": event.command_id,
            "trace": event.trace,
            "data": event.data,
            "signatures": list(event.signatures),
        }
    )


def unpack(data: bytes, position: int | None = None) -> Event:
    """The event in ``data``; raises :class:`Invalid` (``eventlog.envelope``) unless it is exactly an envelope."""
    return _event(parse(data), position)


def parse(data: bytes) -> dict[str, Any]:
    """The fields of the envelope in ``data``, for who needs a few of them; refuses what :func:`unpack` refuses."""
    try:
        value = parse_canonical(data)
    except RecursionError as error:
        raise Invalid("eventlog.envelope", "JSON is nested too deeply") from error
    _verify_shape(value)
    return value  # type: ignore[no-any-return]


def load(data: bytes, position: int | None = None) -> Event:
    """The event in bytes from the service's own store."""
    value = orjson.loads(data)
    _verify_shape(value)
    return _event(value, position)


def _event(value: dict[str, Any], position: int | None) -> Event:
    return Event(
        id=value["id"], type=value["type"], stream=value["stream"], version=value["version"], data=value["data"],
        at=parse_rfc3339(value["at"]), actor=value["actor"], command_id=value["command_id"],
        signatures=tuple(value["signatures"]), trace=value["trace"], position=position,
    )  # fmt: skip


def seal(new: NewEvent, stream: str, version: int) -> tuple[Event, bytes]:
    """A new event at its place in a stream, with its bytes: the event is read back from the bytes, so a writer
    holds exactly what every later reader will. Raises :class:`Invalid` when it has no exact JSON form.
    """
    _, data = place(new, stream, version)
    return load(data), data


def place(new: NewEvent, stream: str, version: int) -> tuple[Event, bytes]:
    """The same for a writer that will not look at the event again: it is as given, not as it will be read."""
    event = Event(
        id=new.id, type=new.type, stream=stream, version=version, data=new.data, at=new.at, actor=new.actor,
        command_id=new.command_id, signatures=new.signatures, trace=new.trace,
    )  # fmt: skip
    return event, pack(event)


def _verify_shape(value: Any) -> None:
    """Exactly the known fields with their types, a UUIDv7, a versioned type, times in the one written form."""
    if type(value) is not dict or tuple(value) != _NAMES or tuple(map(type, value.values())) != _TYPES:
        _verify_fields(value)
    if value["v"] != VERSION or value["version"] < 1 or not value["stream"]:
        raise Invalid("eventlog.envelope", "envelope version, stream or stream version is out of range")
    if not _ID.fullmatch(value["id"]) or not _TYPE.fullmatch(value["type"]):
        raise Invalid("eventlog.envelope", "the id is no UUIDv7 or the type carries no version")
    if not _is_time(value["at"]):
        raise Invalid("eventlog.envelope", "the time is not RFC 3339 in UTC with milliseconds", pointer="/at")
    for item in (value["actor"], *value["signatures"]):
        if type(item) is not dict or set(map(type, item.values())) - {str}:
            raise Invalid("eventlog.envelope", "actor and signatures hold texts only")


def _verify_fields(value: Any) -> None:
    """Fields and types in whatever order, with the words for what is wrong."""
    if not isinstance(value, dict) or value.keys() != _SHAPE.keys():
        raise Invalid("eventlog.envelope", "the envelope's fields are not the known ones")
    for name, kind in _SHAPE.items():
        if type(value[name]) is not kind:
            raise Invalid("eventlog.envelope", f"envelope field {name} has the wrong JSON type", pointer=f"/{name}")


def _is_time(text: str) -> bool:
    """Whether it is written in the one form and names a time that exists."""
    try:
        return _TIME.fullmatch(text) is not None and datetime.fromisoformat(text) is not None
    except ValueError:
        return False
