"""What the words of an action have somebody do and hold, and which things they name."""

import pytest

from generation_service.domain.deeds import doing
from generation_service.domain.things import ASKED, PLAIN, is_known, pointed_at, things_in
from generation_service.previs.catalogue import UNKNOWN, kind_of


@pytest.mark.parametrize(
    ("text", "name", "kind", "told"),
    [
        ("MAYA stirs a bowl. TOM sits at the table and reads the newspaper.", "MAYA", "woman", "stirs a bowl"),
        ("MAYA stirs a bowl. TOM sits at the table and reads the newspaper.", "TOM", "man", "sits with a newspaper"),
        ("They both laugh. Tom hugs Maya.", "MAYA", "woman", "hugs"),
        ("Rosa stands up and dances. Otto claps.", "ROSA", "woman", "dances"),
        ("Rosa stands up and dances. Otto claps.", "OTTO", "man", "claps"),
        ("ROSE walks in from the right with a lantern.", "ROSE", "woman", "walks left with a lantern"),
        ("A long corridor. DR. VEGA walks toward us.", "DR. VEGA", "man", "walks"),
        ("Glass, blue light. DR. OKORO holds a bottle up.", "DR. OKORO", "woman", "lifts a bottle"),
        ("He puts on glasses. He smiles.", "KENJI", "man", "puts on glasses"),
        ("He puts on glasses. He smiles.", "MARA", "woman", "idle"),
        ("KENJI walks right and looks at his phone.", "KENJI", "man", "walks right with a phone"),
        ("MARA talks on the phone. The phone is hot.", "MARA", "woman", "talks with a phone"),
        ("Mara talks to Tom. The phone rings.", "MARA", "woman", "idle"),
        ("SAM raises his hand.", "SAM", "man", "raises a hand"),
        ("ROSA carries flowers, TARIQ waves.", "TARIQ", "man", "waves"),
        ("Rain runs down the window.", "JUN", "man", "idle"),
    ],
)
def test_what_somebody_does(text: str, name: str, kind: str, told: str) -> None:
    assert doing(text, name, kind) == told


@pytest.mark.parametrize(
    ("text", "thing", "things"),
    [
        ("CLOSE ON the pan.", "pan", ("pan",)),
        ("CLOSE ON a book. The page is missing.", "book", ("book", "page")),
        ("INSERT - AN ENVELOPE, sealed in red.", "envelope", ("envelope",)),
        ("CLOSE ON the astrolabe of his father.", "astrolabe", ()),
        ("CLOSE ON her hands.", "", ()),
        ("CLOSE ON the window.", "", ()),
        ("The telephone rings.", "", ("telephone",)),
        ("Glass on every side. Lanterns, steam.", "", ()),
        ("They toast with two cups.", "", ("cup",)),
    ],
)
def test_what_is_named(text: str, thing: str, things: tuple[str, ...]) -> None:
    assert (pointed_at(text), things_in(text)) == (thing, things)


def test_every_word_for_a_thing_has_a_picture() -> None:
    assert not [word for word in (*PLAIN, *ASKED) if kind_of(word)[0] == UNKNOWN]
    assert not is_known("astrolabe")
