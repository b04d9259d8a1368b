"""Versions of a film: what is made again, what is used again, what is kept; and the history that says why."""

from typing import Any

import pytest

from consent_service.client.errors import StoppedByConsent
from generation_service.contract.methods import (
    GetOutputKey,
    ListTakes,
    OpenTakes,
    ProductionView,
    ReviseProduction,
    ShotView,
    TakeView,
)
from generation_service.contract.methods import ProductionKey as AskKey
from generation_service.domain.purging import Ended
from generation_service.store.purges import PurgeFile
from generation_service.usecases.purge import Purge
from infra.kernel.errors import Conflict, NotFound
from tests.generation_service.world import CAST, PARTNER, SCREENPLAY, World, command

EDITED = SCREENPLAY.replace("Somebody had to be.", "Somebody has to be up.")
GRANT = "grt_face.image"


def released(world: World, **changes: Any) -> ProductionView:
    made = world.submit(command(**changes))
    world.pump()
    assert world.view(made.id).state == "released"
    return world.view(made.id)


def revised(world: World, base: ProductionView, **changes: Any) -> ProductionView:
    basis = {"command_id": f"cmd-{world.sent}", "partner": PARTNER, "production": base.id}
    made = world.revise(ReviseProduction.model_validate({**basis, **changes}))
    world.pump()
    return world.view(made.id)


def history(world: World, of: ProductionView, key: str | None = None) -> list[TakeView]:
    return list(world.revise.takes(ListTakes(production=of.id, partner=PARTNER, key=key)).takes)


def speaking(view: ProductionView, who: str) -> ShotView:
    return next(shot for shot in view.shots if who in shot.characters)


def test_only_the_shot_that_hears_an_edited_line_is_made_again(world: World) -> None:
    first = released(world)
    painted, spoken, leases = len(world.painter.painted), len(world.spoken), len(world.consent.opened)
    world.room.encoded.clear()
    second = revised(world, first, screenplay=EDITED)
    assert second.state == "released"
    assert (second.revises, second.film) == (first.id, first.id)
    assert world.spoken[spoken:] == ["Somebody has to be up."]
    assert len(world.painter.painted) == painted + 1
    assert [shot.reused for shot in second.shots] == [True, True, False]
    assert len(world.room.encoded) == 1
    [change] = speaking(second, "TOMAS").changes
    assert (change.what, change.before, change.after) == (
        "line", "TOMAS: Somebody had to be.", "TOMAS: Somebody has to be up."
    )  # fmt: skip
    assert [shot.changes for shot in second.shots[:2]] == [(), ()]
    assert len(world.consent.opened) - leases == 3 + 1  # a lease for every shot and the release, reused or not


def test_what_is_used_again_asks_for_consent_again(world: World) -> None:
    first = released(world)
    world.consent.refuse = StoppedByConsent("consent.grant_withdrawn", "withdrawn")
    second = revised(world, first, screenplay=EDITED)
    assert (second.state, second.stop and second.stop.code) == ("stopped", "consent.grant_withdrawn")
    assert second.output is None


def test_a_guard_that_says_no_at_the_gate_lets_no_take_be_used_again(world: World) -> None:
    first = released(world)
    world.consent.gate = StoppedByConsent("consent.flag_paused", "paused")
    second = revised(world, first)
    assert second.state == "stopped"
    assert all(shot.take is None for shot in second.shots)


def test_a_revision_of_a_refused_decision_says_no(world: World) -> None:
    first = released(world)
    world.consent.allow = False
    second = revised(world, first, screenplay=EDITED)
    assert second.state == "refused"
    assert second.decision.reasons[0].code == "consent.no_grant"


def test_another_cast_makes_the_shots_that_show_it(world: World) -> None:
    first = released(world)
    second = revised(world, first, cast={**CAST, "TOMAS": {"stock": "otto"}})
    assert [shot.reused for shot in second.shots] == [True, True, False]
    assert {change.what for change in second.shots[2].changes} >= {"references"}


def test_who_is_cast_anew_leaves_the_others_as_they_were(world: World) -> None:
    first = released(world)
    second = revised(world, first, cast={"Tomas": {"stock": "otto"}})
    assert (second.state, [shot.reused for shot in second.shots]) == ("released", [True, True, False])


def test_casting_edited_in_the_script_counts(world: World) -> None:
    page = "Cast:\n    TOMAS = stock/{}\n\n"
    ana = {"ANA": CAST["ANA"]}
    first = released(world, screenplay=page.format("jonas") + SCREENPLAY, cast=ana)
    second = revised(world, first, screenplay=page.format("otto") + SCREENPLAY)
    assert [shot.reused for shot in second.shots] == [True, True, False]
    third = revised(world, second, cast={"TOMAS": {"stock": "jonas"}})
    assert [shot.reused for shot in third.shots] == [True, True, True]  # as in the first version
    fourth = revised(world, third, cast={"TOMAS": None})
    assert [shot.reused for shot in fourth.shots] == [True, True, True]  # as in the second


def test_another_take_of_one_shot(world: World) -> None:
    first = released(world)
    key = first.shots[1].key
    second = revised(world, first, redo=[key])
    assert [shot.reused for shot in second.shots] == [True, False, True]
    assert second.shots[1].alternate == 2
    assert second.shots[1].seed != first.shots[1].seed
    third = revised(world, second, redo=[key])
    assert third.shots[1].alternate == 3
    takes = history(world, third, key)
    assert [(take.number, take.alternate, take.production) for take in takes] == [
        (1, 1, first.id), (2, 2, second.id), (3, 3, third.id),
    ]  # fmt: skip
    assert [change.what for change in takes[1].changes] == ["alternate"]
    assert takes[0].says == "ANA: You are up early."
    assert takes[0].grants == ("grt_face.image", "grt_voice.clone")
    assert len({take.sha256 for take in takes}) == 3


def test_going_back_to_a_take_paints_nothing(world: World) -> None:
    first = released(world)
    key = first.shots[1].key
    second = revised(world, first, redo=[key])
    painted = len(world.painter.painted)
    third = revised(world, second, choose={key: 1})
    assert len(world.painter.painted) == painted
    assert third.shots[1].take == first.shots[1].take
    assert (third.shots[1].alternate, third.shots[1].kept) == (1, None)
    assert history(world, third, key)[0].used_by == (first.id, third.id)


def test_going_back_to_a_take_of_other_words_keeps_those_words(world: World) -> None:
    first = released(world)
    key = first.shots[2].key
    second = revised(world, first, screenplay=EDITED)
    assert second.shots[2].key == key
    spoken = len(world.spoken)
    third = revised(world, second, choose={key: 1})
    assert third.shots[2].take == first.shots[2].take
    assert third.shots[2].kept == first.id
    assert len(world.spoken) == spoken
    job = next(job for job in world.jobs("assemble") if job.production == third.id)
    assert [line.text for line in job.spoken] == ["You are up early.", "Somebody had to be."]


def test_a_locked_shot_keeps_its_take_whatever_changes_around_it(world: World) -> None:
    first = released(world)
    key = first.shots[2].key
    second = revised(world, first, lock=[key], screenplay=EDITED, cast={**CAST, "TOMAS": {"stock": "otto"}})
    shot = second.shots[2]
    assert (shot.take, shot.kept, shot.lock, shot.changes) == (first.shots[2].take, first.id, True, ())
    assert ("line", "TOMAS: Somebody has to be up.") in [(one.what, one.after) for one in shot.held]
    third = revised(world, second, screenplay=EDITED.replace("Rain on", "Snow on"))
    assert third.shots[2].take == first.shots[2].take
    assert third.shots[2].kept == second.id
    free = revised(world, third, unlock=[key])
    assert (free.shots[2].kept, free.shots[2].lock, free.shots[2].held) == (None, False, ())
    assert free.shots[2].take != first.shots[2].take


def test_a_lock_in_the_script_keeps_what_the_version_before_shows(world: World) -> None:
    locked = SCREENPLAY.replace("TOMAS\n", "TOMAS\n[[shot: lock]]\n", 1)
    first = released(world, screenplay=locked)
    place = next(n for n, shot in enumerate(first.shots) if shot.lock)
    second = revised(world, first, screenplay=locked.replace("had to be", "has to be"))
    assert second.shots[place].take == first.shots[place].take
    assert second.shots[place].kept == first.id
    assert [one.what for one in second.shots[place].held] == ["line"]
    assert not any(shot.held for shot in first.shots)


def purge(world: World) -> None:
    ended = Ended(cause="consent.grant_withdrawn", ref=GRANT, ledger_index=60)
    Purge(world.desk, PurgeFile(), lambda _: True)(ended)


def test_a_withdrawn_grant_purges_its_takes_and_the_history_says_so(world: World) -> None:
    first = released(world)
    purge(world)
    takes = {take.key: take for take in history(world, first)}
    ana, tomas = takes[first.shots[1].key], takes[first.shots[2].key]
    assert (ana.purged, ana.purged_at is not None) == ("consent.grant_withdrawn", True)
    assert tomas.purged is None
    with pytest.raises(Conflict, match="take_purged"):
        world.revise.open(OpenTakes(production=first.id, partner=PARTNER, key=ana.key, numbers=(1,)))
    with pytest.raises(Conflict, match="take_purged"):
        revised(world, first, choose={ana.key: 1})


def test_a_shot_locked_to_a_purged_take_is_refused_with_the_reason(world: World) -> None:
    first = released(world)
    purge(world)
    with pytest.raises(Conflict, match="take_purged") as caught:
        revised(world, first, lock=[first.shots[1].key])
    assert "was withdrawn" in caught.value.detail
    assert caught.value.fix is not None


def test_nothing_purged_is_found_again(world: World) -> None:
    first = released(world)
    purge(world)
    painted = list(world.painter.painted)
    spoken = list(world.spoken)
    revised(world, first)
    assert len(world.painter.painted) == len(painted) + 1  # the shot that shows her; as if it had never been
    assert world.spoken == spoken  # her voice stands on a grant of its own
    assert len(world.room.encoded) == len(first.shots) + 1


def test_takes_are_opened_only_where_a_released_film_holds_them(world: World) -> None:
    first = world.submit(command())
    for line in world.jobs("line"):
        world.follow.line_spoken(f"evt-{line.job}", world.speak(line))
    for job in world.jobs("render"):
        world.take(job)
    key = world.view(first.id).shots[1].key
    asked = OpenTakes(production=first.id, partner=PARTNER, key=key, numbers=(1,))
    with pytest.raises(Conflict, match="take_unreleased"):
        world.revise.open(asked)
    world.pump()
    [opened] = world.revise.open(asked).takes
    output = world.view(first.id).output
    assert output is not None
    assert (opened.output_sha256, opened.fps) == (output.sha256, 24)
    with pytest.raises(NotFound, match="no_take"):
        world.revise.open(asked.model_copy(update={"numbers": (9,)}))


def test_another_partner_sees_and_revises_nothing(world: World) -> None:
    first = released(world)
    with pytest.raises(NotFound):
        world.revise.takes(ListTakes(production=first.id, partner="ptn_2"))
    with pytest.raises(NotFound):
        world.revise(ReviseProduction(command_id="c", partner="ptn_2", production=first.id))
    with pytest.raises(NotFound):
        world.submit(command(command_id="c", partner="ptn_2", revises=first.id))
    other = world.submit(command(command_id="c2", partner="ptn_2"))
    with pytest.raises(NotFound, match="source_gone"):
        world.ask.production_key(AskKey(production=other.id, job="j", source=first.id))


def test_a_shot_or_a_source_that_is_not_there(world: World) -> None:
    first = released(world)
    with pytest.raises(NotFound, match="no_shot"):
        revised(world, first, redo=["nowhere"])
    with pytest.raises(NotFound, match="no_take"):
        revised(world, first, choose={first.shots[0].key: 7})
    stopped = world.submit(command(command_id="other", title="Other"))
    world.consent.gate = StoppedByConsent("consent.flag_paused", "paused")
    world.pump()
    with pytest.raises(Conflict, match="source_gone"):
        revised(world, stopped)


def test_a_new_painter_makes_everything_new_and_says_it_was_not_the_author(world: World) -> None:
    first = released(world)
    object.__setattr__(world.submit, "painter", "previs+2")
    second = revised(world, first)
    assert not any(shot.reused for shot in second.shots)
    assert all(change.upstream and change.what == "painter" for shot in second.shots for change in shot.changes)


def test_a_worker_of_another_version_neither_uses_nor_leaves_takes(world: World) -> None:
    first = released(world)
    object.__setattr__(world.take, "version", "previs+9")
    object.__setattr__(world.submit, "painter", "previs+8")
    second = revised(world, first)
    assert second.state == "released"
    third = revised(world, second)
    assert not any(shot.reused for shot in third.shots)


def test_what_a_version_no_longer_has_is_named(world: World) -> None:
    first = released(world)
    without = SCREENPLAY[: SCREENPLAY.index("TOMAS")]
    second = revised(world, first, screenplay=without, cast={"ANA": CAST["ANA"]})
    assert second.removed == (first.shots[2].key,)


def test_the_words_of_a_take_go_with_the_key_of_its_film(world: World) -> None:
    first = released(world)
    world.log.run(lambda tx: world.books.keys.destroy(tx, first.id))
    assert all(take.says == "" for take in history(world, first))


def test_time_left_is_told_by_phase(world: World) -> None:
    made = world.submit(command())
    begun = world.view(made.id)
    assert (begun.eta_s, begun.phases["speech"]) == (None, 0.0)
    world.clock.advance(4)
    for line in world.jobs("line"):
        world.follow.line_spoken(f"evt-{line.job}", world.speak(line))
    world.take(world.jobs("render")[0])
    world.clock.advance(6)
    half = world.view(made.id)
    assert half.phases["speech"] == 1.0
    assert 0 < half.phases["pictures"] < 1
    assert half.eta_s is not None
    assert half.eta_s > 1.2 * sum(shot.seconds for shot in half.shots)  # sound and assembly are still to come
    world.pump()
    assert world.view(made.id).eta_s is None
    assert world.view(made.id).phases == {"speech": 1.0, "pictures": 1.0, "sound": 1.0, "assembly": 1.0}
    again = world.view(world.submit(command(command_id="next")).id)
    assert again.eta_s is not None  # by what the first film took


def test_the_files_beside_the_film_are_released_with_it(world: World) -> None:
    first = released(world)
    output = first.output
    assert output is not None
    [file] = output.files
    key = world.desk.key(first.id)
    assert key is not None
    assert world.blobs.get("released", file.sha256, key) == f"WEBVTT {output.id}".encode()
    assert world.ask.output_key(GetOutputKey(output=output.id, partner=PARTNER)).output.files == output.files
