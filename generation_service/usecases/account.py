"""Keeping account of takes and spoken lines, in the transaction of the fact that made them; and finding them again."""

from datetime import datetime
from typing import Any

from audio_service.contract.jobs import KnownLine, LineJob
from generation_service.contract.methods import Change, TakeView
from generation_service.domain import facts as f
from generation_service.domain.digests import line_digest
from generation_service.domain.orders import Job, grants_of_shot, known_line, line_job
from generation_service.domain.ports import Books
from generation_service.domain.production import Production
from generation_service.domain.words import with_words, without_words


def note_fact(books: Books, tx: Any, state: Production, fact: f.Fact, at: datetime) -> None:
    """Note a spoken line under what it says, and a take in the history of its shot."""
    if isinstance(fact, f.LineDone):
        _note_line(books, tx, state, fact)
    elif isinstance(fact, f.TakeDone):
        take = take_view(state, fact, at)
        if take.key:
            plan, key = state.planned, books.keys.get(tx, state.planned.production)
            stored = without_words(take.model_dump(mode="json"), key, _about(plan.production))
            books.history.add(tx, plan.partner, film_of(state), stored)


def history_of(books: Books, tx: Any, film: str, shot: str | None = None) -> tuple[TakeView, ...]:
    """All takes of a film, or of one shot; without their words where those went with a key."""
    found = []
    for row in books.history.of(tx, film, shot):
        key = books.keys.get(tx, row["production"])
        found.append(TakeView.model_validate(with_words(row, key, _about(row["production"]))))
    return tuple(found)


def _about(production: str) -> str:
    return f"{production}/shelf"


def film_of(state: Production) -> str:
    """The first version of the film this production is a version of."""
    return state.planned.film or state.planned.production


def _note_line(books: Books, tx: Any, state: Production, line: f.LineDone) -> None:
    plan = state.planned
    kept = plan.kept.get(line.shot)
    if kept is not None and line.line in kept.lines and kept.lines[line.line].engine != line.engine:
        return  # a locked shot keeps an old engine's sound; it is not what the words sound like today
    shot = next(shot for shot in plan.shots if shot.id == line.shot)
    words = next(words for words in shot.lines if words.index == line.line)
    known = known_line(line, plan.production).model_dump(mode="json")
    sealed = without_words(known, books.keys.get(tx, plan.production), _about(plan.production))
    books.lines.note(tx, plan.partner, line_digest(line_job(plan, shot, words)), sealed)


def with_known(books: Books, tx: Any, state: Production, order: Job) -> Job:
    """A line to be spoken, with the sound that the same words had before, where there is some."""
    if not isinstance(order, LineJob) or order.known is not None:
        return order
    stored = books.lines.find(tx, state.planned.partner, line_digest(order))
    if stored is None:
        return order
    production = str(stored["production"])
    found = with_words(stored, books.keys.get(tx, production), _about(production))
    if order.text and not found["timing"]["phonemes"]:
        return order  # its words went with an earlier key: without their times no mouth can move to it
    return order.model_copy(update={"known": KnownLine.model_validate(found)})


def forget(books: Books, tx: Any, production: str, why: str, at: datetime) -> None:
    """A production has ended and its key with it: nothing of it is found again, and the history says why."""
    books.lines.forget(tx, production)
    books.history.purge(tx, production, None, why, at)


def take_view(state: Production, take: f.TakeDone, at: datetime) -> TakeView:
    """A take as its history tells it."""
    plan, shot = state.planned, state.shot(take.shot)
    return TakeView(
        number=1,
        key=shot.key,
        production=plan.production,
        shot=shot.id,
        sha256=take.sha256,
        digest=take.digest,
        alternate=shot.alternate,
        seed=shot.seed,
        seconds=round(shot.seconds, 3),
        size=shot.size,
        says=" / ".join(f"{line.character}: {line.text}" for line in shot.lines)[:400] or shot.action[:400],
        changes=_why(state, take),
        grants=grants_of_shot(plan, shot),
        permit=take.permit,
        ledger_index=take.ledger_index,
        made_at=at,
        used_by=(plan.production,),
    )


def _why(state: Production, take: f.TakeDone) -> tuple[Change, ...]:
    """What was edited; where nothing was and the picture was made anew all the same, something upstream has moved."""
    found = state.planned.changes.get(take.shot, ())
    if found or take.reused or state.planned.revises is None:
        return found
    return (Change(what="speech", after="its lines sound or last another way", upstream=True),)
