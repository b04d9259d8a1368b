"""A film that is cancelled, at any moment: no object, no key and no job of it is left that could go on."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from generation_service.contract.methods import CancelProduction
from infra.kernel.errors import NotFound
from tests.generation_service.usecases.test_crashes import until
from tests.generation_service.world import PARTNER, World, command

When = Callable[[World, str], None]


def cancel(world: World, production: str) -> None:
    world.ask.cancel(CancelProduction(command_id="stop", production=production, partner=PARTNER))


def at_once(world: World, production: str) -> None:
    cancel(world, production)


def after_a_line(world: World, production: str) -> None:
    world.run_job(until(world, "line"))
    cancel(world, production)


def in_mid_take(world: World, production: str) -> None:
    job = until(world, "render")
    world.run_job(job)
    job = until(world, "render")
    world.painter.between = lambda: _once(world, production)
    world.run_job(job)


def before_the_mix(world: World, production: str) -> None:
    until(world, "mix")
    cancel(world, production)


def in_mid_assembly(world: World, production: str) -> None:
    job = until(world, "assemble")
    world.room.after_part = lambda: _once(world, production)
    world.run_job(job)


def after_the_gate(world: World, production: str) -> None:
    job = until(world, "assemble")
    real = world.blobs.move

    def move(*words: object) -> None:
        _once(world, production)
        real(*words)  # type: ignore[arg-type]

    world.blobs.move = move  # type: ignore[method-assign]
    world.run_job(job)


def _once(world: World, production: str) -> None:
    if world.desk.key(production) is not None:
        cancel(world, production)
    world.clock.advance(1)


@pytest.mark.parametrize(
    "when", [at_once, after_a_line, in_mid_take, before_the_mix, in_mid_assembly, after_the_gate]
)  # fmt: skip
def test_nothing_is_left_of_a_cancelled_film(world: World, when: When) -> None:
    made = world.submit(command())
    with contextlib.suppress(NotFound):  # what a worker sees when the bytes go from under it
        when(world, made.id)
    world.blobs.__dict__.pop("move", None)
    world.pump()
    seen = world.view(made.id)
    assert (seen.state, seen.output) == ("cancelled", None)
    assert world.desk.key(made.id) is None
    left = [path for path in Path(world.blobs._root).rglob("*") if path.is_file()]
    assert left == []
    books = world.desk.books
    assert world.log.run(lambda tx: dict(books.progress.of(tx, made.id))) == {}
    assert world.log.run(lambda tx: books.sources.get(tx, made.id)) is None
    jobs = len(world.consent.opened)
    for message in list(world.log.outbox):
        if message.exchange == "" and message.body["kind"] in ("render", "assemble"):
            world.run_job(message.body)  # delivered once more
    assert len(world.consent.opened) == jobs
    again = world.submit(command(command_id="next"))
    world.pump()
    assert world.view(again.id).state == "released"
    assert not any(shot.reused for shot in world.view(again.id).shots)
