"""``python -m audio_service.rebuild``: the state of every job, made again from the events. How far a running job is was
worth no event: it counts from 0 again until the worker says more.
"""

from typing import Any

from audio_service.bootstrap import AudioSettings, open_log
from audio_service.domain.jobs import JOB_STOPPED, STARTED
from audio_service.store.postgres import PgProgress
from infra.eventlog.log import Event
from infra.eventlog.rebuild import progress, rebuild


class ProgressModels:
    """:class:`~infra.eventlog.rebuild.ReadModels` of the audio service."""

    def __init__(self, table: PgProgress) -> None:
        self._table = table

    def forget(self, tx: Any) -> None:
        self._table.forget(tx)

    def apply(self, tx: Any, event: Event) -> None:
        if event.type == STARTED:
            self._table.begin(tx, event.data["job"], event.data["production"])
        else:
            self._table.end(tx, event.data["job"], "stopped" if event.type == JOB_STOPPED else "done")

    def finish(self, tx: Any) -> None:
        """Nothing waits for the end."""


def main() -> None:
    """Read the settings, rebuild, say how far it is."""
    rebuild(open_log(AudioSettings()), ProgressModels(PgProgress()), say=progress("audio"))


if __name__ == "__main__":
    main()
