"""A production from its submission to its release, stopped anywhere, repeated everywhere."""

from pathlib import Path

import pytest

from audio_service.contract.jobs import AudioJobStopped
from consent_service.client.errors import StoppedByConsent, StoppedByPause, StoppedUnsure, stopped
from generation_service.contract.methods import CancelProduction, GetOutputKey, GetProduction, ListProductions
from generation_service.contract.methods import ProductionKey as AskKey
from infra.kernel.crypto import unb64u
from infra.kernel.errors import Conflict, Denied, Internal, NotFound, Unavailable
from tests.generation_service.world import CAST, FACE, PARTNER, SCREENPLAY, World, command


def pause(stop_ms: float | None = 12.5) -> StoppedByPause:
    info = {"ledger_index": 41} if stop_ms is None else {"ledger_index": 41, "stop_ms": stop_ms}
    return StoppedByPause("consent.flag_paused", "allow.video_generation is paused", **info)


def files(world: World, area: str) -> int:
    return sum(1 for path in Path(world.blobs._root, area).rglob("*") if path.is_file())


def test_the_whole_way(world: World) -> None:
    first = world.submit(command())
    assert first.state == "queued"
    assert [shot.size for shot in first.shots] == ["WS", "CU", "MCU"]
    world.pump()

    done = world.view(first.id)
    assert done.state == "released"
    assert done.fraction == 1.0
    assert done.output is not None
    assert world.consent.passed[-1] == ("release", done.output.sha256)
    assert done.output.ledger_index == 100 + len(world.consent.passed)
    assert world.faces.opened == [FACE]

    key = world.ask.output_key(GetOutputKey(output=done.output.id, partner=PARTNER))
    film = world.blobs.get("released", done.output.sha256, unb64u(key.data_key))
    assert film.startswith(b"film:take")
    assert done.output.contact_sheet is not None
    assert world.blobs.get("released", done.output.contact_sheet, unb64u(key.data_key)) == b"sheet"
    assert files(world, "quarantine") == 0


def test_the_order_of_events(world: World) -> None:
    made = world.submit(command())
    world.pump()
    types = world.types(made.id)
    assert types[:2] == ["production-submitted", "shot-timed"]  # the opening shot has no words to wait for
    assert types.index("mix-asked") > max(n for n, kind in enumerate(types) if kind == "shot-timed")
    assert types[-3:] == ["assembly-asked", "film-sealed", "film-released"]
    assert types.count("take-rendered") == 3


def test_everything_repeated_changes_nothing(world: World) -> None:
    made = world.submit(command())
    world.pump()
    before, jobs = world.types(made.id), len(world.log.outbox)
    for message in [m for m in world.log.outbox if m.exchange == ""]:
        world.run_job(message.body)
    for line in world.jobs("line"):
        world.follow.line_spoken("another-event", world.speak(line, seconds=9.0))
    assert world.submit(command()).id == made.id
    assert world.types(made.id) == before
    assert len(world.log.outbox) == jobs
    assert world.view(made.id).state == "released"


def test_a_line_that_is_spoken_twice_while_the_film_is_made_counts_once(world: World) -> None:
    made = world.submit(command())
    line = world.jobs("line")[0]
    world.follow.line_spoken("evt-1", world.speak(line))
    before = world.types(made.id)
    world.follow.line_spoken("evt-2", world.speak(line, seconds=9.0))
    assert world.types(made.id) == before


def test_reports_in_any_order(world: World) -> None:
    made = world.submit(command())
    for line in reversed(world.jobs("line")):
        world.follow.line_spoken(f"evt-{line.job}", world.speak(line))
    world.follow.track_mixed("evt-mix", world.mix(world.jobs("mix")[0]))
    for job in reversed(world.jobs("render")):
        world.take(job)
    world.film(world.jobs("assemble")[0])
    assert world.view(made.id).state == "released"


def test_a_refused_production_is_kept_with_its_reasons(world: World) -> None:
    world.consent.allow = False
    made = world.submit(command())
    assert made.state == "refused"
    assert made.decision.reasons[0].code == "consent.no_grant"
    assert [m for m in world.log.outbox if m.exchange == ""] == []
    assert files(world, "takes") == 0
    with pytest.raises(Conflict, match="production_over"):
        world.ask.production_key(AskKey(production=made.id, job="j"))


def test_an_unreachable_ledger_leaves_nothing_behind(world: World) -> None:
    def away(_: object) -> None:
        raise Unavailable("rpc.timeout", "no answer")

    world.submit = type(world.submit)(world.desk, world.submit.roster, away, world.submit.place_of)
    with pytest.raises(Unavailable):
        world.submit(command())
    assert world.log.outbox == []
    assert world.ask.list(ListProductions(partner=PARTNER)).productions == ()


def test_the_same_command_with_another_film_is_a_conflict(world: World) -> None:
    world.submit(command())
    with pytest.raises(Conflict, match="command_reused"):
        world.submit(command(title="Another"))
    assert len(world.consent.decided) == 1


@pytest.mark.parametrize("stop", [pause(), StoppedByConsent("consent.grant_withdrawn", "x", stop_ms=3.0)])
def test_a_stop_in_mid_shot_destroys_everything(world: World, stop: Denied) -> None:
    made = world.submit(command())
    for line in world.jobs("line"):
        world.follow.line_spoken(f"evt-{line.job}", world.speak(line))
    world.take(world.jobs("render")[0])
    assert files(world, "takes") == 3
    world.consent.stop, world.consent.stop_at = stop, 2
    world.take(world.jobs("render")[1])

    seen = world.view(made.id)
    assert seen.state == "stopped"
    assert seen.stop is not None
    assert (seen.stop.code, seen.stop.stop_ms) == (stop.code, stop.info["stop_ms"])
    assert world.desk.key(made.id) is None
    assert files(world, "takes") == 0
    opened = len(world.consent.opened)
    world.pump()  # all other jobs of it are refused without asking
    assert len(world.consent.opened) == opened
    assert world.room.built == 0
    with pytest.raises(Conflict, match="production_over"):
        world.ask.production_key(AskKey(production=made.id, job="j"))


def test_a_refusal_first_and_the_measured_stop_later(world: World) -> None:
    made = world.submit(command())
    event = AudioJobStopped(job="j", production=made.id, code="consent.flag_paused", detail="paused")
    world.follow.job_stopped("evt-1", event)
    world.follow.job_stopped("evt-1", event)
    world.follow.job_stopped("evt-2", event.model_copy(update={"stop_ms": 21.0, "ledger_index": 40}))
    world.follow.job_stopped("evt-3", event.model_copy(update={"stop_ms": 99.0}))
    stop = world.view(made.id).stop
    assert stop is not None
    assert (stop.stop_ms, stop.ledger_index) == (21.0, 40)
    assert world.types(made.id)[-2:] == ["production-stopped", "stop-measured"]


def test_the_gate_refuses_a_take_and_its_bytes_go(world: World) -> None:
    made = world.submit(command())
    world.consent.gate = pause()
    world.take(world.jobs("render")[0])
    assert world.painter.painted == [world.jobs("render")[0].shot.id]
    assert world.view(made.id).state == "stopped"
    assert files(world, "takes") == 0


def test_the_gate_refuses(world: World) -> None:
    made = world.submit(command())
    while not world.jobs("assemble"):
        message = world.log.outbox[world.sent]
        world.sent += 1
        if message.exchange == "":
            world.run_job(message.body)
    world.consent.gate = StoppedByConsent("consent.grant_withdrawn", "withdrawn", ledger_index=50)
    world.pump()
    seen = world.view(made.id)
    assert seen.state == "stopped"
    assert seen.output is None
    assert (files(world, "quarantine"), files(world, "released"), files(world, "takes")) == (0, 0, 0)


def test_a_failed_check_blocks_the_release(world: World) -> None:
    made = world.submit(command())
    world.room.fail = Internal("generation.checks_failed", "no label", errors=["no label"])
    with pytest.raises(Internal):
        world.pump()
    assert world.view(made.id).state == "assembling"
    assert (files(world, "quarantine"), files(world, "released")) == (0, 0)
    assert [kind for kind, _ in world.consent.passed] == ["synthesis"] * 3


def test_a_silent_guard_ends_the_run_and_the_job_asks_again(world: World) -> None:
    made = world.submit(command())
    world.consent.stop, world.consent.stop_at = StoppedUnsure("consent.guard_unsure", "silence"), 2
    with pytest.raises(Unavailable):
        world.take(world.jobs("render")[0])
    assert files(world, "takes") == 0
    world.consent.stop = None
    world.pump()
    assert world.view(made.id).state == "released"


def test_a_silent_gate_is_asked_again_with_the_same_take(world: World) -> None:
    made = world.submit(command())
    first = world.jobs("render")[0]
    world.consent.gate = StoppedUnsure("rpc.timeout", "no answer")
    with pytest.raises(Unavailable):
        world.take(first)
    assert world.view(made.id).state == "queued"
    world.consent.gate = None
    world.take(first)
    assert world.painter.painted == [first.shot.id]  # the take of the first try was found again


def test_a_lease_that_ran_out_on_a_busy_machine_is_asked_for_again(world: World) -> None:
    made = world.submit(command())
    late = Denied("consent.lease_expired", "the lease was not renewed in time")
    world.consent.stop = stopped(late)
    with pytest.raises(Unavailable):
        world.take(world.jobs("render")[0])
    assert world.view(made.id).state == "queued"
    world.consent.stop = None
    world.pump()
    assert world.view(made.id).state == "released"


def test_cancelled_while_a_shot_is_running(world: World) -> None:
    made = world.submit(command())
    cancel = CancelProduction(command_id="c2", production=made.id, partner=PARTNER)

    def once() -> None:
        world.painter.between = lambda: world.clock.advance(1)
        world.ask.cancel(cancel)

    world.painter.between = once
    world.take(world.jobs("render")[0])
    assert world.view(made.id).state == "cancelled"
    assert world.painter.painted == []
    assert world.ask.cancel(cancel).state == "cancelled"
    assert files(world, "takes") == 0


def test_cancelling_what_is_released_is_a_conflict(world: World) -> None:
    made = world.submit(command())
    world.pump()
    with pytest.raises(Conflict, match="production_over"):
        world.ask.cancel(CancelProduction(command_id="c", production=made.id, partner=PARTNER))
    with pytest.raises(NotFound):
        world.ask.get(GetProduction(production=made.id, partner="ptn_2"))
    with pytest.raises(NotFound):
        world.ask.output_key(GetOutputKey(output="out_x", partner=PARTNER))


def test_takes_are_used_again_after_a_fresh_check(world: World) -> None:
    world.submit(command())
    world.pump()
    painted, opened = len(world.painter.painted), len(world.consent.opened)
    second = world.submit(command(command_id="cmd-2"))
    world.pump()
    seen = world.view(second.id)
    assert seen.state == "released"
    assert all(shot.reused for shot in seen.shots)
    assert len(world.painter.painted) == painted
    assert len(world.consent.opened) == 2 * opened


def test_takes_of_another_partner_or_a_destroyed_production_are_not_used(world: World) -> None:
    first = world.submit(command())
    world.pump()
    world.submit(command(partner="ptn_2"))
    world.pump()
    assert len(world.painter.painted) == 6
    world.log.run(lambda tx: world.books.keys.destroy(tx, first.id))
    world.submit(command(command_id="cmd-3"))
    world.pump()
    assert len(world.painter.painted) == 9


def test_progress_of_a_running_shot_is_seen(world: World) -> None:
    made = world.submit(command())
    seen: list[tuple[str, float]] = []

    def look() -> None:
        shot = world.view(made.id).shots[0]
        seen.append((shot.state, shot.fraction))
        world.clock.advance(1)

    world.painter.between = look
    world.take(world.jobs("render")[0])
    assert seen[0] == ("rendering", 0.0) or seen[0] == ("spoken", 0.0)
    assert seen[-1][0] == "rendering"
    assert 0.3 < seen[-1][1] < 1
    assert world.view(made.id).shots[0].state == "rendered"


def test_a_film_of_stock_characters_needs_no_uses(world: World) -> None:
    world.submit(command(cast={**CAST, "ANA": {"stock": "mara"}}))
    assert world.consent.decided[0].uses == ()
    assert world.consent.decided[0].features == ("allow.video_generation", "allow.audio_generation")
    assert all(job.uses == () for job in world.jobs("line"))


def test_a_voice_from_a_face_is_a_use_of_its_own(world: World) -> None:
    world.submit(command(cast={**CAST, "ANA": {"subject": "sub_1", "face": FACE, "voice_from_face": True}}))
    request = world.consent.decided[0]
    assert {use.modality for use in request.uses} == {"face.image", "voice.inferred_from_face"}
    assert "allow.voice_inferred_from_face" in request.features


def test_lists_are_newest_first_and_paged(world: World) -> None:
    ids = []
    for number in range(3):
        ids.append(world.submit(command(command_id=f"c{number}")).id)
        world.clock.advance(1)
    page = world.ask.list(ListProductions(partner=PARTNER, limit=2))
    assert [view.id for view in page.productions] == ids[:0:-1]
    assert page.has_more
    rest = world.ask.list(ListProductions(partner=PARTNER, limit=2, after=ids[1]))
    assert [view.id for view in rest.productions] == ids[:1]
    assert not rest.has_more
    assert SCREENPLAY  # the text itself is never answered
