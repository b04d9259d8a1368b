"""Submitting a production: screenplay → plan → one decision over the whole film → jobs.

The decision is asked before anything is written, so a consent service that does not answer leaves nothing behind.
Idempotent: the production's id follows from partner and command id, and the first answer stands.
"""

from collections.abc import Callable
from dataclasses import dataclass

from audio_service.contract.speech import VoiceRef
from consent_service.contract.decisions import Decision, DecisionRequest
from generation_service.contract.methods import CastMember, ProductionView, SubmitProduction
from generation_service.domain import facts as f
from generation_service.domain.casting import Roster, check_cast, voice
from generation_service.domain.needs import decision_request
from generation_service.domain.plan import PlaceOf, Plan, plan, rekeyed, stable_id
from generation_service.domain.production import Production, decide_submit
from generation_service.domain.revising import (
    Revision,
    changes_between,
    locked_to,
    put_in,
    refuse_purged,
    removed,
    with_alternates,
)
from generation_service.domain.script import read_script
from generation_service.domain.views import view
from generation_service.usecases.account import film_of
from generation_service.usecases.desk import Desk
from generation_service.usecases.sources import seal_source
from infra.eventlog.replayed import note_replay
from infra.kernel.canonical import digest, sha256_hex
from infra.kernel.errors import Conflict, NotFound


@dataclass(frozen=True)
class Submit:
    """``roster`` says what may be cast, ``decide`` asks the consent service, ``place_of`` and ``backend`` are the
    painter's; ``painter`` names it with its version, as takes are addressed by.
    """

    desk: Desk
    roster: Callable[[], Roster]
    decide: Callable[[DecisionRequest], Decision]
    place_of: PlaceOf
    backend: str = "previs"
    painter: str = "previs"

    def __call__(self, command: SubmitProduction) -> ProductionView:
        """The production's view; state ``refused`` with the reasons when the decision denies.

        Raises Invalid ``generation.screenplay_invalid`` or ``generation.cast_invalid``, Conflict
        ``generation.command_reused`` and whatever the consent service answers with.
        """
        production = stable_id("prd", command.partner, command.command_id)
        fingerprint = digest(command.model_dump(mode="json"))
        known = self.desk.state(production)
        if known.plan is None:
            known = self._start(command, production, fingerprint)
        else:
            note_replay()
        if known.planned.fingerprint != fingerprint:
            raise Conflict("generation.command_reused", "this command id was used for another production")
        return view(known)

    def _start(self, command: SubmitProduction, production: str, fingerprint: str) -> Production:
        base = self._version(command.revises, command.partner) if command.revises else None
        roster = self.roster()
        ordered = command
        command, screenplay = read_script(command)
        check_cast(command.cast, roster)
        planned = plan(command, production, screenplay, roster, self.place_of)
        planned = rekeyed(planned, base.planned.shots) if base is not None else planned
        revision = self._kept(command, with_alternates(planned, command.alternates), base)
        voices = {name: voice(member, roster) for name, member in command.cast.items()}
        asked = _Asked(command, base, revision, fingerprint, voices)
        request = decision_request(
            command, production, revision.plan.shots, self.backend, title=planned.title, member_of=asked.member
        )
        submitted = self._fact(asked, request, self.decide(request))
        allowed = submitted.decision.allow
        first = decide_submit(submitted) if allowed else [f.Refused.model_validate(submitted.model_dump())]
        return self.desk.change(
            production,
            lambda state: first if state.plan is None else [],
            command_id=command.command_id,
            also=lambda tx: seal_source(self.desk.books, tx, production, ordered),
        )

    def _kept(self, command: SubmitProduction, planned: Plan, base: Production | None) -> Revision:
        """The plan with its locked shots as they were made; Conflict ``generation.take_purged`` where one is gone."""
        wanted = locked_to(planned, base, command.keep, frozenset(command.unlock))
        versions = {name: self._version(name, command.partner) for name in sorted(set(wanted.values()))}
        for key, version in wanted.items():
            refuse_purged(versions[version], key)
        return put_in(planned, wanted, versions)

    def _version(self, production: str, partner: str) -> Production:
        found = self.desk.state(production)
        if found.plan is None or found.plan.partner != partner:
            raise NotFound("generation.no_production", "no such production to make a version of", production=production)
        return found

    def _fact(self, asked: "_Asked", request: DecisionRequest, decision: Decision) -> f.Submitted:
        command, base, planned = asked.command, asked.base, asked.revision.plan
        changed = (
            changes_between(base, planned.shots, asked.voices, self.painter, asked.revision.kept)
            if base is not None
            else {}
        )
        return f.Submitted(
            production=request.production,
            partner=command.partner,
            fingerprint=asked.fingerprint,
            title=planned.title,
            screenplay_sha256=sha256_hex(command.screenplay.encode()),
            decision=decision,
            cast=command.cast,
            voices=asked.voices,
            uses=request.uses,
            features=request.features,
            shots=planned.shots,
            at_least=dict(planned.at_least),
            language=command.language,
            backend=self.backend,
            seed=command.seed,
            at=self.desk.clock.now(),
            painter=self.painter,
            film=film_of(base) if base is not None else "",
            revises=command.revises,
            kept=dict(asked.revision.kept),
            changes=changed,
            held={shot: changes for shot, changes in asked.revision.held.items() if changes},
            removed=removed(base, planned.shots) if base is not None else (),
            loudness_lufs=command.loudness_lufs,
            captions=command.captions,
        )


@dataclass(frozen=True)
class _Asked:
    """A submission on its way to a fact."""

    command: SubmitProduction
    base: Production | None
    revision: Revision
    fingerprint: str
    voices: dict[str, VoiceRef]

    def member(self, shot: str, character: str) -> CastMember:
        """Who plays a character in a shot: in a locked one whoever played it when its take was made."""
        kept = self.revision.kept.get(shot)
        return kept.cast[character] if kept and character in kept.cast else self.command.cast[character]
