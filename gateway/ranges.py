"""One byte range of a file (RFC 9110 §14). Several ranges, or a unit we do not know, are answered with the whole."""

import re

from infra.kernel.errors import Invalid

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte asked for, or None for the whole file.

    Raises ``Invalid`` (``gateway.bad_range``, 416) when the range lies outside the file.
    """
    match = _RANGE.fullmatch((header or "").strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
        unsatisfiable = int(last) == 0 or size == 0
    else:
        begin, end = int(first), min(int(last) if last else size - 1, size - 1)
        if last and int(last) < int(first):
            return None
        unsatisfiable = begin >= size
    if unsatisfiable:
        raise Invalid("gateway.bad_range", "the range lies outside the file", fix="ask for bytes=0-", bytes=size)
    return begin, end
