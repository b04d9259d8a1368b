"""The retention clock carried out: reference files that no grant lets be kept any longer are deleted, and the ledger is
told.

Three steps for each subject, each repeatable: (1) the file is deleted from the library; (2) its deletion is committed
here, from when on nobody is given its key; (3) the ledger enters it. A crash in between leaves files on the ledger's
list of what is due, and the next run goes on from there.
"""

from dataclasses import dataclass

from consent_service.contract.retention import DueDeletion, DueDeletions, DueQuery
from identity_service.contract.methods import DeletedReferences, RetentionRun
from identity_service.domain import decide_deleted
from identity_service.usecases.parties import Identity
from infra.eventlog.log import Transaction
from infra.kernel.canonical import digest
from infra.kernel.errors import Unavailable
from infra.telemetry.logs import log


@dataclass(frozen=True)
class Retention:
    """What is due, and doing it. The ledger judges what is due; this only deletes."""

    identity: Identity

    def due(self, query: DueQuery) -> DueDeletions:
        """A page of what is due, by subject."""
        return self.identity.registry.due(query)

    def run(self) -> RetentionRun:
        """Delete all that is due now. Raises Unavailable when the ledger does not answer."""
        done, after = [], None
        while True:
            page = self.identity.registry.due(DueQuery(after=after))
            done += [self._delete(one) for one in page.deletions]
            after = page.more_after
            if after is None:
                return RetentionRun(deleted=tuple(done))

    def sweep(self) -> None:
        """:meth:`run` by the clock: a ledger that is away is asked again at the next turn."""
        try:
            done = self.run()
        except Unavailable as error:
            log.warning("retention.not_swept", code=error.code)
        else:
            if done.deleted:
                log.info("retention.deleted", subjects=len(done.deleted))

    def _delete(self, due: DueDeletion) -> DeletedReferences:
        identity = self.identity
        for sha256, data_key in identity.data_keys(due.subject, due.assets):
            identity.library.delete(sha256, data_key)

        def work(tx: Transaction) -> None:
            state = identity.state(tx, due.subject)
            identity.append(tx, state, decide_deleted(state, due.assets, identity.clock.now()))

        identity.log.run(work)
        told = identity.registry.deleted(f"retention-{digest([due.subject, due.model_dump(mode='json')])}", due)
        return DeletedReferences(subject=due.subject, assets=due.assets, due=due.due, ledger_index=told)
