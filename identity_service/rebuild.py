"""``python -m identity_service.rebuild``: the directory of parties, keys and files, made again from the events."""

from typing import Any

from identity_service.bootstrap import IdentitySettings
from identity_service.domain import Directory
from identity_service.store.postgres import PostgresDirectory
from infra.eventlog.db import open_pool
from infra.eventlog.log import Event
from infra.eventlog.postgres import PgLog
from infra.eventlog.rebuild import progress, rebuild


class DirectoryModels:
    """:class:`~infra.eventlog.rebuild.ReadModels` of the identity service."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def forget(self, tx: Any) -> None:
        self._directory.forget(tx)

    def apply(self, tx: Any, event: Event) -> None:
        self._directory.apply(tx, event)

    def finish(self, tx: Any) -> None:
        """Nothing waits for the end."""


def main() -> None:
    """Read the settings, rebuild, say how far it is."""
    pool = open_pool(IdentitySettings().database_url, max_size=1)
    rebuild(PgLog(pool, service="identity"), DirectoryModels(PostgresDirectory()), say=progress("identity"))
    pool.close()


if __name__ == "__main__":
    main()
