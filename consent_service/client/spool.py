"""A ledger's leaves and tree nodes while a pack is made: leaves on disk, hashes in flat bytes.

A ledger of any length is read once, in order, and then by index. In memory stay 8 bytes for a leaf's place and 64 for
its hashes; the leaves lie in a temporary file without a name.
"""

import tempfile
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Self, overload

from infra.tlog.merkle import Coordinate, Node

_HASH = 32


class Spool(Sequence[bytes]):
    """Leaves that can be added at the end and read by index. Close it to give the disk back."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._file = tempfile.TemporaryFile(prefix="assent-leaves-")  # noqa: SIM115 - closed by close()
        self._ends = array("Q", [0])
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add one."""
        self._file.seek(self._ends[-1])
        self._file.write(leaf)
        self._ends.append(self._ends[-1] + len(leaf))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        self._file.seek(self._ends[index])
        return self._file.read(self._ends[index + 1] - self._ends[index])

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


class TreeHashes:
    """The hashes of all complete subtrees, as they are completed from left to right."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = []

    def add(self, nodes: Iterable[Node]) -> None:
        """Take what one more leaf completed."""
        for level, _, value in nodes:
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += value

    def __getitem__(self, at: Coordinate) -> bytes:
        level, n = at
        return bytes(self._levels[level][n * _HASH : (n + 1) * _HASH])
