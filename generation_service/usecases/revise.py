"""A new version of a film: the same command with what was changed, submitted as a production of its own.

Nothing is copied by hand here. The new version is planned and decided like any film; takes and lines that nothing
touched are found again by what made them, each under a fresh permit and lease.
"""

from dataclasses import dataclass, field

from generation_service.contract.methods import (
    CastMember,
    ListTakes,
    OpenedTake,
    OpenedTakes,
    OpenTakes,
    ProductionView,
    ReviseProduction,
    SubmitProduction,
    TakeHistory,
    TakeView,
)
from generation_service.domain.changes import ONLY_AROUND, changes
from generation_service.domain.production import Production
from generation_service.domain.revising import shots_by_key
from generation_service.domain.screenplay import cue_key
from generation_service.usecases.account import film_of, history_of
from generation_service.usecases.desk import Desk
from generation_service.usecases.sources import open_source
from generation_service.usecases.submit import Submit
from infra.kernel.crypto import b64u
from infra.kernel.errors import Conflict, NotFound


@dataclass
class _Wishes:
    """What a version asks of single shots, by key."""

    keep: dict[str, str]
    alternates: dict[str, int]
    unlock: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Revise:
    desk: Desk
    submit: Submit

    def __call__(self, command: ReviseProduction) -> ProductionView:
        """The new version's view. Raises NotFound ``generation.no_production``, ``generation.no_shot`` or
        ``generation.no_take``, Conflict ``generation.source_gone``, and whatever a submission raises.
        """
        base = self._own(command.production, command.partner)
        source = self.desk.log.run(lambda tx: open_source(self.desk.books, tx, command.production))
        if source is None:
            raise Conflict(
                "generation.source_gone", f"the production is {base.state}: what it was made of is gone with its key",
                fix="submit the screenplay anew", production=command.production,
            )  # fmt: skip
        wishes = self._wishes(command, base, source)
        changed = {name: value for name in ("screenplay", "title") if (value := getattr(command, name)) is not None} | {
            "cast": _recast(source, command)
        }
        made = source.model_copy(
            update={
                **changed, "command_id": command.command_id, "revises": command.production, "keep": wishes.keep,
                "alternates": wishes.alternates, "unlock": tuple(sorted(wishes.unlock)), "approved": command.approved,
            }
        )  # fmt: skip
        return self.submit(made)

    def takes(self, query: ListTakes) -> TakeHistory:
        """All takes ever made of the film; those of one shot where a key is named."""
        film = film_of(self._own(query.production, query.partner))
        found = self.desk.log.run(lambda tx: history_of(self.desk.books, tx, film, query.key))
        return TakeHistory(film=film, takes=found)

    def open(self, query: OpenTakes) -> OpenedTakes:
        """Takes of released films, with the keys that open them. Raises NotFound ``generation.no_take`` and Conflict
        ``generation.take_purged`` or ``generation.take_unreleased``.
        """
        history = self.takes(ListTakes(production=query.production, partner=query.partner, key=query.key)).takes
        return OpenedTakes(takes=tuple(self._opened(_numbered(history, query.key, n)) for n in query.numbers))

    def _opened(self, take: TakeView) -> OpenedTake:
        if take.purged is not None:
            raise Conflict("generation.take_purged", f"take {take.number} is gone: {take.purged}", number=take.number)
        for production in reversed(take.used_by):
            state, key = self.desk.state(production), self.desk.key(production)
            if state.state != "released" or state.sealed is None or key is None:
                continue
            if self.desk.blobs.exists("takes", take.sha256, key):
                fps = state.planned.shots[0].fps
                return OpenedTake(take=take, data_key=b64u(key), output_sha256=state.sealed.sha256, fps=fps)
        raise Conflict(
            "generation.take_unreleased", f"take {take.number} is in no released film: nothing unreleased is shown",
            fix="wait until a version with it is released", number=take.number,
        )  # fmt: skip

    def _wishes(self, command: ReviseProduction, base: Production, source: SubmitProduction) -> _Wishes:
        keys = shots_by_key(base)
        for key in (*command.redo, *command.choose, *command.lock):
            if key not in keys:
                raise NotFound("generation.no_shot", f"the film has no shot {key}", fix="see the shots of it", key=key)
        keep = {key: command.production for key in source.keep if key in keys and keys[key].id in base.takes}
        wishes = _Wishes({**source.keep, **keep}, dict(source.alternates))
        for key in command.unlock:
            wishes.keep.pop(key, None)
            wishes.unlock.add(key)
        for key in command.lock:
            wishes.keep[key] = command.production
        for key in command.redo:
            self._redo(command, key, wishes)
        for key, number in command.choose.items():
            self._choose(command, base, (key, number), wishes)
        return wishes

    def _redo(self, command: ReviseProduction, key: str, wishes: _Wishes) -> None:
        """One alternate more than there ever was. A lock gives way to who asks for another take by name."""
        history = self.takes(ListTakes(production=command.production, partner=command.partner, key=key)).takes
        highest = max([wishes.alternates.get(key, 1), *(take.alternate for take in history)])
        wishes.alternates[key] = highest + 1
        wishes.keep.pop(key, None)
        wishes.unlock.add(key)

    def _choose(self, command: ReviseProduction, base: Production, what: tuple[str, int], wishes: _Wishes) -> None:
        """Go back to a take. One of the very same shot is its alternate; one of another text is kept as it was made."""
        key, number = what
        history = self.takes(ListTakes(production=command.production, partner=command.partner, key=key)).takes
        take = _numbered(history, key, number)
        if take.purged is not None:
            raise Conflict(
                "generation.take_purged", f"take {number} of shot {key} is gone: {take.purged}", key=key, number=number
            )
        version = self._own(take.used_by[-1], command.partner)
        now, then = shots_by_key(base)[key], shots_by_key(version)[key]
        told = changes(then, now, (version.planned.voices, base.planned.voices))
        same = {change.what for change in told} <= ONLY_AROUND | {"alternate", "seed"}
        wishes.unlock.discard(key)
        wishes.keep.pop(key, None)
        if same and command.screenplay is None and version.planned.painter == base.planned.painter:
            wishes.alternates[key] = take.alternate
        else:
            wishes.keep[key] = version.planned.production

    def _own(self, production: str, partner: str) -> Production:
        state = self.desk.state(production)
        if state.plan is None or state.plan.partner != partner:
            raise NotFound("generation.no_production", "no such production")
        return state


def _recast(source: SubmitProduction, command: ReviseProduction) -> dict[str, CastMember]:
    """The cast as ordered before, with who is cast anew; names are compared as cues are."""
    asked = command.cast or {}
    anew = {cue_key(name) for name in asked}
    kept = {name: member for name, member in source.cast.items() if cue_key(name) not in anew}
    return kept | {name: member for name, member in asked.items() if member is not None}


def _numbered(history: tuple[TakeView, ...], key: str, number: int) -> TakeView:
    for take in history:
        if take.key == key and take.number == number:
            return take
    raise NotFound("generation.no_take", f"shot {key} has no take {number}", fix="see its history", key=key)
