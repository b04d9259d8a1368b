"""The ledger as a state machine on a real database: whatever order things happen in, the checker finds nothing.

The model is small: what was committed in which order, how much of it has an index, and every checkpoint that was ever
public. After each step the whole ledger is checked, and its checkpoints are held against all earlier ones.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from psycopg import sql

from consent_service.bootstrap import wire
from consent_service.contract.erasure import ERASURE_CONTEXT, EraseSubject, Erasure
from consent_service.contract.privacy import GetOpenings
from consent_service.sequencer import rotate
from consent_service.sequencer.keys import LogKey
from consent_service.store.fsck import check_house
from consent_service.store.proofs import LedgerProofs
from consent_service.usecases import privacy
from infra.eventlog.db import open_pool
from infra.eventlog.log import Command
from infra.kernel.clock import FixedClock
from infra.kernel.crypto import Ed25519Signer, Signer, sign_value
from infra.kernel.errors import Conflict, Internal
from infra.tlog.checkpoint import parse_checkpoint
from infra.tlog.merkle import CompactRange, hash_leaf
from infra.tlog.note import split_note
from tests.consent_service.house import VAULT_KEY, House, Person
from tests.consent_service.ledger.running import KEY, NOON, RunningLedger, decision
from tests.databases import FreshDatabase

STREAMS = st.sampled_from(("a", "b", "c"))
COUNTS = st.integers(1, 4)
STEPS = st.sampled_from(("taken", "intended", "committed", "filed"))
BACKUPS, KEYS = 2, 3
CLOCK = FixedClock(NOON)


class Killed(BaseException):
    """The sequencer's process has ended here."""


class Dropped(Exception):
    """A writer gives up in mid-transaction."""


@dataclass(frozen=True)
class Model:
    """What must be in a database: entry ids in commit order, how many of them are placed, versions of streams, and
    the subjects who have agreed to something.
    """

    ids: tuple[str, ...] = ()
    placed: int = 0
    size: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    people: tuple[Person, ...] = ()


class Copies:
    """Databases copied whole, as a backup does it. All are dropped at the end."""

    def __init__(self, template: FreshDatabase) -> None:
        self._template, self._tag = template, secrets.token_hex(4)
        self._made: list[str] = []

    def copy(self, source: str | None = None) -> FreshDatabase:
        """A copy of a database nobody is connected to; of the empty migrated one by default."""
        name = f"t_sm_{self._tag}_{len(self._made)}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, source or self._template.name)
        self._made.append(name)
        return FreshDatabase(urlunsplit(urlsplit(self._template.admin_url)._replace(path=f"/{name}")), name)

    def drop_all(self) -> None:
        for name in self._made:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        server = urlunsplit(urlsplit(self._template.admin_url)._replace(path="/postgres"))
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


class LedgerMachine(RuleBasedStateMachine):
    """``template`` (an empty migrated database) and ``folder`` are set by the test."""

    template: FreshDatabase
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.copies = Copies(self.template)
        self.path = self.folder / secrets.token_hex(4) / "checkpoint"
        self.model, self.public = Model(), dict[int, bytes]()
        self.backups: list[tuple[FreshDatabase, Model]] = []
        self.turn = 0
        self.erased: set[str] = set()
        self.signers: list[Signer] = []
        self.key = LogKey(KEY.origin, KEY.signer, lambda: self.signers)

    @initialize()
    def begin(self) -> None:
        self._open(self.copies.copy())

    def teardown(self) -> None:
        self.pool.close()
        self.copies.drop_all()

    # --- writers

    @rule(stream=STREAMS, count=COUNTS)
    def append(self, stream: str, count: int) -> None:
        """In a transaction of its own."""
        events = self.running.append(stream, *self._decisions(count), after=self._version(stream))
        self._committed(stream, [event.id for event in events])

    @rule(stream=STREAMS, count=COUNTS, again=st.booleans())
    def append_together(self, stream: str, count: int, again: bool) -> None:
        """Through the group, under a command; sent twice it is answered the same."""
        self.turn += 1
        command = Command(f"command-{self.turn}", "f")
        events = self._decisions(count)

        def send() -> list[str]:
            version = self._version(stream)
            return self.running.log.append(stream, expected_version=version, events=events, command=command)

        ids = send()
        if again:
            assert send() == ids
        self._committed(stream, ids)

    @rule(stream=STREAMS, count=COUNTS)
    def rollback(self, stream: str, count: int) -> None:
        """Written, and rolled back at the last moment."""

        def work(tx: object) -> None:
            tx.append(stream, expected_version=self._version(stream), events=self._decisions(count))  # type: ignore[attr-defined]
            raise Dropped

        with suppress(Dropped):
            self.running.log.run(work)

    @rule(stream=STREAMS, off=st.sampled_from((-1, 1)))
    def collide(self, stream: str, off: int) -> None:
        """Another was faster: nothing is written."""
        if self._version(stream) + off < 0:
            return
        with pytest.raises(Conflict):
            self.running.append(stream, *self._decisions(2), after=self._version(stream) + off)

    # --- subjects

    @rule()
    def agree(self) -> None:
        """A new subject signs a grant; what it types is kept under its own key."""
        person = Person(f"sub_{secrets.token_hex(4)}")
        self.house.subject = person
        self.house.register("subject", person)
        self.house.grant()
        self._adopt_new(5)
        self.model = replace(self.model, people=(*self.model.people, person))

    @rule(data=st.data())
    @precondition(lambda self: any(person.handle not in self.erased for person in self.model.people))
    def erase(self, data: st.DataObject) -> None:
        left = [person for person in self.model.people if person.handle not in self.erased]
        person = data.draw(st.sampled_from(left))
        asked = Erasure(subject=person.handle, by=person.handle, reason="request", at=NOON)
        signature = sign_value(person.signer, ERASURE_CONTEXT, asked.model_dump(mode="json"))
        privacy.erase_subject(
            self.house.parts, EraseSubject(command_id=secrets.token_hex(8), erasure=asked, signature=signature)
        )
        self.erased.add(person.handle)
        self._adopt_new(5)

    # --- the sequencer

    @rule()
    def sequence(self) -> None:
        waiting = len(self.model.ids) - self.model.placed - self._unfinished()
        assert self.running.sequence(receipts=True) == waiting
        self._placed()

    @rule(step=STEPS)
    def crash(self, step: str) -> None:
        """The sequencer dies at a step, in a new ledger while it writes the genesis entry; nothing is tidied."""
        new, unfinished = not self.model.size, self._unfinished()

        def at_step(name: str) -> None:
            if name == step:
                raise Killed

        with suppress(Killed), self.running.sequencer(at_step=at_step) as sequencer:
            sequencer.drain()
        if unfinished:  # made at the start, before the step was reached
            placed = self.model.placed + unfinished
            self.model = replace(self.model, placed=placed, size=placed + 1)
        if step in ("committed", "filed"):
            self.model = replace(self.model, size=1) if new else self.model
            if not new and len(self.model.ids) > self.model.placed:
                self._placed()

    @rule()
    @precondition(lambda self: self.model.size and len(self.signers) < KEYS)
    def add_key(self) -> None:
        """A new key joins; both sign from the batch on that its entry is in."""
        new = Ed25519Signer.generate()
        self.signers.append(new)
        rotate.add_key(self.pool, self.key, new, CLOCK)
        self._adopt_new(1)

    @rule(data=st.data())
    @precondition(lambda self: self.model.size and len(rotate.active_keys(self.pool).active) > 1)
    def retire_key(self, data: st.DataObject) -> None:
        retired = data.draw(st.integers(0, 1))
        rotate.retire_key(self.pool, self.key, str(rotate.active_keys(self.pool).active[retired]), CLOCK)
        self._adopt_new(1)

    # --- backups

    @rule()
    @precondition(lambda self: len(self.backups) < BACKUPS)
    def backup(self) -> None:
        self.pool.close()
        copied = self.copies.copy(self.database.name)
        self.backups.append((copied, self.model))
        self._open(self.database)

    @rule(data=st.data())
    @precondition(lambda self: self.backups)
    def restore(self, data: st.DataObject) -> None:
        """An older backup comes back. Behind what was signed nothing is signed on it, and it says so; then the newest
        database is put back. Level with it, what had no index yet is lost with the backup's age, and only that; and
        where the last batch still waits in the backup, the very same batch is made again.
        """
        copied, old = data.draw(st.sampled_from(self.backups))
        newest = self.database
        self.pool.close()
        self._open(self.copies.copy(copied.name))
        if not self._may_be_signed(old):
            self._verify_refused(old)
            self.pool.close()
            self._open(newest)
            return
        again = old.size < self.model.size
        self.model = old
        if again:
            self.sequence()
        self._start_service()

    def _may_be_signed(self, old: Model) -> bool:
        """By what is kept outside of the database: the note, and what was intended last."""
        intent, note = self.running.watermark.intended(), self.running.watermark.read()
        if note is not None and parse_checkpoint(split_note(note)[0]).size > old.size:
            return False
        if intent is None or old.size >= intent.new[0]:
            return True
        waiting = {*old.ids[old.placed :]}
        return old.size == intent.old[0] and (bool(intent.genesis) or {*intent.events} <= waiting)

    def _verify_refused(self, old: Model) -> None:
        self.running.append("fork", *self._decisions(1))
        with pytest.raises(Internal) as caught, self.running.sequencer() as sequencer:
            sequencer.drain()
        assert caught.value.code == "consent.ledger_rolled_back"
        note = self.running.watermark.read()
        if note is not None and parse_checkpoint(split_note(note)[0]).size > old.size:
            assert any("behind" in problem for problem in self.running.problems())

    # --- after each step

    @invariant()
    def the_checker_finds_nothing(self) -> None:
        with psycopg.connect(self.running.url, autocommit=True) as conn:
            found = check_house(conn, KEY.vkey, self.running.watermark.read())
        assert found.problems == []
        assert found.size == self.model.size

    @invariant()
    def what_was_committed_is_there_once_and_in_order(self) -> None:
        leaves = [entry.leaf.encode() for entry in self.running.ledger.entries(0, 10_000).entries]
        ids = self.running.ids()
        assert ids[1:] == list(self.model.ids[: self.model.placed])
        self._verify_public(leaves)

    def _verify_public(self, leaves: list[bytes]) -> None:
        """Every checkpoint that was ever public is one of this history."""
        if not leaves:
            assert not self.public
            return
        head = parse_checkpoint(split_note(self.running.ledger.latest_checkpoint().note)[0])
        assert self.public.setdefault(head.size, head.root) == head.root
        tree = CompactRange()
        roots = {}
        for leaf in leaves:
            tree.append(hash_leaf(leaf))
            roots[tree.size] = tree.root()
        assert {size: roots.get(size) for size in self.public} == self.public

    @invariant()
    def the_erased_stay_erased(self) -> None:
        for person in self.model.people:
            opened = privacy.openings(self.house.parts, GetOpenings(subject=person.handle)).opened
            assert bool(opened) == (person.handle not in self.erased)

    # --- parts

    def _open(self, database: FreshDatabase) -> None:
        self.database, url = database, database.url("consent")
        self.pool = open_pool(url, max_size=2)
        self.running = RunningLedger(url, self.pool, self.path, database.admin_url, self.key)
        signer, erasures = Ed25519Signer.generate(), self.path.with_name("erasures.jsonl")
        parts = wire(self.pool, signer, CLOCK, VAULT_KEY, erasures).parts
        self.house = House(replace(parts, proofs=LedgerProofs(self.running.ledger, patience_s=0.0)))

    def _start_service(self) -> None:
        """What the service does at its start: who was erased is erased in this database too."""
        known = {person.handle for person in self.model.people}
        assert privacy.erase_again(self.house.parts) <= len(self.erased & known)
        self._adopt_new(5 * len(known))

    def _adopt_new(self, most: int) -> None:
        """Take the entries that a use case has just written into the model: ``most`` at most, behind all others."""
        with psycopg.connect(self.running.url, autocommit=True) as conn:
            placed = conn.execute("SELECT event_id::text FROM event_order ORDER BY position").fetchall()
            waiting = conn.execute(
                "SELECT n.id::text FROM pending, unnest(event_ids) WITH ORDINALITY AS n (id, at) ORDER BY seq, n.at"
            ).fetchall()
        ids = tuple(id_ for (id_,) in [*placed[1:], *waiting])
        count = len(self.model.ids)
        assert ids[:count] == self.model.ids
        assert len(ids) <= count + most
        self.model = replace(self.model, ids=ids)

    def _decisions(self, count: int) -> list:  # type: ignore[type-arg]
        return [decision(n=n) for n in range(count)]

    def _version(self, stream: str) -> int:
        return self.model.versions.get(stream, 0)

    def _committed(self, stream: str, ids: list[str]) -> None:
        versions = self.model.versions | {stream: self._version(stream) + len(ids)}
        self.model = replace(self.model, ids=(*self.model.ids, *ids), versions=versions)

    def _placed(self) -> None:
        count = len(self.model.ids)
        self.model = replace(self.model, placed=count, size=count + 1)

    def _unfinished(self) -> int:
        """How many entries the next start will place before anything else: those of the batch that was intended."""
        intent = self.running.watermark.intended()
        return len(intent.events) if intent and intent.old[0] == self.model.size and not intent.genesis else 0
