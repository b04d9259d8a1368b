"""The fault table: every step that lasts, failing before it was done and failing although it was done.

The job is then delivered again, as the queue does. Whatever broke where: the film is released once and whole, or it is
stopped and nothing of it can be opened.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consent_service.client.errors import StoppedByConsent
from infra.kernel.errors import Conflict, Unavailable
from tests.generation_service.world import World, command

STEPS = ("blobs.put", "takes.note", "gate", "desk.change", "blobs.move")


class Crash(Exception):
    """The worker is gone."""


def break_once(world: World, step: str, *, done: bool, monkeypatch: pytest.MonkeyPatch, on: int = 1) -> None:
    """The ``on``-th time ``step`` runs it crashes: with ``done`` after its work, else before it."""
    owner: Any
    owner, name = {
        "blobs.put": (world.blobs, "put"),
        "blobs.put_file": (world.blobs, "put_file"),
        "blobs.move": (world.blobs, "move"),
        "takes.note": (world.books.takes, "note"),
        "desk.change": (type(world.desk), "change"),
        "gate": (world.consent, "_passing"),
    }[step]
    if step == "gate":
        world.consent.gate_after = Unavailable("rpc.timeout", "no answer") if done else None
        world.consent.gate = None if done else Unavailable("rpc.timeout", "no answer")
        return
    real: Callable[..., Any] = getattr(owner, name)
    count = {"n": 0}

    def crashing(*args: Any, **kwargs: Any) -> Any:
        count["n"] += 1
        if count["n"] != on:
            return real(*args, **kwargs)
        if done:
            real(*args, **kwargs)
        raise Crash

    monkeypatch.setattr(owner, name, crashing)


def heal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    world.consent.gate = world.consent.gate_after = None


def until(world: World, kind: str) -> dict[str, Any]:
    """Run everything up to the first job of this kind, and answer that job."""
    while True:
        message = world.log.outbox[world.sent]
        world.sent += 1
        if message.exchange != "":
            continue
        if message.body["kind"] == kind:
            return message.body
        world.run_job(message.body)


@pytest.mark.parametrize("done", [False, True], ids=["not persisted", "persisted though it failed"])
@pytest.mark.parametrize("step", STEPS[:4])
def test_a_worker_that_dies_while_making_a_take(
    world: World, step: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.submit(command())
    job = until(world, "render")
    break_once(world, step, done=done, monkeypatch=monkeypatch)
    with pytest.raises((Crash, Unavailable)):
        world.run_job(job)
    heal(world, monkeypatch)
    world.run_job(job)
    world.run_job(job)
    world.pump()
    assert world.view(made.id).state == "released"
    assert world.types(made.id).count("take-rendered") == 3
    assert world.types(made.id).count("film-released") == 1


@pytest.mark.parametrize("done", [False, True], ids=["not persisted", "persisted though it failed"])
@pytest.mark.parametrize(
    ("step", "on"),
    [("blobs.put", 1), ("takes.note", 1), ("blobs.put_file", 1), ("blobs.put_file", 2), ("desk.change", 1), ("gate", 1),
     ("blobs.move", 1), ("blobs.move", 2), ("blobs.move", 3), ("desk.change", 2)],
)  # fmt: skip
def test_a_worker_that_dies_while_releasing(
    world: World, step: str, on: int, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = world.submit(command())
    job = until(world, "assemble")
    break_once(world, step, done=done, monkeypatch=monkeypatch, on=on)
    with pytest.raises((Crash, Unavailable)):
        world.run_job(job)
    heal(world, monkeypatch)
    world.run_job(job)
    world.run_job(job)
    seen = world.view(made.id)
    assert seen.state == "released"
    assert seen.output is not None
    key = world.desk.key(made.id)
    assert key is not None
    assert world.blobs.exists("released", seen.output.sha256, key)
    assert not world.blobs.exists("quarantine", seen.output.sha256, key)
    assert world.types(made.id).count("film-released") == 1
    if step in ("gate", "blobs.move") or (step, on) == ("desk.change", 2):
        assert world.room.built == 1  # what was sealed and recorded is not built again
    assert {digest for kind, digest in world.consent.passed if kind == "release"} == {seen.output.sha256}


def test_withdrawn_between_the_gate_and_the_move(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.submit(command())
    job = until(world, "assemble")
    break_once(world, "blobs.move", done=True, monkeypatch=monkeypatch, on=2)
    with pytest.raises(Crash):
        world.run_job(job)
    heal(world, monkeypatch)
    world.consent.refuse = StoppedByConsent("consent.grant_withdrawn", "withdrawn")
    world.run_job(job)
    seen = world.view(made.id)
    assert seen.state == "stopped"
    assert seen.output is None
    assert world.desk.key(made.id) is None
    left = [path for area in ("takes", "quarantine", "released") for path in Path(world.blobs._root, area).rglob("*.*")]
    assert left == []


def test_another_writer_was_faster(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers report at the same time: the one that loses the race reads again and decides again."""
    made = world.submit(command())
    lines = world.jobs("line")
    real = type(world.desk).load
    raced = {"n": 0}

    def racing(desk: Any, tx: Any, production: str) -> Any:
        state = real(desk, tx, production)
        if raced["n"] == 0:
            raced["n"] = 1
            raise Conflict("eventlog.version", "the stream moved on")
        return state

    monkeypatch.setattr(type(world.desk), "load", racing)
    world.follow.line_spoken("evt-1", world.speak(lines[0]))
    assert world.types(made.id).count("line-spoken") == 1
