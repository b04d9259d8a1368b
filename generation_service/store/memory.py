"""The books in memory, for tests: the same answers as Postgres, without durability or rollback."""

from collections.abc import Collection, Iterable, Mapping
from secrets import token_bytes
from typing import Any

from generation_service.contract.methods import ListProductions, ProductionView
from generation_service.domain.ports import Books, Tie
from generation_service.store.shelf_memory import MemoryHistory, MemoryLines, MemorySources


def memory_books() -> Books:
    """Fresh, empty books."""
    keys = MemoryKeys()
    return Books(
        keys, MemoryIndex(), MemoryTakes(keys), MemoryProgress(), MemoryTies(),
        MemoryLines(keys), MemoryHistory(), MemorySources(),
    )  # fmt: skip


class MemoryKeys:
    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def create(self, tx: Any, production: str) -> None:
        self.held.setdefault(production, token_bytes(32))

    def hold(self, tx: Any, production: str) -> bool:
        return production in self.held

    def get(self, tx: Any, production: str) -> bytes | None:
        return self.held.get(production)

    def replace(self, tx: Any, production: str, key: bytes) -> None:
        if production in self.held:
            self.held[production] = key

    def destroy(self, tx: Any, production: str) -> None:
        self.held.pop(production, None)


class MemoryIndex:
    def __init__(self) -> None:
        self._views: dict[str, ProductionView] = {}

    def put(self, tx: Any, view: ProductionView) -> None:
        self._views[view.id] = view

    def page(self, tx: Any, query: ListProductions) -> tuple[list[ProductionView], bool]:
        own = [view for view in self._views.values() if view.partner == query.partner]
        own.sort(key=lambda view: (view.submitted_at, view.id), reverse=True)
        if query.before is not None:
            newer = own[: next((n for n, view in enumerate(own) if view.id == query.before), 0)]
            return newer[-query.limit :], len(newer) > query.limit
        if query.after is not None:
            place = next((n for n, view in enumerate(own) if view.id == query.after), len(own))
            own = own[place + 1 :]
        return own[: query.limit], len(own) > query.limit

    def of_output(self, tx: Any, output: str) -> str | None:
        return next((v.id for v in self._views.values() if v.output and v.output.id == output), None)


class MemoryTakes:
    def __init__(self, keys: MemoryKeys) -> None:
        self._keys = keys
        self._noted: dict[tuple[str, str], dict[str, str]] = {}

    def note(self, tx: Any, partner: str, digest: str, *, production: str, sha256: str) -> None:
        noted = self._noted.setdefault((partner, digest), {})
        noted.pop(production, None)
        noted[production] = sha256

    def find(self, tx: Any, partner: str, digest: str) -> tuple[str, str] | None:
        noted = self._noted.get((partner, digest), {})
        usable = [(production, sha) for production, sha in noted.items() if self._keys.get(tx, production)]
        return usable[-1] if usable else None

    def forget(self, tx: Any, production: str, sha256s: Collection[str] | None = None) -> None:
        for noted in self._noted.values():
            if sha256s is None or noted.get(production) in sha256s:
                noted.pop(production, None)


class MemoryTies:
    def __init__(self) -> None:
        self._ties: set[tuple[str, str, str]] = set()

    def put(self, tx: Any, production: str, ties: Iterable[tuple[Tie, str]]) -> None:
        self._ties |= {(kind, ref, production) for kind, ref in ties}

    def of(self, tx: Any, kind: Tie, ref: str) -> list[str]:
        return sorted(production for known, about, production in self._ties if (known, about) == (kind, ref))


class MemoryProgress:
    def __init__(self) -> None:
        self._fractions: dict[str, dict[str, float]] = {}
        self._attempts: dict[str, int] = {}

    def set(self, tx: Any, production: str, shot: str, fraction: float) -> None:
        self._fractions.setdefault(production, {})[shot] = fraction

    def of(self, tx: Any, production: str) -> Mapping[str, float]:
        return dict(self._fractions.get(production, {}))

    def clear(self, tx: Any, production: str) -> None:
        self._fractions.pop(production, None)

    def attempt(self, tx: Any, job: str) -> int:
        self._attempts[job] = self._attempts.get(job, 0) + 1
        return self._attempts[job]
