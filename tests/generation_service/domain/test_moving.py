"""A shot that is moved: its take is used again when and only when it would look and sound the same there."""

from generation_service.contract.methods import CastMember
from generation_service.contract.shots import Shot
from generation_service.domain.digests import line_digest, take_digest
from generation_service.domain.orders import line_job
from generation_service.domain.plan import plan
from generation_service.domain.production import Production
from generation_service.domain.script import read_script
from tests.generation_service.usecases.test_versions import released
from tests.generation_service.world import ROSTER, World, command, place_of

CAST = {"ANA": CastMember(stock="mara"), "TOM": CastMember(stock="jonas")}
HELLO, KNOW, LEFT = "ANA\nHello.\n", "TOM\nI know.\n", "ANA\nI never left.\n"
KITCHEN, GARDEN = "INT. KITCHEN - DAY\n", "EXT. GARDEN - DAY\n"


def shot_of(words: str, *parts: str) -> Shot:
    order, play = read_script(command(screenplay="\n".join(parts), cast=CAST))
    found = plan(order, "prd_1", play, ROSTER, place_of).shots
    return next(shot for shot in found if any(line.text == words for line in shot.lines))


def address(words: str, *parts: str) -> str:
    return take_digest(shot_of(words, *parts), ["sound"], "previs+1")


def test_within_its_scene_or_with_it_a_shot_stays_the_same() -> None:
    first = address("I know.", KITCHEN, HELLO, KNOW, GARDEN, LEFT)
    assert address("I know.", KITCHEN, KNOW, HELLO, GARDEN, LEFT) == first
    assert address("I know.", GARDEN, LEFT, KITCHEN, HELLO, KNOW) == first


def test_in_another_place_it_is_another_picture() -> None:
    first = address("I know.", KITCHEN, HELLO, KNOW, GARDEN, LEFT)
    assert address("I know.", KITCHEN, HELLO, GARDEN, LEFT, KNOW) != first


def test_in_another_scene_of_the_same_place_and_people_it_is_the_same() -> None:
    scenes = (KITCHEN, HELLO, KNOW, GARDEN, LEFT, KITCHEN, "ANA\nGood night.\n", "TOM\nSleep well.\n")
    moved = (KITCHEN, HELLO, "TOM\nYes.\n", GARDEN, LEFT, KITCHEN, "ANA\nGood night.\n", KNOW)
    assert address("I know.", *scenes) == address("I know.", *moved)


def test_without_its_listener_it_is_another_picture() -> None:
    assert address("I know.", KITCHEN, HELLO, KNOW) != address("I know.", GARDEN, LEFT, KITCHEN, KNOW)


def test_what_is_said_sounds_the_same_everywhere(world: World) -> None:
    state: Production = world.desk.state(released(world).id)
    shot = next(shot for shot in state.planned.shots if shot.lines)
    elsewhere = shot.model_copy(update={"scene": 9, "number": 40, "heading": GARDEN, "key": "x"})
    line = shot.lines[0].model_copy(update={"index": 7})
    said = [line_digest(line_job(state.planned, *one)) for one in ((shot, shot.lines[0]), (elsewhere, line))]
    assert said[0] == said[1]
