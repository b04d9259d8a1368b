"""Submitting a production: screenplay → plan → one decision over the whole film → jobs.

The decision is asked before anything is written, so a consent service that does not answer leaves nothing behind.
Idempotent: the production's id follows from partner and command id, and the first answer stands.
"""

from collections.abc import Callable
from dataclasses import dataclass

from consent_service.contract.decisions import Decision, DecisionRequest
from generation_service.contract.methods import ProductionView, SubmitProduction
from generation_service.domain import facts as f
from generation_service.domain.casting import check_cast
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
    """``decide`` asks the consent service; ``backend`` is the painter this installation runs."""

    desk: Desk
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
        check_cast(command.cast, self.desk.roster)
        screenplay = read_screenplay(command.screenplay, command.cast)
        planned = plan(command, production, screenplay, self.desk.roster, self.place_of)
        request = decision_request(command, production, planned.shots, self.backend)
        decision = self.decide(request)
        submitted = self._fact(command, planned, request, (fingerprint, decision))
        first = decide_submit(submitted) if decision.allow else [f.Refused.model_validate(submitted.model_dump())]
        return self.desk.change(
            production, lambda state: first if state.plan is None else [], command_id=command.command_id
        )

    def _fact(
        self, command: SubmitProduction, planned: Plan, request: DecisionRequest, decided: tuple[str, Decision]
    ) -> f.Submitted:
        return f.Submitted(
            production=request.production,
            partner=command.partner,
            fingerprint=decided[0],
            title=planned.title,
            screenplay_sha256=sha256_hex(command.screenplay.encode()),
            decision=decided[1],
            cast=command.cast,
            uses=request.uses,
            features=request.features,
            shots=planned.shots,
            at_least=dict(planned.at_least),
            language=command.language,
            backend=self.backend,
            seed=command.seed,
            at=self.desk.clock.now(),
        )
