"""The nameko face of generation: parse, call one use case, answer."""

from dataclasses import dataclass

from nameko.timer import timer

from audio_service.contract.jobs import AudioJobStopped, LineSpoken, TrackMixed
from consent_service.contract.erasure import SUBJECT_ERASED
from consent_service.contract.events import BIOMETRICS_DELETED, GRANT_INVALIDATED, GRANT_WITHDRAWN, OUTPUT_RECALLED
from generation_service.contract import methods as m
from generation_service.contract.plans import PlanScript, PlanView, plan_script
from generation_service.domain.purging import ended_by
from generation_service.usecases.ask import Ask
from generation_service.usecases.follow import Follow
from generation_service.usecases.preview import Preview
from generation_service.usecases.purge import AfterRestore, Purge
from generation_service.usecases.revise import Revise
from generation_service.usecases.submit import Submit
from infra.kernel.rpc import Empty
from infra.messaging.events import CloudEvent
from infra.messaging.nameko_ext import expose, subscribe


@dataclass(frozen=True)
class App:
    """All use cases of the service."""

    submit: Submit
    follow: Follow
    ask: Ask
    purge: Purge
    after_restore: AfterRestore
    revise: Revise
    preview: Preview


class GenerationService:
    """``generation`` on the bus; ``bootstrap`` gives it its ``built`` use cases."""

    name = "generation"
    built: App

    @expose(m.submit)
    def submit(self, command: m.SubmitProduction) -> m.ProductionView:
        return self.built.submit(command)

    @expose(plan_script)
    def plan_script(self, query: PlanScript) -> PlanView:
        return self.built.preview(query)

    @expose(m.revise)
    def revise(self, command: m.ReviseProduction) -> m.ProductionView:
        return self.built.revise(command)

    @expose(m.list_takes)
    def list_takes(self, query: m.ListTakes) -> m.TakeHistory:
        return self.built.revise.takes(query)

    @expose(m.open_takes)
    def open_takes(self, query: m.OpenTakes) -> m.OpenedTakes:
        return self.built.revise.open(query)

    @expose(m.get_production)
    def get_production(self, query: m.GetProduction) -> m.ProductionView:
        return self.built.ask.get(query)

    @expose(m.list_productions)
    def list_productions(self, query: m.ListProductions) -> m.Productions:
        return self.built.ask.list(query)

    @expose(m.cancel)
    def cancel(self, command: m.CancelProduction) -> m.ProductionView:
        return self.built.ask.cancel(command)

    @expose(m.get_output_key)
    def get_output_key(self, query: m.GetOutputKey) -> m.OutputKey:
        return self.built.ask.output_key(query)

    @expose(m.list_cast)
    def list_cast(self, _query: Empty) -> m.StockCast:
        return self.built.ask.cast()

    @expose(m.production_key)
    def production_key(self, query: m.ProductionKey) -> m.ProductionKeyAnswer:
        return self.built.ask.production_key(query)

    @subscribe("audio", "line_spoken")
    def line_spoken(self, event: CloudEvent) -> None:
        self.built.follow.line_spoken(event.id, LineSpoken.model_validate(event.data))

    @subscribe("audio", "track_mixed")
    def track_mixed(self, event: CloudEvent) -> None:
        self.built.follow.track_mixed(event.id, TrackMixed.model_validate(event.data))

    @subscribe("audio", "job_stopped")
    def job_stopped(self, event: CloudEvent) -> None:
        self.built.follow.job_stopped(event.id, AudioJobStopped.model_validate(event.data))

    @subscribe("consent", GRANT_WITHDRAWN)
    def grant_withdrawn(self, event: CloudEvent) -> None:
        self._purge(event)

    @subscribe("consent", GRANT_INVALIDATED)
    def grant_invalidated(self, event: CloudEvent) -> None:
        self._purge(event)

    @subscribe("consent", BIOMETRICS_DELETED)
    def references_deleted(self, event: CloudEvent) -> None:
        self._purge(event)

    @subscribe("consent", SUBJECT_ERASED)
    def subject_erased(self, event: CloudEvent) -> None:
        self._purge(event)

    @subscribe("consent", OUTPUT_RECALLED)
    def output_recalled(self, event: CloudEvent) -> None:
        self._purge(event)

    @timer(interval=2, eager=True)  # type: ignore[untyped-decorator]  # nameko is untyped
    def purge_again(self) -> None:
        self.built.after_restore.tick()

    def _purge(self, event: CloudEvent) -> None:
        ended = ended_by(event.type, event.data, event.sequence)
        if ended is not None:
            self.built.purge(ended)
