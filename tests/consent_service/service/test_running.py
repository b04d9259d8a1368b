"""The consent service over the bus, with sequencer, relay and a guard, all as they run in production."""

import base64
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from consent_service.client import ConsentClient, open_client
from consent_service.client.errors import StoppedByConsent, StoppedByPause
from consent_service.client.lease import Run
from consent_service.contract import events as kinds
from consent_service.contract import methods
from consent_service.contract.ledger import RegisterParty
from consent_service.contract.methods import GetEntries, GetGrant, GetProof
from consent_service.contract.receipts import GetConsistencyReceipt, GetReceipt, get_consistency_receipt, get_receipt
from consent_service.contract.tiles import GetTile, get_tile
from infra.kernel.clock import SystemClock
from infra.kernel.crypto import Ed25519Signer
from infra.kernel.errors import Denied, Invalid, NotFound, Paused
from infra.kernel.rpc import Empty, Message, Method
from infra.messaging.rpc.sync import SyncRpc
from infra.tlog.checkpoint import open_checkpoint
from infra.tlog.cose import verify_consistency_receipt, verify_inclusion_receipt
from infra.tlog.merkle import hash_leaf
from infra.tlog.note import parse_vkey
from infra.tlog.tiles import unpack_bundle
from tests.consent_service.house import OUTPUT, House, Person, command_id, memory_parts, request, terms, use
from tests.consent_service.running import running_consent
from tests.databases import FreshDatabase


class Bus:
    """The running service and the people who use it."""

    def __init__(self, rpc: SyncRpc, client: ConsentClient) -> None:
        self.rpc, self.client = rpc, client
        self.people = House(memory_parts(SystemClock()))  # signs statements; its own parts stay empty
        for kind, person, attributes in (
            ("subject", self.people.subject, {}),
            ("partner", Person("prt_studio"), {"tier": "vetted"}),
            ("operator", self.people.pauser, {"can": "pause"}),
            ("operator", self.people.resumer, {"can": "resume"}),
        ):
            value = {"command_id": command_id(), "kind": kind, "handle": person.handle, "public_key": person.key}
            self.call(methods.register_party, RegisterParty.model_validate(value | {"attributes": attributes}))

    def call(self, method: Method[Any, Any], command: Message) -> Any:
        return self.rpc.call(method, command)

    def grant(self, **changes: Any) -> str:
        agreed = terms(self.people.subject, self.people.now, **changes)
        return str(self.call(methods.record_grant, self.people.signed_grant(agreed)).ref)

    def run(self, **changes: Any) -> Run:
        used = use(self.people.subject)
        decision = self.call(methods.decide, request(used))
        value = {"decision": decision.id, "job": command_id(), "uses": [used], "features": ["allow.video_generation"]}
        return self.client.lease(**{**value, **changes})

    def resume(self, flag: str) -> None:
        proposal = self.call(methods.change_flag, self.people.signed_flag(flag, "limited"))
        self.call(methods.approve_flag, self.people.signed_approval(proposal.recorded.ref))


@pytest.fixture(scope="module")
def bus(
    fresh_database: Callable[..., FreshDatabase], vhost: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bus]:
    amqp_url, folder = vhost(), Path(tmp_path_factory.mktemp("consent"))
    with running_consent(fresh_database().url("consent"), amqp_url, folder) as rpc:
        client = open_client(rpc, amqp_url, Ed25519Signer.generate())
        yield Bus(rpc, client)
        client.close()


def test_a_grant_comes_back_with_a_proof_that_verifies(bus: Bus) -> None:
    agreed = terms(bus.people.subject, bus.people.now)
    recorded = bus.call(methods.record_grant, bus.people.signed_grant(agreed))
    assert recorded.ledger_index is not None
    proof = bus.call(methods.get_proof, GetProof(entry_id=recorded.entry_id))
    assert proof.index == recorded.ledger_index
    [entry] = bus.call(methods.get_entries, GetEntries(start=recorded.ledger_index, limit=1)).entries
    assert hash_leaf(entry.leaf.encode()).hex() == entry.leaf_hash
    recorded_terms = entry.envelope()["data"]["terms"]
    assert agreed.scope.description not in entry.leaf
    assert recorded_terms["commitments"].keys() == {"/scope/description"}
    assert bus.call(methods.get_grant, GetGrant(grant=recorded.ref)).terms == agreed


def test_a_take_runs_under_a_lease_and_completes(bus: Bus) -> None:
    grant = bus.grant()
    with bus.run() as run:
        run.check()
        assert bus.call(methods.get_grant, GetGrant(grant=run.lease.grants[0])).running >= 1
        closed = run.complete(output_sha256=OUTPUT, seconds=3.0)
    [entry] = bus.call(methods.get_entries, GetEntries(start=closed.ledger_index, limit=1)).entries
    assert entry.envelope()["type"] == kinds.SYNTHESIS_COMPLETED
    assert entry.envelope()["id"] == closed.entry_id
    assert grant


def work_until_stopped(run: Run, act: Callable[[], Any]) -> None:
    """Step after step until the guard says stop; ``act`` happens after the first."""
    with run:
        run.check()
        act()
        while True:
            run.check()
            time.sleep(0.001)  # a step of the work


def test_a_pause_stops_running_work_through_the_control_fanout(bus: Bus) -> None:
    bus.grant()
    run, later, flag = bus.run(), bus.run(), "allow.real_person_reference"
    change = bus.people.signed_flag(flag, "paused")
    try:
        with pytest.raises(StoppedByPause) as stopped:
            work_until_stopped(run, lambda: bus.call(methods.change_flag, change))
        assert stopped.value.code == "consent.flag_paused"
        assert run.stop_ms is not None
        assert run.stop_ms < 2000
        assert run.closed is not None
        with pytest.raises(Paused), later:
            pytest.fail("it must not run")
    finally:
        bus.resume(flag)
    with bus.run() as again:
        again.complete(output_sha256=OUTPUT, seconds=1.0)


def test_a_withdrawal_stops_running_work_and_refuses_the_next(bus: Bus) -> None:
    subject = bus.people.subject
    bus.people.subject = Person("sub_bob")
    try:
        value = {
            "command_id": command_id(),
            "kind": "subject",
            "handle": "sub_bob",
            "public_key": bus.people.subject.key,
        }
        bus.call(methods.register_party, RegisterParty.model_validate(value))
        grant = bus.grant()
        withdrawal = bus.people.signed_change(grant, "withdraw")
        with pytest.raises(StoppedByConsent) as stopped:
            work_until_stopped(bus.run(), lambda: bus.call(methods.change_grant, withdrawal))
        assert stopped.value.code == "consent.grant_withdrawn"
        decision = bus.call(methods.decide, request(use(bus.people.subject)))
        assert [reason.code for reason in decision.reasons] == ["consent.grant_withdrawn"]
        assert decision.ledger_index is not None
    finally:
        bus.people.subject = subject


def test_errors_keep_their_kind_and_code_over_the_bus(bus: Bus) -> None:
    with pytest.raises(NotFound, match="unknown_grant"):
        bus.call(methods.get_grant, GetGrant(grant="grt_0"))
    forged = bus.people.signed_grant(terms(bus.people.subject), by=Person("sub_eve"))
    with pytest.raises(Denied, match="bad_signature"):
        bus.call(methods.record_grant, forged)


def test_an_unknown_modality_is_refused_by_name_over_the_bus(bus: Bus) -> None:
    """A caller that does not share our models gets the same clear code."""

    class Loose(Message):
        partner: str = "prt_studio"
        production: str = "prd_1"
        uses: tuple[dict[str, Any], ...] = (
            {"subject": "s", "modality": "smell", "assets": ["a" * 64], "seconds": 1.0},
        )
        purpose: str = "news"
        territories: tuple[str, ...] = ("DE",)
        channels: tuple[str, ...] = ("web",)

    loose = Method("consent", "decide", Loose, methods.decide.answer)
    with pytest.raises(Invalid, match="unknown_modality"):
        bus.rpc.call(loose, Loose())


def test_everybody_reads_the_same_flags_and_keys(bus: Bus) -> None:
    flags = bus.call(methods.get_flags, Empty())
    assert len(flags.flags) == 5
    assert all(flag.ledger_index is not None for flag in flags.flags)
    assert bus.call(methods.get_jwks, Empty()).keys[0]["crv"] == "Ed25519"
    snapshot = bus.call(methods.snapshot, Empty())
    assert snapshot.flags["allow.voice_inferred_from_face"] == "paused"


def test_receipts_cross_the_bus_and_verify(bus: Bus) -> None:
    """The running sequencer signs a root for them within a second."""
    bus.grant()
    pinned = bus.call(methods.get_checkpoint, Empty())
    key, kept = parse_vkey(pinned.vkey), open_checkpoint(pinned.note, parse_vkey(pinned.vkey))
    [last] = bus.call(methods.get_entries, GetEntries(start=kept.size - 1, limit=1)).entries
    bus.grant()
    end = time.monotonic() + 10
    while True:
        try:
            found = bus.call(get_consistency_receipt, GetConsistencyReceipt(old=kept.size))
            break
        except NotFound:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    grown = verify_consistency_receipt(base64.b64decode(found.data), kept, key)
    assert grown.size == found.size > kept.size
    receipt = bus.call(get_receipt, GetReceipt(index=last.index, size=grown.size))
    assert verify_inclusion_receipt(base64.b64decode(receipt.data), last.leaf.encode(), key) == (last.index, grown)


def test_tiles_and_bundles_cross_the_bus(bus: Bus) -> None:
    bundle = base64.b64decode(bus.rpc.call(get_tile, GetTile(level=-1, n=0, width=2)).data)
    hashes = base64.b64decode(bus.rpc.call(get_tile, GetTile(level=0, n=0, width=2)).data)
    assert b"".join(map(hash_leaf, unpack_bundle(bundle))) == hashes
    with pytest.raises(NotFound, match=r"consent\.no_such_tile"):
        bus.rpc.call(get_tile, GetTile(level=0, n=7))
