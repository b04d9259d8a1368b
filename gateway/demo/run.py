"""The whole story, in order."""

from contextlib import closing
from pathlib import Path

from gateway.client import ApiError, Unreachable
from gateway.demo.films import ask_for_a_guessed_voice, make_film
from gateway.demo.house import FOLDER, House, open_house
from gateway.demo.people import ensure_open, meet
from gateway.demo.proof import prove
from gateway.demo.stage import DemoFailed, Stage
from gateway.demo.stops import VIDEO, stop_twice
from infra.kernel.errors import AssentError

OUT = Path("out") / "demo"


def tell(stage: Stage, house: House, out: Path) -> None:
    """Steps 1 to 6 on a running house. Raises :class:`DemoFailed`, or what a step raised."""
    out.mkdir(parents=True, exist_ok=True)
    with closing(meet(stage, house, keys=out / "keys")) as people:
        ensure_open(stage, people, VIDEO)
        film = make_film(stage, people, out)
        ask_for_a_guessed_voice(stage, people)
        stop_twice(stage, people)
        prove(stage, people, film, out, witnesses=house.witnesses)


def run(stage: Stage, out: Path = OUT, folder: Path = FOLDER) -> bool:
    """Open the house, tell the story, say how it went; True when all of it held."""
    failure: str | None = None
    try:
        with open_house(stage, folder) as house:
            tell(stage, house, out)
    except (DemoFailed, ApiError, Unreachable, AssentError, OSError) as error:
        failure = f"{type(error).__name__}: {error}"
    stage.finish(failure)
    return failure is None
