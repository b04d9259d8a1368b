"""A ZIP that is written while it is sent: memory for one piece of one file, however big the delivery is.

Files are stored, not compressed: film, pictures and sound do not get smaller. Sizes follow each file in a data
descriptor, as the format allows where the output cannot be sought (APPNOTE 4.3.9).
"""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime


class _Pipe:
    """What ``zipfile`` writes to; it cannot be sought."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes, /) -> int:
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        data, self.held = bytes(self.held), bytearray()
        return data


def zipped(files: Iterable[tuple[str, Iterable[bytes]]], at: datetime = datetime(1980, 1, 1)) -> Iterator[bytes]:
    """The ZIP of these files in pieces. The same files give the same bytes: every entry carries the time ``at``."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as target:
                for piece in content:
                    target.write(piece)
                    yield pipe.taken()
            yield pipe.taken()
    yield pipe.taken()
