"""Entering grants and requests: one or many, decided in memory in their order, read and written for all at once.

Each command sees what those before it did, a refused one leaves nothing and says why, the others stand. A repeated
command finds its first answer, in whatever batch it comes. Single commands that come while another transaction of this
process runs share the next one.

Commit point: the database commit of the one transaction. A crash before it leaves nothing; after it all that was
answered binds. What a command judges by is read under locks that hold to the commit, so nothing it stands on moves.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent_service.contract.batches import BatchAnswer, BatchRecorded, RecordBatch, Refusal
from consent_service.contract.ledger import Recorded, RecordGrant, RequestGrant
from consent_service.contract.private import Opened, opened, sealed_grant
from consent_service.domain import grants
from consent_service.domain.authority import signer_of
from consent_service.domain.grants import GrantNow
from consent_service.domain.parties import PartyNow
from consent_service.usecases.parts import Parts
from infra.eventlog.log import NewEvent
from infra.eventlog.many import RACED, Answered, Sealed
from infra.eventlog.replayed import note_replay
from infra.kernel.canonical import digest
from infra.kernel.errors import AssentError, Conflict, Invalid
from infra.kernel.ids import new_id
from infra.kernel.rpc import Message

Entering = RecordGrant | RequestGrant
_TRIES = 4
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""What JSON can hold and the database cannot."""
_TURN = 16
"""Commands judged before the other green threads of the process get their turn: signatures take a millisecond each."""


@dataclass(frozen=True)
class Outcome:
    """Exactly one of answer and refusal. ``replayed``: the answer was given before."""

    answer: dict[str, Any] | None = None
    refused: AssentError | None = None
    replayed: bool = False


def record_batch(parts: Parts, batch: RecordBatch) -> BatchRecorded:
    """Enter many grants and requests with one commit, each as if it came alone."""
    outcomes = enter(parts, batch.commands)
    entered = {str(one.answer["entry"]): str(one.answer["ref"]) for one in outcomes if one.answer is not None}
    places = {one.entry_id: one for one in parts.proofs.recorded_all(entered)} if entered else {}
    return BatchRecorded(answers=tuple(_told(one, places) for one in outcomes))


def enter_one(parts: Parts, command: Entering) -> Recorded:
    """Enter one, together with the others of this moment. Raises what refuses it."""
    outcome = parts.entering.do(command, lambda commands: enter(parts, commands))
    if outcome.refused is not None:
        raise outcome.refused
    if outcome.replayed:
        note_replay()
    answer = outcome.answer or {}
    return parts.proofs.recorded(str(answer["entry"]), str(answer["ref"]))


def enter(parts: Parts, commands: Sequence[Entering]) -> list[Outcome]:
    """What becomes of each, committed. Raises Unavailable when the store is away, and then nothing has happened or,
    where only its answer was lost, a repeat finds everything answered.
    """
    tries = _TRIES
    while True:
        try:
            return parts.log.run(lambda tx: _enter_all(parts, tx, commands))
        except Conflict as conflict:
            tries -= 1
            if conflict.code != RACED or not tries:
                raise


def fingerprint(command: Message) -> str:
    """What makes a command another one under the same id."""
    return digest([type(command).__name__, command.model_dump(mode="json")])


def _told(outcome: Outcome, places: dict[str, Recorded]) -> BatchAnswer:
    if outcome.refused is not None:
        return BatchAnswer(refused=Refusal.model_validate(outcome.refused.to_wire()))
    return BatchAnswer(recorded=places[str((outcome.answer or {})["entry"])])


def _enter_all(parts: Parts, tx: Any, commands: Sequence[Entering]) -> list[Outcome]:
    """Read for all, judge each in turn, write for all."""
    answered = parts.many.reserve(tx, [command.command_id for command in commands])
    draft = _read(parts, tx, [command for command in commands if command.command_id not in answered])
    outcomes = [draft.outcome(command, answered) for command in _in_turns(commands)]
    if draft.events:
        parts.many.write(tx, draft.events, draft.answers)
        parts.views.apply(tx, [event for event, _ in draft.events])
        parts.vault.keep(tx, *draft.openings)
    return outcomes


def _in_turns(commands: Sequence[Entering]) -> Iterator[Entering]:
    for n, command in enumerate(commands, start=1):
        yield command
        if n % _TURN == 0:
            time.sleep(0)


def _read(parts: Parts, tx: Any, commands: Sequence[Entering]) -> "_Draft":
    """What these commands judge by: grants under the lock that changes them, parties, and event ids that are taken."""
    signed = [command for command in commands if isinstance(command, RecordGrant)]
    ids = {id_ for command in signed for id_ in (command.request, command.terms.supersedes) if id_ is not None}
    handles = {handle for one in signed for handle in (one.terms.subject.handle, signer_of(one.terms.subject))}
    entries = {command.openings.entry for command in signed if command.openings is not None}
    ids, handles = ({one for one in names if "\0" not in one} for names in (ids, handles))
    held = parts.views.grants(tx, ids=sorted(ids), lock="update") if ids else []
    known = parts.views.parties(tx, sorted(handles), lock="share") if handles else {}
    return _Draft(parts, tx, {grant.id: grant for grant in held}, known, parts.many.stored(tx, sorted(entries)))


class _Draft:
    """What a transaction is going to write: ``grants`` as they will stand, events, openings, answers by command id."""

    def __init__(
        self, parts: Parts, tx: Any, held: dict[str, GrantNow], parties: dict[str, PartyNow], taken: set[str]
    ) -> None:
        self.parts, self.tx = parts, tx
        self.grants, self.parties, self.taken = held, parties, taken
        self.events: list[Sealed] = []
        self.openings: list[Opened] = []
        self.answers: dict[str, Answered] = {}

    def outcome(self, command: Entering, answered: dict[str, Answered]) -> Outcome:
        """Judge one command; only what it entered is kept."""
        try:
            wanted = fingerprint(command)
            earlier = answered.get(command.command_id) or self.answers.get(command.command_id)
            if earlier is None:
                step = _Step(self)
                made = Answered(wanted, step.enter(command))
                self._keep(step, command.command_id, made)
                return Outcome(made.answer)
        except AssentError as refused:
            return Outcome(refused=refused)
        if earlier.fingerprint != wanted:
            detail = "this id was used for another command"
            return Outcome(refused=Conflict("eventlog.command_reused", detail, id=command.command_id))
        return Outcome(earlier.answer, replayed=True)

    def _keep(self, step: "_Step", command: str, made: Answered) -> None:
        self.events += step.events
        self.openings += step.openings
        self.grants |= step.grants
        self.taken.update(event.id for event, _ in step.events)
        self.answers[command] = made


class _Step:
    """One command on a draft: what it would add, until it is known to stand."""

    def __init__(self, draft: _Draft) -> None:
        self._draft, self._parts = draft, draft.parts
        self.events: list[Sealed] = []
        self.openings: list[Opened] = []
        self.grants: dict[str, GrantNow] = {}

    def enter(self, command: Entering) -> dict[str, Any]:
        """The answer; raises what refuses the command."""
        return self._record(command) if isinstance(command, RecordGrant) else self._request(command)

    def _record(self, command: RecordGrant) -> dict[str, Any]:
        sealed_grant(command)
        who, now, known = command.terms.subject, self._parts.clock.now(), self._draft.parties
        grant, version = self._place(command)
        authority = known.get(signer_of(who)) if who.authority_ref else None
        [event] = grants.record(known.get(who.handle), command, grant, now, authority=authority)
        if command.terms.supersedes is not None:
            self._supersede(command, command.terms.supersedes, grant)
        entry = self._append(grant, version, _named(event, command))
        texts = opened(command, who.handle)
        if texts is not None:
            self.openings.append(texts)
        return {"entry": entry, "ref": grant}

    def _request(self, command: RequestGrant) -> dict[str, Any]:
        sealed_grant(RecordGrant(command_id=command.command_id, terms=command.terms, signature=""))
        grant = new_id("grt")
        event = grants.request(command, grant, self._parts.clock.now())
        return {"entry": self._append(grant, 0, event), "ref": grant}

    def _place(self, command: RecordGrant) -> tuple[str, int]:
        """The id of the grant and the version of its stream: those of the request it answers, or new ones."""
        if command.request is None:
            return new_id("grt"), 0
        requested = grants.verify_answers(self._grant(command.request), command)
        return requested.id, requested.version

    def _supersede(self, command: RecordGrant, named: str, new: str) -> None:
        old = self._grant(named)
        event = grants.superseded(old, new, command.terms, self._parts.clock.now())
        self._append(named, 0 if old is None else old.version, event)

    def _grant(self, grant: str) -> GrantNow | None:
        return self.grants.get(grant) or self._draft.grants.get(grant)

    def _append(self, grant: str, version: int, new: NewEvent) -> str:
        """Put an event at the end of a grant's stream; its id."""
        now, stream = self._grant(grant), grants.stream(grant)
        if version != (0 if now is None else now.version):
            raise Conflict("eventlog.version", "the stream moved on", stream=stream, expected=version)
        event, envelope = self._parts.many.seal(self._draft.tx, new, stream, version + 1)
        if event.id in self._draft.taken:
            raise Conflict("eventlog.event_id", "an event with this id is already stored")
        if b"\\u0000" in envelope and _NUL.search(envelope):
            raise Invalid("consent.nul_text", "a text holds the character U+0000", fix="leave it out and sign again")
        self.events.append((event, envelope))
        moved = grants.evolve(now, event)
        if moved is not None:
            self.grants[grant] = moved
        return event.id


def _named(event: NewEvent, command: RecordGrant) -> NewEvent:
    """The event under the id that the commitments in it are bound to."""
    return event if command.openings is None else replace(event, id=command.openings.entry)
