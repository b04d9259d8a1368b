"""Words lie sealed in the stored events; they open with the production's key and die with it."""

import json

import pytest

from generation_service.contract.methods import CancelProduction
from generation_service.domain.purging import Ended
from generation_service.domain.words import FIELD, with_words, without_words
from generation_service.store.purges import PurgeFile
from generation_service.usecases.purge import Purge
from tests.generation_service.world import PARTNER, SCREENPLAY, World, command

KEY, OTHER = b"k" * 32, b"o" * 32
SAID = ("You are up early", "Somebody had to be", "KITCHEN", "softly", "Rain on the window")


def stored(world: World, production: str) -> str:
    events = world.log.run(lambda tx: tx.read(production))
    return json.dumps([event.data for event in events])


def test_no_word_of_a_film_lies_in_the_clear_in_its_events(world: World) -> None:
    made = world.submit(command(screenplay=SCREENPLAY.replace("Test", "Secret title")))
    world.pump()
    view = world.view(made.id)
    assert (view.title, view.shots[0].heading) == ("Secret title", "INT. KITCHEN - DAWN")
    found = stored(world, made.id)
    assert [word for word in (*SAID, "Secret title") if word in found] == []
    assert found.count(FIELD) >= 3  # the plan and two lines
    assert world.log.run(lambda tx: world.desk.load(tx, made.id)).planned.shots[1].lines[0].text == "You are up early."


def test_cancelling_destroys_them_everywhere(world: World) -> None:
    made = world.submit(command(screenplay=SCREENPLAY.replace("Test", "Secret title")))
    frames = [shot.seconds for shot in made.shots]
    answer = world.ask.cancel(CancelProduction(command_id="c", production=made.id, partner=PARTNER))
    shown = world.desk.log.run(lambda tx: world.books.index._views[made.id])  # type: ignore[attr-defined]
    for view in (answer, world.view(made.id), shown):
        assert (view.title, view.shots[0].heading) == ("(erased)", "")
        assert [shot.seconds for shot in view.shots] == frames
        assert [word for word in SAID if word in view.model_dump_json()] == []


def test_a_purged_film_keeps_its_lengths_and_loses_its_words(world: World) -> None:
    made = world.submit(command())
    world.pump()
    before = world.view(made.id)
    Purge(world.desk, PurgeFile(), lambda _: True)(Ended(cause="consent.subject_erased", ref="sub_1"))
    after = world.view(made.id)
    assert (after.state, after.title) == ("released", "(erased)")
    assert [shot.seconds for shot in after.shots] == [shot.seconds for shot in before.shots]


def test_a_refused_film_keeps_its_words_until_somebody_in_it_is_erased(world: World) -> None:
    world.consent.allow = False
    made = world.submit(command(screenplay=SCREENPLAY.replace("Test", "Secret title")))
    assert (made.state, world.view(made.id).title) == ("refused", "Secret title")
    assert "Secret title" not in stored(world, made.id)
    purge = Purge(world.desk, PurgeFile(), lambda _: False)
    assert purge(Ended(cause="consent.grant_withdrawn", ref="grt_face.image")) == 0
    purge(Ended(cause="consent.subject_erased", ref="sub_1"))
    after = world.view(made.id)
    assert (after.state, after.title, world.desk.key(made.id)) == ("refused", "(erased)", None)


def test_a_thing_that_the_action_points_at_is_words_too() -> None:
    things = [{"name": "tattoo of jane", "kind": "prop"}, {"name": "ANA", "kind": "person"}]
    data = {"shots": [{"entities": things}]}
    hidden = without_words(data, KEY, "prd/x")
    assert [one["name"] for one in hidden["shots"][0]["entities"]] == ["", "ANA"]
    assert with_words(hidden, KEY, "prd/x") == data


def test_words_come_back_exactly_and_only_under_their_key() -> None:
    said = [{"text": "a", "start_s": 0, "end_s": 1.5}]
    data = {
        "shots": [{"heading": "EXT. SEA", "place": {"name": "SEA", "kind": "sea"}, "lines": [{"text": ""}]}],
        "timing": {"seconds": 1.5, "words": said}, "similarity_after": 0.8, "decision": {"text": "stays"},
    }  # fmt: skip
    hidden = without_words(data, KEY, "prd/x")
    assert hidden["shots"][0] == {"heading": "", "place": {"name": "", "kind": "sea"}, "lines": [{"text": ""}]}
    assert (hidden["timing"], hidden["similarity_after"]) == ({"seconds": 1.5, "words": []}, None)
    assert with_words(hidden, KEY, "prd/x") == data
    emptied = {name: value for name, value in hidden.items() if name != FIELD}
    assert with_words(hidden, OTHER, "prd/x") == emptied
    assert with_words(hidden, KEY, "prd/y") == emptied
    assert with_words(hidden, None, "prd/x") == emptied
    assert without_words(data, None, "prd/x") == emptied


@pytest.mark.parametrize("key", [KEY, None])
def test_events_from_before_are_read_as_they_are(key: bytes | None) -> None:
    old = {"title": "In the clear", "shots": []}
    assert with_words(old, key, "prd/x") == old
    assert without_words({"shot": "s", "frames": 3}, key, "prd/x") == {"shot": "s", "frames": 3}
