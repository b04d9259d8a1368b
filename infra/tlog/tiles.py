"""Tiles, C2SP tlog-tiles: where each tile of a tree lies and what an entry bundle looks like. Pure.

A tile holds up to 256 hashes of one level; the tile level ``l`` is the tree level ``8·l``. Full tiles never change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.kernel.errors import Invalid, TooLarge

HEIGHT = 8
WIDTH = 1 << HEIGHT
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-5])/(?P<n>(x[0-9]{3}/){0,5}[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True)
class Tile:
    """Tile ``n`` of ``level`` with ``width`` hashes, 1 to 256; ``level`` -1 is an entry bundle."""

    level: int
    n: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not (-1 <= self.level <= 5 and self.n >= 0 and 1 <= self.width <= WIDTH):
            raise Invalid("consent.no_such_tile", "a tile has level 0 to 5 and 1 to 256 hashes")

    def path(self) -> str:
        """``tile/<L>/<N>[.p/<W>]``: N in groups of three digits, all but the last with an ``x`` before it."""
        digits = str(self.n).zfill((len(str(self.n)) + 2) // 3 * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level < 0 else self.level}/{name}{partial}"


def parse_tile_path(path: str) -> Tile:
    """The tile a path names, in its one spelling; raises :class:`Invalid` (``consent.no_such_tile``) otherwise."""
    found = _PATH.fullmatch(path)
    if found is not None and found["width"] != str(WIDTH):
        level = -1 if found["level"] == "entries" else int(found["level"])
        tile = Tile(level, int(re.sub("[/x]", "", found["n"])), int(found["width"] or WIDTH))
        if tile.path() == path:
            return tile
    raise Invalid("consent.no_such_tile", "not the path of a tile")


def tiles_of(size: int) -> Iterator[Tile]:
    """Every hash tile of a tree of ``size`` leaves, level by level, the partial one last; no empty tiles."""
    level = 0
    while count := size >> (HEIGHT * level):
        yield from (Tile(level, n) for n in range(count // WIDTH))
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)
        level += 1


def pack_bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry as a 16-bit big-endian length and its bytes."""
    if any(len(entry) > 0xFFFF for entry in entries):
        raise TooLarge("consent.leaf_too_large", "an entry in a bundle has at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle; raises :class:`Invalid` (``consent.bundle_malformed``) when it is cut short."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data) or at + 2 > len(data):
            raise Invalid("consent.bundle_malformed", "the entry bundle is cut short")
        entries.append(data[at + 2 : end])
        at = end
    return entries
