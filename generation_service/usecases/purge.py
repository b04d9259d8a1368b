"""What goes when a permission ends after a film was made: sealed takes, spoken lines, the mixed track, and, where the
grant says so, the film itself.

A *withdrawn* or *invalidated grant*, and *reference files* whose time has come, take what was made with them out of
reach of every later film; a film that is out stays out, unless its terms call outputs back. A *recalled output* and an
*erased subject* whose grants do not all say ``keep`` take the film too, and with it the production's key. Where all say
``keep``, the film is sealed again under a new key and nothing else of the production opens any more, whatever copies of
the old key and bytes lie in backups.

Every purge may be repeated: bytes go first, the fact and the key follow in one transaction (the commit point), and a
crash in between leaves an event that comes again. A purge is noted outside the database before it begins, and every
note is carried out again at start: a database restored from a backup makes nothing usable again.
"""

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from generation_service.domain import facts as f
from generation_service.domain.ports import Books
from generation_service.domain.production import Production, decide_purge, decide_stop
from generation_service.domain.purging import TAKES_ONLY, TIE_OF, Ended, Noted, made_with
from generation_service.usecases.desk import Desk
from infra.kernel.errors import NotFound, Unavailable

_ERASED = "consent.subject_erased"


@dataclass(frozen=True)
class Purge:
    """``keeps`` answers whether a grant lets a film that is out stay after its end; it may raise Unavailable."""

    desk: Desk
    noted: Noted
    keeps: Callable[[str], bool]

    def __call__(self, ended: Ended) -> int:
        """Purge whatever stands on it; returns how many productions were touched.

        Raises Unavailable ``generation.still_running`` while a film made under a withdrawn grant still runs: its guards
        stop it, or a grant that only stops what is new lets it finish; the event is to come again.
        """
        self.noted.note(ended)
        return self._purge(ended)

    def again(self) -> int:
        """Carry out every noted purge once more: what a restored backup brought back goes again."""
        touched = 0
        for ended in self.noted.all():
            try:
                touched += self._purge(ended)
            except Unavailable as error:
                if error.code != "generation.still_running":
                    raise
        return touched

    def _purge(self, ended: Ended) -> int:
        found = self.desk.log.run(lambda tx: self.desk.books.ties.of(tx, TIE_OF[ended.cause], ended.ref))
        touched = [self._one(production, ended) for production in found]
        if None in touched:
            raise Unavailable("generation.still_running", "a film made under the grant still runs", grant=ended.ref)
        return sum(touched)  # type: ignore[arg-type]

    def _one(self, production: str, ended: Ended) -> bool | None:
        """Whether the production had anything left; None while it runs and is not to be stopped from here."""
        state = self.desk.state(production)
        if state.running:
            if ended.cause in TAKES_ONLY:
                return None
            stop = f.Stopped(
                code=ended.cause, detail="somebody in it had themselves erased", ledger_index=ended.ledger_index,
                at=self.desk.clock.now(),
            )  # fmt: skip
            state = self.desk.change(production, lambda found: decide_stop(found, stop))
        key = self.desk.key(production)
        if state.state == "refused" and ended.cause == "consent.subject_erased" and key is not None:
            return self._all(state, ended)
        if state.state != "released" or key is None:
            return False
        shots, lines = made_with(state, ended)
        if ended.cause not in TAKES_ONLY and not self._film_stays(state, ended):
            return self._all(state, ended)
        if not shots and not lines:
            return False
        return self._likeness(state, ended, key)

    def _film_stays(self, state: Production, ended: Ended) -> bool:
        """A film that was called back goes. One with an erased subject stays if all that permitted it say ``keep``."""
        if ended.cause == "consent.output_recalled":
            return False
        grants = state.planned.decision.grants.items()
        return all(self.keeps(grant) for used, grant in grants if used.split("/")[0] == ended.ref)

    def _all(self, state: Production, ended: Ended) -> bool:
        """The film and everything it was made of. Its key dies with the fact."""
        self.desk.delete_all(state)
        shots = tuple(shot.id for shot in state.planned.shots)
        fact = self._fact(ended, "deleted", (shots, tuple(state.lines)))
        self.desk.change(state.planned.production, lambda found: decide_purge(found, fact))
        return True

    def _likeness(self, state: Production, ended: Ended, key: bytes) -> bool:
        """The takes and lines that stand on the permission, and the track they were mixed to; the film stays."""
        production, fact = state.planned.production, self._fact(ended, "kept", made_with(state, ended))
        gone = made_of(state, fact)
        for sha256 in gone:
            self.desk.blobs.delete("takes", sha256, key)
        other = self._resealed(state, key) if fact.code == _ERASED else None

        def also(tx: object) -> None:
            strike(self.desk.books, tx, production, gone, fact)
            if other is not None:
                self.desk.books.keys.replace(tx, production, other)

        before = len(state.purged)
        after = self.desk.change(production, lambda found: decide_purge(found, fact), also=also)
        if other is not None and len(after.purged) > before:
            self.desk.delete_all(state, key)
        return True

    def _resealed(self, state: Production, key: bytes) -> bytes | None:
        """The film sealed again under a new key; None when that has happened already."""
        film = state.sealed
        if film is None or any(one.code == "consent.subject_erased" for one in state.purged):
            return None
        other = secrets.token_bytes(32)
        for sha256 in (film.sha256, film.contact_sheet, *(file.sha256 for file in film.files)):
            try:
                self.desk.blobs.put("released", self.desk.blobs.get("released", sha256, key), other)
            except NotFound:  # its bytes are gone already: there is nothing that could be kept
                continue
        return other

    def _fact(
        self, ended: Ended, film: Literal["kept", "deleted"], made: tuple[tuple[str, ...], tuple[int, ...]]
    ) -> f.LikenessPurged:
        return f.LikenessPurged.model_validate(
            {
                "code": ended.cause, "ref": ended.ref, "shots": made[0], "lines": made[1], "film": film,
                "grant": ended.grant, "takedown_by": ended.takedown_by, "ledger_index": ended.ledger_index,
                "at": self.desk.clock.now(),
            }
        )  # fmt: skip


def made_of(state: Production, fact: f.LikenessPurged) -> list[str]:
    """The sealed objects that a purge takes from a film that stays; ``state`` is that before it."""
    gone = [state.takes[shot].sha256 for shot in fact.shots if shot in state.takes]
    gone += [state.lines[line].sha256 for line in fact.lines if line in state.lines]
    if state.sealed is not None:
        gone += [part for shot in fact.shots for part in state.sealed.parts.get(shot, ())]
    if state.track is not None:
        gone += [state.track.sha256, *state.track.stems.values()]
    return gone


def strike(books: Books, tx: Any, production: str, gone: Sequence[str], fact: f.LikenessPurged) -> None:
    """Nothing of ``gone`` is found again; after an erasure nothing of the production is, for its key was replaced."""
    which = None if fact.code == _ERASED else gone
    books.takes.forget(tx, production, which)
    books.lines.forget(tx, production, which)
    books.history.purge(tx, production, which, fact.code, fact.at)


@dataclass
class AfterRestore:
    """Carries out the noted purges once after a start, as soon as everybody it asks answers."""

    purge: Purge
    done: bool = False

    def tick(self) -> None:
        """Nothing once it has succeeded; what is away is asked again at the next tick."""
        if not self.done:
            with contextlib.suppress(Unavailable):
                self.purge.again()
                self.done = True
