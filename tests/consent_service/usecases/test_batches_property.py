"""A batch answers and leaves what its commands would have answered and left one by one, whatever they are."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent_service.contract.batches import RecordBatch
from consent_service.contract.ledger import RecordGrant, RequestGrant
from consent_service.contract.methods import GetGrant, ListGrants
from consent_service.contract.private import sealed_grant
from consent_service.domain.grants import stream
from consent_service.usecases import batches, grants
from infra.kernel.clock import FixedClock
from infra.kernel.errors import AssentError
from tests.consent_service.house import House, Person, command_id, memory_parts, postgres_parts, terms
from tests.databases import FreshDatabase

STRANGER, EVE = Person("sub_nobody"), Person("sub_eve")


@dataclass(frozen=True)
class Asked:
    """One command to be: what kind, with whose texts, and which earlier thing it is about."""

    kind: str
    about: int
    uses: int


ASKED = st.builds(
    Asked,
    st.sampled_from(
        ["grant", "grant", "request", "answer", "supersede", "both", "forged", "unknown", "again", "reused", "entry",
         "typed", "nul"]
    ),
    st.integers(0, 3),
    st.integers(1, 4),
)  # fmt: skip


class Town:
    """A house, grants and requests that stand there already, and the commands made for it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.first = house.signed_grant(terms(house.subject))
        self.first_ref = grants.record_grant(house.parts, self.first).ref
        self.renew()

    def renew(self) -> None:
        """New requests to answer and grants to supersede."""
        house = self.house
        self.requests = [self._request() for _ in range(2)]
        self.asked = [grants.request_grant(house.parts, one).ref for one in self.requests]
        self.standing = [house.grant() for _ in range(2)]

    def _request(self) -> RequestGrant:
        sealed = sealed_grant(self.house.signed_grant(terms(self.house.subject, scope__description="")))
        return RequestGrant(command_id=command_id(), terms=sealed)

    def command(self, asked: Asked, made: list[Any]) -> Any:
        """The command; the same for every town with the same people, up to ids."""
        about, person = asked.about % 2, self.house.subject
        earlier = [one for one in made if isinstance(one, RecordGrant)] or [self.first]
        kinds: dict[str, Callable[[], Any]] = {
            "grant": lambda: self._signed(limits__max_uses=asked.uses),
            "request": self._request,
            "answer": lambda: self._about(self.house.signed_grant(self.requests[about].terms), about),
            "supersede": lambda: self._signed(supersedes=self.standing[about]),
            "both": lambda: self._about(self._signed(supersedes=self.asked[about]), about),
            "forged": lambda: self.house.signed_grant(terms(person, limits__max_uses=asked.uses), by=EVE),
            "unknown": lambda: self.house.signed_grant(terms(STRANGER), by=STRANGER),
            "again": lambda: earlier[asked.about % len(earlier)],
            "reused": lambda: self._signed().model_copy(update={"command_id": self.first.command_id}),
            "entry": lambda: earlier[-1].model_copy(update={"command_id": command_id()}),
            "typed": lambda: self._signed().model_copy(update={"openings": None}),
            "nul": lambda: self._signed(subject={**terms(person).subject.model_dump(), "handle": "sub_\0"}),
        }
        return kinds[asked.kind]()

    def _about(self, command: RecordGrant, request: int) -> RecordGrant:
        return command.model_copy(update={"request": self.asked[request]})

    def _signed(self, **changes: Any) -> RecordGrant:
        return self.house.signed_grant(terms(self.house.subject, **changes))

    def left(self) -> list[Any]:
        """Everything that stands, without ids and times."""
        found = grants.list_grants(self.house.parts, ListGrants(limit=100)).grants
        return sorted(
            (one.state, one.uses_left, one.terms.scope.description, one.terms.supersedes is None) for one in found
        )

    def streams(self) -> list[Any]:
        parts, known = self.house.parts, (*self.asked, *self.standing, self.first_ref)
        return parts.log.run(
            lambda tx: [[(e.type, e.version) for e in tx.read(stream(grant))] for grant in known]
        )  # fmt: skip


def told(answer: Any) -> tuple[str, str]:
    return ("recorded", "") if isinstance(answer, str) else (answer.kind, answer.code)


def alone(house: House, command: Any) -> Any:
    try:
        do: Any = grants.record_grant if isinstance(command, RecordGrant) else grants.request_grant
        return do(house.parts, command).ref
    except AssentError as error:
        return error


def chunks(commands: list[Any], size: int) -> list[list[Any]]:
    """In batches of at most ``size``; one id comes once in a batch."""
    found: list[list[Any]] = [[]]
    for command in commands:
        taken = {one.command_id for one in found[-1]}
        if len(found[-1]) == size or command.command_id in taken:
            found.append([])
        found[-1].append(command)
    return [one for one in found if one]


@pytest.fixture
def make_house(
    fresh_database: Callable[..., FreshDatabase], clock: FixedClock, tmp_path: Path
) -> Iterator[Callable[[str], House]]:
    """Furnished houses, each on a foundation of its own."""
    with ExitStack() as stack:

        def make(foundation: str) -> House:
            if foundation == "memory":
                return House(memory_parts(clock)).furnish()
            folder = tmp_path / secrets.token_hex(4)
            folder.mkdir()
            return House(stack.enter_context(postgres_parts(fresh_database().url("consent"), clock, folder))).furnish()

        yield make


@pytest.mark.parametrize("foundation", ["memory", "postgres"])
def test_a_batch_is_what_its_commands_are_one_by_one(foundation: str, make_house: Callable[[str], House]) -> None:
    towns = [Town(make_house(foundation)) for _ in range(2)]
    examples = 30 if foundation == "memory" else 10

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ASKED, min_size=1, max_size=9), st.integers(1, 9))
    def compare(plan: list[Asked], size: int) -> None:
        if foundation == "memory":  # it folds all that there is for each question
            towns[:] = [Town(make_house(foundation)) for _ in range(2)]
        single, batched = towns
        single.renew()
        batched.renew()
        one_by_one: list[Any] = []
        for asked in plan:
            one_by_one.append(single.command(asked, one_by_one))
        expected = [alone(single.house, command) for command in one_by_one]
        commands: list[Any] = []
        for asked in plan:
            commands.append(batched.command(asked, commands))
        answers: list[Any] = []
        for chunk in chunks(commands, size):
            found = batches.record_batch(batched.house.parts, RecordBatch(commands=tuple(chunk))).answers
            answers += [one.recorded.ref if one.recorded else one.refused for one in found]
        assert [told(one) for one in answers] == [told(one) for one in expected]
        assert batched.left() == single.left()
        assert batched.streams() == single.streams()
        for command, answer in zip(commands, answers, strict=True):
            if isinstance(answer, str):
                assert alone(batched.house, command) == answer, "a repeat finds its first answer"
                grants.get_grant(batched.house.parts, GetGrant(grant=answer))

    compare()
