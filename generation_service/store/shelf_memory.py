"""Lines, take history and sources in memory, for tests: the same answers as Postgres, without durability."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from generation_service.domain.shelf import Stored


class MemoryLines:
    def __init__(self, keys: Any) -> None:
        """``keys`` are the production keys beside it."""
        self._keys = keys
        self._noted: dict[tuple[str, str], dict[str, Stored]] = {}

    def note(self, tx: Any, partner: str, digest: str, line: Stored) -> None:
        noted = self._noted.setdefault((partner, digest), {})
        noted.pop(line["production"], None)
        noted[line["production"]] = line

    def find(self, tx: Any, partner: str, digest: str) -> Stored | None:
        noted = self._noted.get((partner, digest), {})
        usable = [line for production, line in noted.items() if self._keys.get(tx, production)]
        return usable[-1] if usable else None

    def forget(self, tx: Any, production: str, sha256s: Sequence[str] | None = None) -> None:
        for noted in self._noted.values():
            if production in noted and (sha256s is None or noted[production]["sha256"] in sha256s):
                del noted[production]


class MemoryHistory:
    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, int], Stored] = {}
        self._copies: dict[tuple[str, str, int], set[str]] = {}

    def add(self, tx: Any, partner: str, film: str, take: Stored) -> int:
        shot = str(take["key"])
        numbers = [number for where, key, number in self._rows if (where, key) == (film, shot)]
        place = next((n for n in numbers if self._rows[film, shot, n]["sha256"] == take["sha256"]), None)
        row = {**take, "used_by": []} if place is None else self._rows[film, shot, place]
        number = max(numbers, default=0) + 1 if place is None else place
        users = list(dict.fromkeys((*row["used_by"], take["production"])))
        alive = {"number": number, "used_by": users, "purged": None, "purged_at": None}
        self._rows[film, shot, number] = {**row, **alive}
        self._copies.setdefault((film, shot, number), set()).add(take["production"])
        return number

    def of(self, tx: Any, film: str, key: str | None = None) -> list[Stored]:
        found = [place for place in self._rows if place[0] == film and key in (None, place[1])]
        return [self._rows[place] for place in sorted(found)]

    def purge(self, tx: Any, production: str, sha256s: Sequence[str] | None, why: str, at: datetime) -> None:
        for place, copies in self._copies.items():
            row = self._rows[place]
            if production in copies and (sha256s is None or row["sha256"] in sha256s):
                copies.remove(production)
                if not copies:
                    self._rows[place] = {**row, "purged": why, "purged_at": at}


class MemorySources:
    def __init__(self) -> None:
        self._sealed: dict[str, bytes] = {}

    def put(self, tx: Any, production: str, sealed: bytes) -> None:
        self._sealed[production] = sealed

    def get(self, tx: Any, production: str) -> bytes | None:
        return self._sealed.get(production)

    def forget(self, tx: Any, production: str) -> None:
        self._sealed.pop(production, None)
