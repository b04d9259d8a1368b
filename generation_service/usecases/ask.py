"""Questions about productions, their keys, and cancelling one."""

from dataclasses import dataclass

from generation_service.contract.methods import (
    CancelProduction,
    GetOutputKey,
    GetProduction,
    ListProductions,
    OutputKey,
    ProductionKey,
    ProductionKeyAnswer,
    Productions,
    ProductionView,
    StockCast,
    StockCharacter,
)
from generation_service.domain.pace import eta, phases
from generation_service.domain.production import Production, decide_cancel
from generation_service.domain.stock import VOICE_OF_STOCK
from generation_service.domain.views import WHY_PURGED, view
from generation_service.usecases.desk import Desk
from generation_service.usecases.guarding import HOUSE
from infra.kernel.clock import rfc3339
from infra.kernel.crypto import b64u
from infra.kernel.errors import Conflict, NotFound


@dataclass(frozen=True)
class Ask:
    desk: Desk

    def get(self, query: GetProduction) -> ProductionView:
        """One production with the progress of its running shots; NotFound for another partner's."""

        def work(tx: object) -> ProductionView:
            state, times = self.desk.timed(tx, query.production)
            progress = self.desk.books.progress.of(tx, query.production)
            done = phases(self._own(state, query.partner), progress)
            rates = self.desk.books.progress.of(tx, HOUSE)
            return view(state, progress, eta(state, done, times, rates, self.desk.clock.now()))

        return self.desk.log.run(work)

    def list(self, query: ListProductions) -> Productions:
        found, more = self.desk.log.run(lambda tx: self.desk.books.index.page(tx, query))
        return Productions(productions=tuple(found), has_more=more)

    def cast(self) -> StockCast:
        """The stock characters, by id."""
        cast = tuple(StockCharacter(id=who, voice=voice) for who, voice in sorted(VOICE_OF_STOCK.items()))
        return StockCast(characters=cast)

    def cancel(self, command: CancelProduction) -> ProductionView:
        """End a running production: its jobs are refused, its key destroyed. Conflict when it is over already."""
        now = self.desk.clock.now()
        state = self.desk.change(
            command.production,
            lambda found: decide_cancel(self._own(found, command.partner), now),
            command_id=command.command_id,
        )
        return view(state)

    def output_key(self, query: GetOutputKey) -> OutputKey:
        """The key of a released film; NotFound for another partner's. A film that had to go is NotFound with the cause
        as its code: ``consent.output_recalled`` or ``generation.output_erased``.
        """
        tied = self.desk.log.run(lambda tx: self.desk.books.ties.of(tx, "film", query.output))
        state = self.desk.state(tied[0]) if tied else Production()
        if state.plan is None or state.plan.partner != query.partner:
            raise NotFound("generation.no_output", "no such output")
        output, key = view(state).output, self.desk.key(tied[0])
        if output is None or key is None:
            raise _gone(state, query.output)
        return OutputKey(output=output, data_key=b64u(key))

    def production_key(self, query: ProductionKey) -> ProductionKeyAnswer:
        """The key that seals takes, for a job of a production that is running; Conflict when it is over. With
        ``source`` the key of another film of the same partner; NotFound ``generation.source_gone`` when it has none.
        """
        state, key = self.desk.state(query.production), self.desk.key(query.production)
        if not state.running or key is None:
            raise Conflict(
                "generation.production_over", f"the production is {state.state}", production=query.production
            )
        if query.source is not None and query.source != query.production:
            source = self.desk.state(query.source)
            key = self.desk.key(query.source)
            if source.plan is None or source.plan.partner != state.planned.partner or key is None:
                raise NotFound("generation.source_gone", "there is nothing to be used again", production=query.source)
        return ProductionKeyAnswer(production=query.source or query.production, data_key=b64u(key))

    @staticmethod
    def _own(state: Production, partner: str | None) -> Production:
        if state.plan is None or partner not in (None, state.plan.partner):
            raise NotFound("generation.no_production", "no such production")
        return state


_GONE = {"consent.subject_erased": "generation.output_erased"}


def _gone(state: Production, output: str) -> NotFound:
    """Why a film that was out is no longer there."""
    if not state.purged or state.stop is not None:
        return NotFound("generation.no_output", "no such output")
    last = state.purged[-1]
    by = rfc3339(last.takedown_by) if last.takedown_by else None
    return NotFound(
        _GONE.get(last.code, last.code), WHY_PURGED[last.code], fix="take down every copy", output=output,
        grant=last.grant,
        since=rfc3339(last.at), takedown_by=by, ledger_index=last.ledger_index,
    )  # fmt: skip
