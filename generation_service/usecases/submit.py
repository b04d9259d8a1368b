"""Submitting a production: screenplay → plan → one decision over the whole film → jobs.

The decision is asked before anything is written, so a consent service that does not answer leaves nothing behind.
Idempotent: the production's id follows from partner and command id, and the first answer stands.
"""

from collections.abc import Callable
from dataclasses import dataclass

from audio_service.contract.speech import VoiceRef
from consent_service.contract.decisions import Decision, DecisionRequest
from generation_service.contract.methods import ProductionView, SubmitProduction
from generation_service.domain import facts as f
from generation_service.domain.casting import Roster, check_cast, voice
from generation_service.domain.needs import decision_request
from generation_service.domain.plan import PlaceOf, Plan, plan, stable_id
from generation_service.domain.production import Production, decide_submit
from generation_service.domain.screenplay import read_screenplay
from generation_service.domain.views import view
from generation_service.usecases.desk import Desk
from infra.kernel.canonical import digest, sha256_hex
from infra.kernel.errors import Conflict


@dataclass(frozen=True)
class Submit:
    """``roster`` says what may be cast, ``decide`` asks the consent service, ``place_of`` and ``backend`` are the
    painter's.
    """

    desk: Desk
    roster: Callable[[], Roster]
    decide: Callable[[DecisionRequest], Decision]
    place_of: PlaceOf
    backend: str = "previs"

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
        if known.planned.fingerprint != fingerprint:
            raise Conflict("generation.command_reused", "this command id was used for another production")
        return view(known)

    def _start(self, command: SubmitProduction, production: str, fingerprint: str) -> Production:
        roster = self.roster()
        check_cast(command.cast, roster)
        screenplay = read_screenplay(command.screenplay, command.cast)
        planned = plan(command, production, screenplay, roster, self.place_of)
        request = decision_request(command, production, planned.shots, self.backend, title=planned.title)
        decision = self.decide(request)
        voices = {name: voice(member, roster) for name, member in command.cast.items()}
        submitted = self._fact(command, planned, request, (fingerprint, decision, voices))
        first = decide_submit(submitted) if decision.allow else [f.Refused.model_validate(submitted.model_dump())]
        return self.desk.change(
            production, lambda state: first if state.plan is None else [], command_id=command.command_id
        )

    def _fact(
        self,
        command: SubmitProduction,
        planned: Plan,
        request: DecisionRequest,
        decided: tuple[str, Decision, dict[str, VoiceRef]],
    ) -> f.Submitted:
        return f.Submitted(
            production=request.production,
            partner=command.partner,
            fingerprint=decided[0],
            title=planned.title,
            screenplay_sha256=sha256_hex(command.screenplay.encode()),
            decision=decided[1],
            cast=command.cast,
            voices=decided[2],
            uses=request.uses,
            features=request.features,
            shots=planned.shots,
            at_least=dict(planned.at_least),
            language=command.language,
            backend=self.backend,
            seed=command.seed,
            at=self.desk.clock.now(),
        )
