"""The nameko face of identity: parse, call one use case, answer."""

from nameko.timer import timer

from consent_service.contract.erasure import SUBJECT_ERASED, EraseSubject, SubjectErased
from consent_service.contract.retention import DueDeletions, DueQuery
from identity_service.contract import methods as m
from identity_service.usecases import Identity, Retention
from infra.kernel.rpc import Empty
from infra.messaging.events import CloudEvent
from infra.messaging.nameko_ext import expose, subscribe

SWEEP_S = 600.0
"""How often the retention clock is looked at; its unit is days."""


class IdentityService:
    """The entry points; ``app`` holds the built use cases, set by the bootstrap."""

    name = "identity"
    app: Identity

    @expose(m.create_partner)
    def create_partner(self, command: m.CreatePartner) -> m.Party:
        return self.app.create(command)

    @expose(m.create_operator)
    def create_operator(self, command: m.CreateOperator) -> m.Party:
        return self.app.create(command)

    @expose(m.enrol_subject)
    def enrol_subject(self, command: m.EnrolSubject) -> m.Party:
        return self.app.create(command)

    @expose(m.authenticate)
    def authenticate(self, command: m.Authenticate) -> m.Principal:
        return self.app.authenticate(command)

    @expose(m.get_party)
    def get_party(self, command: m.GetParty) -> m.Party:
        return self.app.get(command)

    @expose(m.list_parties)
    def list_parties(self, command: m.ListParties) -> m.Parties:
        return self.app.list_parties(command)

    @expose(m.add_asset)
    def add_asset(self, command: m.AddAsset) -> m.Asset:
        return self.app.add_asset(command)

    @expose(m.list_assets)
    def list_assets(self, command: m.ListAssets) -> m.Assets:
        return self.app.assets(command)

    @expose(m.open_asset)
    def open_asset(self, command: m.OpenAsset) -> m.OpenedAsset:
        return self.app.open_asset(command)

    @expose(m.erase_subject)
    def erase_subject(self, command: EraseSubject) -> SubjectErased:
        return self.app.erase(command)

    @subscribe("consent", SUBJECT_ERASED)
    def subject_erased(self, event: CloudEvent) -> None:
        self.app.purge(str(event.data["subject"]))

    @expose(m.due_deletions)
    def due_deletions(self, query: DueQuery) -> DueDeletions:
        return Retention(self.app).due(query)

    @expose(m.run_retention)
    def run_retention(self, _command: Empty) -> m.RetentionRun:
        return Retention(self.app).run()

    @timer(interval=SWEEP_S)  # type: ignore[untyped-decorator]  # nameko is untyped
    def sweep(self) -> None:
        Retention(self.app).sweep()

    @expose(m.ping)
    def ping(self, command: Empty) -> Empty:
        return command
