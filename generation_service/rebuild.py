"""``python -m generation_service.rebuild``: views, ties and what may be used again, made anew from the events."""

from typing import cast

from generation_service.bootstrap import GenerationSettings, open_desk
from generation_service.store.postgres import PgTables
from generation_service.usecases.replay import Replay
from infra.eventlog.postgres import PgLog
from infra.eventlog.rebuild import progress, rebuild


def main() -> None:
    """Read the settings, rebuild, say how far it is."""
    desk = open_desk(GenerationSettings(pool_size=1))
    rebuild(cast("PgLog", desk.log), Replay(desk, PgTables()), say=progress("generation"))


if __name__ == "__main__":
    main()
