"""What an edit of one line costs, against the whole film: every line of a film is edited in its turn, and one line of a
film of about twice the length, because the sound of a film is mixed, heard and signed as a whole.
"""

import statistics
from pathlib import Path

from bench._film_house import PARTNER, FilmHouse, film_house
from bench.report import Report
from generation_service.contract.methods import CastMember, ProductionView, ReviseProduction, SubmitProduction

PHOTO = (Path(__file__).resolve().parent.parent / "examples" / "cast" / "ana.png").read_bytes()
FACE = "a" * 64
GOAL = 15.0
"""Of the full render, per cent."""

SCREENPLAY = """Title: Ten Minutes to the Ferry

INT. KITCHEN - DAWN

[[bed="rain"]]
Rain on the window. ANA stands with a letter in her hand.

ANA
(softly)
You are up early. I thought you would sleep until the ferry comes.

TOMAS (O.S.)
Somebody had to make the coffee, and you were reading.

ANA
It is from the lighthouse. They want me to come back before the winter.

TOMAS (O.S.)
(surprised)
And will you? You said you would never climb those stairs again.

EXT. HARBOUR - DAY

[[bed="sea"]]
Boats lie at the pier. Gulls turn over the water.

TOMAS (O.S.)
I packed your coat. The blue one, with the deep pockets.

ANA
Then you knew my answer before I did.

TOMAS (O.S.)
I have known you for eleven years.

EXT. ROOFTOP - DUSK

The lights of the town come on, one after the other.

ANA
Write to me when the snow comes.

TOMAS (O.S.)
(warm)
Every week, whether you answer or not.
"""
LONGER = """
INT. LIGHTHOUSE - NIGHT

[[bed="storm"]]
The lamp turns. ANA reads by it.

ANA
Every ship that passes asks me the same question, and I have no answer.

ANA
(softly)
So I let the light speak.

EXT. BEACH - DAWN

[[bed="sea"]]
The tide is out. ANA walks with a lantern.

TOMAS (O.S.)
You said you would write when the snow comes, and it never came.

ANA
Then I had to come myself, and tell you about the rain.

INT. CAFE - DAY

[[bed="cafe"]]
Two cups stand on the table.

ANA
They still make it too strong here. I missed that most of all.

TOMAS (O.S.)
(warm)
I asked them to, on the day you left. They never stopped.

ANA
Eleven years of strong coffee. You could have said something.
"""
EDITS = (
    ("until the ferry comes.", "until the boat is here."),
    ("and you were reading.", "and you were busy."),
    ("It is from the lighthouse.", "It came with the boat this morning."),
    ("You said you would never climb those stairs again.", "You said those stairs were not for you any more."),
    ("with the deep pockets.", "with the brass buttons."),
    ("before I did.", "before I had one."),
    ("for eleven years.", "for a long time."),
    ("when the snow comes.", "when the nights are long."),
    ("whether you answer or not.", "and twice before Christmas."),
)
"""One for each line; what is replaced stands nowhere else."""


def measure_edits(report: Report) -> None:
    """The whole way, from the screenplay to the signed and checked film with all its files; then line after line."""
    _film(report, "", SCREENPLAY, EDITS)
    _film(report, "longer film, ", SCREENPLAY + LONGER, EDITS[2:3])


def _film(report: Report, kind: str, screenplay: str, edits: tuple[tuple[str, str], ...]) -> None:
    cast = {"ANA": CastMember(subject="sub_0", face=FACE), "TOMAS": CastMember(stock="jonas")}
    command = SubmitProduction(
        command_id="bench", partner=PARTNER, screenplay=screenplay, cast=cast, purpose="entertainment"
    )
    with film_house({FACE: PHOTO}) as house:
        first = _released(house.make(command))
        full = house.seconds["all"]
        _told(report, f"{kind}full film", house, first)
        took: list[float] = []
        made: list[int] = []
        for number, (old, new) in enumerate(edits):
            edit = ReviseProduction(
                command_id=f"bench-{number}", partner=PARTNER, production=first.id,
                screenplay=screenplay.replace(old, new),
            )  # fmt: skip
            second = _released(house.edit(edit))
            took.append(house.seconds["all"])
            made.append(sum(not one.reused for one in second.shots))
            if old == EDITS[2][0]:
                _told(report, f"{kind}edit of one long line", house, second)
    report.add(f"{kind}edit of one line, takes made again, most of {len(edits)}", max(made), "takes", at_most=1)
    share = [100 * seconds / full for seconds in took]
    if len(edits) > 1:
        report.add(f"edit of one line, median of all {len(edits)}", statistics.median(took), "s")
        report.add("edit of one line, of the full render, median", statistics.median(share), "%", at_most=GOAL)
        report.add("edit of one line, of the full render, dearest line", max(share), "%", at_most=GOAL)
    else:
        report.add(f"{kind}edit of one long line, of the full render", share[0], "%")


def _released(view: ProductionView) -> ProductionView:
    if view.state != "released":
        raise RuntimeError(f"the film was not released: {view.state} {view.stop}")
    return view


def _told(report: Report, name: str, house: FilmHouse, view: ProductionView) -> None:
    """All figures of one film."""
    report.add(f"{name} of {sum(one.seconds for one in view.shots):.0f} s", house.seconds["all"], "s")
    for phase, worker in (("line", "audio"), ("mix", "audio"), ("render", "render"), ("assemble", "render")):
        report.add(f"{name}: {phase}, {worker} worker", house.seconds[phase], "s")
