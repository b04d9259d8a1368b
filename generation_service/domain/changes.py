"""What changed in a shot between two versions of a film, in the words of somebody who edits one. Pure comparison."""

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from audio_service.contract.speech import VoiceRef
from generation_service.contract.methods import Change
from generation_service.contract.shots import Line, Shot

ONLY_AROUND = frozenset({"sound", "transition"})
"""Changes that leave the picture as it is: the take is used again."""

_SIMPLE: tuple[tuple[str, Callable[[Shot], object]], ...] = (
    ("place", lambda s: " ".join(w for w in (s.place.name, s.place.time_of_day, s.place.weather, s.place.season,
                                             s.place.mood, *s.place.elements) if w)),
    ("framing", lambda s: f"{s.size} {s.angle} {s.camera}"),
    ("action", lambda s: s.action),
    ("cast", lambda s: ", ".join(c.name for c in s.characters)),
    ("references", lambda s: ", ".join(c.stock or (c.face or "")[:12] for c in s.characters)),
    ("wardrobe", lambda s: "; ".join(f"{c.wardrobe} {' '.join(c.palette)} {c.identity}".strip() for c in s.characters)),
    ("blocking", lambda s: "; ".join(f"{e.name} {e.where} {e.doing}".strip() for e in s.entities)),
    ("title", lambda s: s.title_card or ""),
    ("captions", lambda s: "burnt" if s.captions else ""),
    ("format", lambda s: f"{s.width}x{s.height} at {s.fps}"),
    ("alternate", lambda s: str(s.alternate)),
    ("sound", lambda s: " ".join([s.bed or "", *(f"{e.name}@{e.at_s:g}" for e in s.effects)]).strip()),
    ("transition", lambda s: s.transition),
)  # fmt: skip


def changes(
    before: Shot, after: Shot, voices: tuple[Mapping[str, VoiceRef], Mapping[str, VoiceRef]] = ({}, {})
) -> tuple[Change, ...]:
    """Every difference that was made on purpose, in the order a reader cares about; empty: nothing was edited.

    ``voices`` are those of the two casts. Where the alternate differs, the seed that follows from it is not told again.
    """
    found = list(_lines(before, after, voices))
    found += [
        Change(what=what, before=str(read(before)), after=str(read(after)))
        for what, read in _SIMPLE
        if read(before) != read(after)
    ]
    if before.seed != after.seed and before.alternate == after.alternate:
        found.append(Change(what="seed", before=str(before.seed), after=str(after.seed)))
    return tuple(found)


def _lines(
    before: Shot, after: Shot, voices: tuple[Mapping[str, VoiceRef], Mapping[str, VoiceRef]]
) -> Iterator[Change]:
    for old, new in zip_longest(before.lines, after.lines):
        if (old.text if old else None) != (new.text if new else None):
            yield Change(what="line", before=_said(old), after=_said(new))
        elif old.style != new.style or old.parenthetical != new.parenthetical:
            yield Change(what="delivery", before=old.parenthetical, after=new.parenthetical)
        elif old.character != new.character:
            yield Change(what="speaker", before=old.character, after=new.character)
        elif voices[0].get(old.character) != voices[1].get(new.character):
            yield Change(what="voice", before=_voice(voices[0], old), after=_voice(voices[1], new))


def _said(line: Line | None) -> str:
    return f"{line.character}: {line.text}" if line else ""


def _voice(voices: Mapping[str, VoiceRef], line: Line) -> str:
    voice = voices.get(line.character)
    return (voice.stock or (voice.asset or "")[:12]) if voice else ""
