"""Leases of the consent client, with the guard widened to the whole film.

A lease stands on what its own shot uses. The film stands on more: when a subject withdraws, a shot that only shows the
harbour must stop as well, and at once, not when the next job of the film is refused.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from consent_service.client import ConsentClient
from consent_service.client import Run as ClientRun
from consent_service.client.guard import Watch
from consent_service.contract.decisions import LeaseClosed, Use


@dataclass(frozen=True)
class FilmRun:
    """A running lease and the film's own watch; both are read at every step."""

    run: ClientRun
    film: Watch

    @property
    def token(self) -> str:
        return self.run.token

    def check(self) -> None:
        self.run.check()
        self.film.check()

    def complete(self, *, output_sha256: str, seconds: float, takes: Sequence[str] = ()) -> LeaseClosed:
        """The gate of the lease; a film that lost a grant does not reach it."""
        self.film.check()
        return self.run.complete(output_sha256=output_sha256, seconds=seconds, takes=takes)


class FilmConsent:
    """:class:`generation_service.usecases.parts.Consent` on the consent client."""

    def __init__(self, client: ConsentClient) -> None:
        self._client = client

    @contextmanager
    def lease(
        self,
        *,
        decision: str,
        job: str,
        uses: tuple[Use, ...],
        features: tuple[str, ...],
        kind: Literal["synthesis", "release"] = "synthesis",
        film_grants: tuple[str, ...] = (),
    ) -> Iterator[FilmRun]:
        """See the port; leaving it by a :class:`Stopped` of either watch closes the lease as aborted and measured."""
        with self._client.lease(decision=decision, job=job, uses=uses, features=features, kind=kind) as run:
            film = self._client.guard.watch(features=features, grants=film_grants, parties=())
            try:
                yield FilmRun(run, film)
            finally:
                self._client.guard.release(film)
