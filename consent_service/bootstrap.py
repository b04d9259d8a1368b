"""Wires the consent service from its settings. The only place that reads them and the only one that opens anything."""

from dataclasses import dataclass
from pathlib import Path

from consent_service.client.permits import PermitKeys, PermitVerifier
from consent_service.domain.permits import jwk
from consent_service.store.erasures import Erasures
from consent_service.store.ledger import Ledger
from consent_service.store.ledger_log import LedgerLog
from consent_service.store.openings import OpenedViews, PgVault
from consent_service.store.projections import PgViews
from consent_service.store.projections_afterwards import PgAftermath
from consent_service.store.projections_runs import PgRequests, PgRuns
from consent_service.store.proofs import LedgerProofs
from consent_service.store.receipts import Receipts
from consent_service.store.subject_proofs import SubjectProofs
from consent_service.usecases import afterwards, flags, leases, policy, privacy
from consent_service.usecases.parts import Parts
from infra.eventlog.db import Pool, open_pool
from infra.eventlog.many_postgres import PgMany
from infra.kernel.clock import Clock, SystemClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Unavailable
from infra.settings import ServiceSettings
from infra.telemetry.logs import log


class ConsentSettings(ServiceSettings):
    """The consent service needs its database, the permit key in ``secrets/permit.seed`` and the key over the subjects'
    keys in ``secrets/openings.key`` (32 bytes each).
    """

    def permit_signer(self) -> Ed25519Signer:
        return Ed25519Signer.from_seed((self.state_dir / "secrets" / "permit.seed").read_bytes())

    def vault_key(self) -> bytes:
        return (self.state_dir / "secrets" / "openings.key").read_bytes()


@dataclass(frozen=True)
class Consent:
    """What the entry points are given; see ``consent_service.service.Consent``."""

    parts: Parts
    ledger: Ledger
    subjects: SubjectProofs
    receipts: Receipts
    pool: Pool

    def sweep(self) -> None:
        """End leases nobody renewed and grants that are over; a store that is away is asked again at the next turn."""
        try:
            ended = leases.sweep(self.parts) + afterwards.sweep_grants(self.parts)
        except Unavailable as error:
            log.warning("leases.not_swept", code=error.code)
        else:
            if ended:
                log.info("leases.swept", ended=ended)

    def close(self) -> None:
        self.pool.close()


def build(settings: ConsentSettings | None = None) -> Consent:
    """The service on Postgres, with the shipped flags in its ledger."""
    known = settings or ConsentSettings()
    pool = open_pool(known.database_url, max_size=known.max_workers)
    consent = wire(pool, known.permit_signer(), SystemClock(), known.vault_key(), known.state_dir / "erasures.jsonl")
    flags.ship_flags(consent.parts)
    policy.adopt_policy(consent.parts)
    privacy.erase_again(consent.parts)  # a database restored from a backup brings nobody back
    return consent


def wire(
    pool: Pool, signer: Ed25519Signer, clock: Clock, vault_key: bytes, erasures: Path | None = None
) -> Consent:  # fmt: skip
    """The objects behind the entry points, on an open pool. ``vault_key`` (32 bytes) wraps the subjects' keys;
    ``erasures`` is the file that remembers erasures (memory, where there is none).
    """
    ledger, vault = Ledger(pool), PgVault(vault_key, Erasures(erasures))
    permits = PermitVerifier(PermitKeys(lambda: [jwk(signer.public)]), clock)
    parts = Parts(
        log=LedgerLog(pool), views=OpenedViews(PgViews(), vault), runs=PgRuns(), requests=PgRequests(),
        vault=vault, proofs=LedgerProofs(ledger), permits=permits, signer=signer, clock=clock, aftermath=PgAftermath(),
        many=PgMany(),
    )  # fmt: skip
    return Consent(parts, ledger, SubjectProofs(pool, ledger), Receipts(pool, ledger), pool)


def service_class() -> type:
    """What the launcher runs."""
    from consent_service.service import ConsentService  # noqa: PLC0415 - brings nameko, for its own processes only
    from infra.messaging.nameko_ext import Built  # noqa: PLC0415 - as above

    return type("ConsentService", (ConsentService,), {"consent": Built(build)})
