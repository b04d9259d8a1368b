"""Where the things of a wide shot stand: beside the people rather than before them, small ones together on one table,
and none that the place shows already.
"""

import zlib

from generation_service.contract.shots import Entity, Shot
from generation_service.previs.blocking import in_frame
from generation_service.previs.catalogue import TABLED, kind_of
from generation_service.previs.inserts import INSERT, insert
from generation_service.previs.props import STAND_TALL, Prop, drawn
from generation_service.previs.scenes.light import Mood

# What a set is painted with: not put there once more unless its place in the picture is told.
OWNED: dict[str, frozenset[str]] = {
    "kitchen": frozenset({"kettle", "table"}), "bedroom": frozenset({"bed", "lamp"}), "room": frozenset({"lamp"}),
    "office": frozenset({"screen"}), "station": frozenset({"clock"}), "street": frozenset({"lamp"}),
    "library": frozenset({"lamp"}), "harbour": frozenset({"boat"}), "church": frozenset({"candle"}),
    "school": frozenset({"clock"}), "car": frozenset({"car"}), "hospital": frozenset({"bed"}),
    "sea": frozenset({"boat"}), "den": frozenset({"lamp"}), "laboratory": frozenset({"screen"}),
    "garage": frozenset({"car"}), "restaurant": frozenset({"candle"}), "cottage": frozenset({"candle"}),
    "museum": frozenset({"picture", "painting"}), "theatre": frozenset({"candle"}),
}  # fmt: skip
# Places across the frame where a thing may stand, the best first, by where it is asked for.
SLOTS: dict[str, tuple[float, ...]] = {
    "left": (0.16, 0.30, 0.40, 0.06), "right": (0.84, 0.70, 0.60, 0.94),
    "centre": (0.5, 0.40, 0.61, 0.12, 0.89, 0.30, 0.72), "background": (0.44, 0.66, 0.24, 0.84, 0.56),
}  # fmt: skip
TALL_THINGS = {"bicycle", "car", "piano", "bed", "clock", "door", "boat"}
MOST, MOST_ON_TABLE = 6, 5
TABLE, ROOM = 0.40, 0.085


def props_on_stage(
    shot: Shot, entities: list[Entity], mood: Mood, frame: tuple[int, int], foot: tuple[float, float, float]
) -> list[Prop]:
    """The props of a wide shot, each at its place and always the same from shot to shot; of a close one that nobody is
    in, the thing it shows.
    """
    if shot.size in INSERT and not shot.characters:
        return insert(shot, entities, mood, frame)
    if shot.size not in {"WS", "EWS"}:
        return []
    owned = OWNED.get(shot.place.kind, frozenset())
    wanted = [one for one in entities if one.where != "centre" or kind_of(one.name)[0] not in owned]
    table = next((one for one in wanted if kind_of(one.name)[0] == "table"), None)
    small = [one for one in wanted if kind_of(one.name)[0] in TABLED and one.where == "centre"]
    small = small[:MOST_ON_TABLE] if table is not None or len(small) > 1 else []
    stage = _Floor(shot, mood, frame, foot)
    found = stage.table(table, small) if small or table is not None else []
    for one in [one for one in wanted if one not in small and one is not table][:MOST]:
        found.append(stage.stand(one))
    return found


class _Floor:
    """The floor of a shot and what of it is taken."""

    def __init__(self, shot: Shot, mood: Mood, frame: tuple[int, int], foot: tuple[float, float, float]) -> None:
        self._mood, self._frame, self._foot = mood, frame, foot
        self._small = 0.45 if shot.size == "EWS" else 1.0
        people = in_frame(shot)
        self._taken = [part.across for part in people]
        for part in people:
            if part.deed == "lie":
                self._taken += [part.across - 0.16, part.across + 0.16]
        self._climbs = next((part.across for part in people if part.deed == "climb"), None)

    def _free(self, where: str, half: float) -> float:
        """A place that nobody stands in; where there is none, the one with most room."""
        slots = SLOTS.get(where, SLOTS["centre"])
        room = [min((abs(slot - one) for one in self._taken), default=1.0) for slot in slots]
        at = next(
            (k for k, free in enumerate(room) if free > ROOM + 0.5 * half), max(range(len(room)), key=room.__getitem__)
        )
        self._taken.append(slots[at])
        return slots[at]

    def stand(self, one: Entity) -> Prop:
        """A thing on the floor, or a small one on its own little table; large ones stand farther back."""
        kind, share = kind_of(one.name)
        tabled = kind in TABLED
        share += STAND_TALL if tabled else 0.0
        back = one.where == "background" or kind in TALL_THINGS
        tall = max(6, round(self._foot[2] * share * self._small * (0.82 if back else 1.0)))
        picture = drawn(kind, tall, self._mood, zlib.crc32(one.name.lower().encode()), tabled=tabled)
        across = self._free(one.where, 0.5 * tall / self._frame[0])
        if kind == "ladder" and self._climbs is not None:
            across = self._climbs
        y = self._foot[1] - (0.045 if back else 0.012) * self._frame[1]
        return Prop(picture, (across * self._frame[0], y), self._frame, 0.06 if back else 0.015)

    def table(self, told: Entity | None, small: list[Entity]) -> list[Prop]:
        """One table and what lies on it, side by side."""
        tall = max(6, round(self._foot[2] * TABLE * self._small))
        number = zlib.crc32((told.name if told else "table").lower().encode())
        wide = 2.3 * tall
        x = self._free(told.where if told else "centre", 0.5 * wide / self._frame[0]) * self._frame[0]
        y = self._foot[1] - 0.03 * self._frame[1]
        found = [Prop(drawn("table", tall, self._mood, number), (x, y), self._frame, 0.05)]
        for k, one in enumerate(small):
            kind, share = kind_of(one.name)
            high = max(5, round(self._foot[2] * share * self._small))
            picture = drawn(kind, high, self._mood, zlib.crc32(one.name.lower().encode()))
            at = x + wide * 0.8 * ((k + 0.5) / len(small) - 0.5)
            found.append(Prop(picture, (at, y - 0.97 * tall), self._frame, 0.045))
        return found
