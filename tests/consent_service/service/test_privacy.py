"""Histories and erasure over the bus, with sequencer, relay, indexer and identity as they run in production."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import Popen

import pytest

from consent_service.client.subject_proof import open_history, verify_standing
from consent_service.contract import methods
from consent_service.contract.decisions import Decision, DecisionRequest
from consent_service.contract.erasure import ERASURE_CONTEXT, EraseSubject, Erasure
from consent_service.contract.ledger import RecordGrant
from consent_service.contract.privacy import GetOpenings
from consent_service.contract.subject_index import ProveSubject, SubjectEntries
from generation_service.contract import methods as generation
from generation_service.contract.methods import GetProduction
from generation_service.store.postgres import postgres_books
from identity_service.contract import methods as identity
from identity_service.contract.methods import AddAsset, CreatePartner, EnrolSubject, GetParty
from infra.blobs import BlobStore
from infra.eventlog.db import Pool, open_pool
from infra.eventlog.log import OutboxMessage
from infra.eventlog.postgres import PgLog
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import b64u, sign_value
from infra.kernel.errors import AssentError, NotFound
from infra.kernel.rpc import Empty
from infra.messaging.rpc.sync import SyncRpc
from infra.tlog.note import parse_vkey
from tests.consent_service.house import House, Person, command_id, memory_parts, terms
from tests.consent_service.running import process, running_consent
from tests.databases import FreshDatabase
from tests.generation_service.world import CAST, World
from tests.generation_service.world import command as make_film

KEY = b"k" * 32


class SentLog(PgLog):
    """A log that shows what would have been sent: no relay empties its outbox."""

    @property
    def outbox(self) -> list[OutboxMessage]:
        with self._pool.connection() as conn:
            rows = conn.execute("SELECT exchange, key, body FROM outbox ORDER BY seq").fetchall()
        return [OutboxMessage(*row) for row in rows]


@dataclass
class Film:
    """A released film of a subject in generation's own database, and the service that is to hear of the erasure."""

    world: World
    production: str
    settings: dict[str, str]

    @classmethod
    def released(cls, settings: dict[str, str], folder: Path, pool: Pool, subject: str, grant: str) -> "Film":
        world = World(folder, SentLog(pool, service="generation"), postgres_books(b"m" * 32))
        decide = world.consent.decide

        def granted(request: DecisionRequest) -> Decision:
            grants = {f"{use.subject}/{use.modality}": grant for use in request.uses}
            return decide(request).model_copy(update={"grants": grants})

        world.submit = replace(world.submit, decide=granted)
        cast = {**CAST, "ANA": CAST["ANA"].model_copy(update={"subject": subject})}
        made = world.submit(make_film(cast=cast))
        world.pump()
        assert world.view(made.id).state == "released"
        return cls(world, made.id, settings)

    def files(self) -> int:
        areas = (Path(self.world.blobs._root, area) for area in ("takes", "quarantine", "released"))
        return sum(path.is_file() for area in areas for path in area.rglob("*"))

    def gone(self) -> bool:
        left = self.files() or self.world.desk.key(self.production)
        return not left and self.world.view(self.production).state == "purged"

    def service(self, folder: Path) -> AbstractContextManager[Popen[bytes]]:
        launch = ["-m", "infra.messaging.launch", "generation_service.bootstrap"]
        return process("generation", launch, self.settings, folder / "generation.log")


@pytest.fixture
def film(bus: tuple[SyncRpc, Path], amqp: str, database: FreshDatabase) -> Iterator[Callable[[str, str], Film]]:
    folder, url = bus[1], database.url("generation")
    settings = {"ASSENT_AMQP_URL": amqp, "ASSENT_STATE_DIR": str(folder), "ASSENT_DATABASE_URL": url}
    pool = open_pool(url, max_size=2)
    yield lambda subject, grant: Film.released(settings, folder, pool, subject, grant)
    pool.close()


@pytest.fixture
def database(fresh_database: Callable[..., FreshDatabase]) -> FreshDatabase:
    return fresh_database()


@pytest.fixture
def amqp(vhost: Callable[[], str]) -> str:
    return vhost()


@pytest.fixture
def bus(database: FreshDatabase, amqp: str, tmp_path: Path) -> Iterator[tuple[SyncRpc, Path]]:
    with running_consent(database.url("consent"), amqp, tmp_path) as rpc:
        (tmp_path / "secrets" / "master.key").write_bytes(b"m" * 32)
        shared = {"ASSENT_AMQP_URL": amqp, "ASSENT_STATE_DIR": str(tmp_path)}
        own = shared | {"ASSENT_DATABASE_URL": database.url("identity")}
        index = shared | {"ASSENT_DATABASE_URL": database.url("consent"), "ASSENT_INDEX_EVERY_S": "0.1"}
        launch = ["-m", "infra.messaging.launch", "identity_service.bootstrap"]
        with (
            process("identity", launch, own, tmp_path / "identity.log"),
            process("indexer", ["-m", "consent_service.indexer"], index, tmp_path / "indexer.log"),
        ):
            _await_identity(rpc, tmp_path)
            yield rpc, tmp_path


def _await_identity(rpc: SyncRpc, folder: Path) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            rpc.call(identity.ping, Empty(), 2.0)
        except AssentError:
            assert time.monotonic() < end, (folder / "identity.log").read_text()[-2000:]
        else:
            return


def _await_queues(rpc: SyncRpc, folder: Path) -> None:
    end = time.monotonic() + 30
    while "service.started" not in (folder / "generation.log").read_text():
        assert time.monotonic() < end, (folder / "generation.log").read_text()[-2000:]
        time.sleep(0.05)
    with contextlib.suppress(NotFound):  # nothing consumed yet that could answer: the queues stand
        rpc.call(generation.get_production, GetProduction(production="prd_none"), 10.0)


def test_a_subject_is_proven_erased_and_proven_still(
    bus: tuple[SyncRpc, Path], film: Callable[[str, str], Film]
) -> None:
    rpc, folder = bus
    partner = rpc.call(identity.create_partner, CreatePartner(command_id=command_id(), name="P", tier="vetted"))
    ana = Person("")
    enrol = EnrolSubject(command_id=command_id(), partner=partner.id, display_name="Ana", public_key=ana.key)
    ana.handle = rpc.call(identity.enrol_subject, enrol).id
    blobs = BlobStore(folder / "blobs")
    digest = blobs.put("library", b"a face", KEY)
    rpc.call(identity.add_asset, AddAsset(
        command_id=command_id(), subject=ana.handle, kind="face", sha256=digest, media_type="image/png",
        data_key=b64u(KEY),
    ))  # fmt: skip
    house = House(memory_parts(SystemClock()), subject=ana)
    command: RecordGrant = house.signed_grant(terms(ana, house.now, grantee={"partner": partner.id}))
    recorded = rpc.call(methods.record_grant, command)
    assert recorded.ledger_index is not None
    query = ProveSubject(subject=ana.handle, at_least=recorded.ledger_index + 1)
    proof = rpc.call(methods.prove_subject, query)
    leaves = [one.leaf for one in rpc.call(methods.get_subject_entries, SubjectEntries(subject=ana.handle)).entries]
    vkey = parse_vkey(rpc.call(methods.get_checkpoint, Empty()).vkey)
    history = open_history(proof, leaves, vkey)
    verify_standing(history, recorded.ref, history.covers)
    assert rpc.call(methods.get_openings, GetOpenings(subject=ana.handle)).opened != ()

    made = film(ana.handle, recorded.ref)
    with made.service(folder):  # it declares its queues and goes down: what happens now waits for it there
        _await_queues(rpc, folder)

    asked = Erasure(subject=ana.handle, by=ana.handle, reason="request", at=SystemClock().now())
    signature = sign_value(ana.signer, ERASURE_CONTEXT, asked.model_dump(mode="json"))
    # asked of the ledger alone: its fact alone must reach identity, within the promised minute
    erase = EraseSubject(command_id=command_id(), erasure=asked, signature=signature)
    began = time.monotonic()
    erased = rpc.call(methods.erase_subject, erase)
    while (
        blobs.exists("library", digest, KEY) or rpc.call(identity.get_party, GetParty(id=ana.handle)).state != "erased"
    ):
        assert time.monotonic() - began < 60
        time.sleep(0.05)
    assert made.files() > 0
    began = time.monotonic()
    with made.service(folder):
        while not made.gone():
            assert time.monotonic() - began < 60, (folder / "generation.log").read_text()[-2000:]
            time.sleep(0.05)
    assert rpc.call(identity.erase_subject, erase).recorded.entry_id == erased.recorded.entry_id
    assert rpc.call(methods.get_openings, GetOpenings(subject=ana.handle)).opened == ()
    open_history(proof, leaves, vkey)
    assert erased.recorded.ledger_index is not None
    late = rpc.call(methods.prove_subject, ProveSubject(subject=ana.handle, at_least=erased.recorded.ledger_index + 1))
    assert len(late.items) > len(proof.items)
