"""Wires the identity service from its settings. The only place that reads them and the only one that opens anything."""

from pydantic import Field

from consent_service.client.permits import PermitKeys, PermitVerifier
from consent_service.contract.methods import get_jwks
from identity_service.store.files import BlobLibrary, ErasedFile
from identity_service.store.ledger import ConsentRegistry
from identity_service.store.postgres import PostgresDirectory, PostgresKeyring
from identity_service.usecases import Identity
from infra.blobs import BlobStore
from infra.eventlog.db import open_pool
from infra.eventlog.postgres import PgLog
from infra.kernel.clock import SystemClock
from infra.kernel.rpc import Empty
from infra.messaging.rpc.wire import Rpc
from infra.settings import ServiceSettings


class IdentitySettings(ServiceSettings):
    """Identity needs its database and the master key in ``secrets/master.key`` (32 bytes)."""

    blob_url: str = Field(default="", description="fsspec URL of the blob store; empty: <state_dir>/blobs")

    def master(self) -> bytes:
        return (self.state_dir / "secrets" / "master.key").read_bytes()


class PermitsOffline:
    """:class:`~identity_service.domain.PermitReader`: permits verified here, under the issuer's published keys."""

    def __init__(self, rpc: Rpc, clock: SystemClock) -> None:
        self._verifier = PermitVerifier(PermitKeys(lambda: rpc.call(get_jwks, Empty()).keys), clock)

    def assets(self, token: str) -> dict[str, tuple[str, ...]]:
        return self._verifier.verify(token).assets_by_subject()


def build(rpc: Rpc) -> Identity:
    """The use cases on Postgres, asking the consent service through ``rpc``."""
    settings = IdentitySettings()
    pool = open_pool(settings.database_url, max_size=settings.max_workers)
    clock, master = SystemClock(), settings.master()
    identity = Identity(
        log=PgLog(pool, service="identity"), directory=PostgresDirectory(), keyring=PostgresKeyring(master),
        registry=ConsentRegistry(rpc), permits=PermitsOffline(rpc, clock), clock=clock, master=master,
        library=BlobLibrary(BlobStore(settings.blob_url or settings.state_dir / "blobs")),
        erased=ErasedFile(settings.state_dir / "erased-subjects"),
    )  # fmt: skip
    identity.purge_again()
    return identity


def service_class() -> type:
    """What the launcher runs."""
    from identity_service.service import IdentityService  # noqa: PLC0415 - brings nameko, for its own processes only
    from infra.messaging.nameko_ext import BuiltWithRpc  # noqa: PLC0415 - as above

    return type("IdentityService", (IdentityService,), {"app": BuiltWithRpc(build)})
