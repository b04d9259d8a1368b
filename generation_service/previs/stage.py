"""A shot set up for rendering: plate, people, props, camera, weather, words; ``frame(i)`` gives one I420 picture."""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from generation_service.contract.shots import Angle, Character, Shot
from generation_service.previs import camera, reading, sampling
from generation_service.previs.actors import Actor, look_for
from generation_service.previs.blocking import LOW, Part, in_frame, looks_to, props_of, view_of
from generation_service.previs.brush import Image
from generation_service.previs.cast.rig import Cue, pose_of
from generation_service.previs.closeups import Hands
from generation_service.previs.dressing import props_on_stage
from generation_service.previs.figure import FRAMINGS, Figure, place
from generation_service.previs.finish import Finish
from generation_service.previs.life import life_of
from generation_service.previs.marks import Mark, mark_at, mark_close
from generation_service.previs.passers import passers_of
from generation_service.previs.people import person_of, stock_id, stock_person
from generation_service.previs.portrait.basis import NAMES, face_of
from generation_service.previs.portrait.motion import Spoken, Track, act
from generation_service.previs.scenery import Scenery
from generation_service.previs.scenes.layers import Layer, settled, thinned
from generation_service.previs.scenes.light import from_afar
from generation_service.previs.scenes.plate import paint_plate
from generation_service.previs.shoulder import Shoulder
from generation_service.previs.sitters import sitters_of
from generation_service.previs.standing import foot_of
from generation_service.previs.stations import cleared, station_of
from generation_service.previs.storm import lightning

FOCUS = {"ECU": 0.017, "CU": 0.013, "MCU": 0.0085, "MS": 0.0045, "WS": 0.0, "EWS": 0.0}
WIDE = {"WS", "EWS"}
# How much of what lights small figures in the dark also lights faces near the camera.
NEAR_LIGHT = 0.45
# Face height over frame width at which two heads still stand side by side.
HEADS_APART = 0.40
# Units between two heads from which on one of them is told to be sitting.
LEVEL = 300.0
GROUNDED = {"ground", "kneel", "lie"}
RAISED = {"raise", "lift", "wave", "cheer"}
# Between which depths layers are laid together: a dolly shows every step, a push few, a camera that turns on the spot
# or is held by hand what is near and what is not; one that rests shows none.
DOLLY_BINS, PUSH_BINS, TURN_BINS = (0.0, 0.14, 0.3, 0.5, 0.75), (0.0, 0.2, 0.6), (0.0, 0.3)


class Item(Protocol):
    """Something drawn over the picture at its depth; ``still`` when it looks alike in every frame."""

    @property
    def depth(self) -> float:
        """1 far .. 0 the people .. below 0 in front of them."""
        ...

    @property
    def still(self) -> bool:
        """Whether it looks alike in every frame."""
        ...

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """Over ``below`` (h, w, 4: RGB and a channel without meaning) as of frame ``index``; ``view`` is zoom and shift
        in pixels at its depth.
        """
        ...


class _Sheet:
    """A layer of the plate as an item."""

    def __init__(self, scenery: Scenery, layer: Layer) -> None:
        self._scenery, self._layer = scenery, layer
        self.depth = layer.depth
        self.still = layer.motion.drift == 0 and layer.motion.ripple == 0

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The layer; it finds its own view."""
        self._scenery.lay(below, self._layer, index)


class _Person:
    """A close figure as an item."""

    depth, still = 0.0, False

    def __init__(self, figure: Figure) -> None:
        self._figure = figure

    def begin(self, index: int) -> None:
        """The face takes its pose."""
        self._figure.begin(index)

    def draw(self, below: Image, index: int, view: tuple[float, float, float]) -> None:
        """The figure."""
        self._figure.draw(below, index, view)


class Stage:
    """Everything a shot's frames need, built once. Deterministic for the same shot and faces. ``check`` is called
    between the parts of the set-up and may raise.
    """

    def __init__(self, shot: Shot, faces: dict[str, Image], *, check: Callable[[], None] = lambda: None) -> None:
        self.shot = shot
        self.width, self.height = shot.width // 2 * 2, shot.height // 2 * 2
        self._frame_size = frame = (self.width, self.height)
        self._seed = int.from_bytes(hashlib.sha256(f"{shot.id}/{shot.seed}".encode()).digest()[:8], "big")
        self._path = camera.path(shot.camera, shot.frames, shot.fps, self._seed)
        plate = paint_plate(cleared(shot), *frame, FOCUS[shot.size], view_of(shot))
        move = shot.camera.partition("-")[0]
        bins = DOLLY_BINS if move == "dolly" else PUSH_BINS if move in {"push", "pull"} else TURN_BINS
        layers = thinned(plate.layers, plate.size, bins, calm=shot.size not in WIDE)
        spots = tuple(replace(spot, depth=settled(spot.depth, layers, bins)) for spot in plate.spots)
        self._plate = replace(plate, layers=layers, spots=spots)
        self._bins = bins
        self._foot = foot_of(shot.place, self._plate.to_frame)
        self._scenery = Scenery(self._plate, self._path, frame, shot.fps, self._foot[1] / self.height)
        self.tracks: dict[str, Track] = {}
        self._photo = self._photo_framing(faces)
        people: list[Item] = []
        for part in in_frame(shot):
            check()
            people.append(self._person(part, faces))
        check()
        sheets: list[Item] = [_Sheet(self._scenery, layer) for layer in self._plate.layers[1:]]
        self._items = sorted([*sheets, *self._things(), *people], key=lambda item: -item.depth)
        self._talking = [one for one in people if isinstance(one, (Actor, _Person))]
        self._kept: tuple[Image, int] | None = None
        self._finish = Finish(shot, frame, self._seed)

    def _track(self, character: Character) -> Track:
        """How a character speaks and moves over the shot."""
        shot = self.shot
        own, heard = (
            [
                Spoken(line.start_s, line.seconds, line.phonemes, line.words, line.style.emotion)
                for line in shot.lines if (line.character == character.name) is mine
            ]
            for mine in (True, False)
        )  # fmt: skip
        name = int.from_bytes(hashlib.sha256(character.name.encode()).digest()[:4], "big")
        toward = _facing(in_frame(shot), character.name)
        track = act(own, shot.frames, shot.fps, self._seed ^ name, heard=heard, toward=toward)
        if shot.size not in WIDE:
            track = eyeline(track, toward or looks_to(shot, character), shot.angle)
        self.tracks[character.name] = track
        return track

    def _things(self) -> list[Item]:
        """Strangers, what lives in the place, props."""
        shot, frame, seed = self.shot, self._frame_size, self._place_seed()
        focus = FOCUS[shot.size] * self.height
        passers = [
            *passers_of(shot, self._plate, frame, seed, focus), *sitters_of(shot, self._plate, frame, seed, focus)
        ]  # fmt: skip
        for one in passers:
            one.depth = settled(one.depth, self._plate.layers, self._bins)
        return [
            *passers,
            *life_of(shot, self._plate, frame, seed),
            *lightning(shot, frame, self._seed),
            *props_on_stage(shot, props_of(shot), self._plate.mood, frame, self._foot),
        ]

    def _place_seed(self) -> int:
        """What lives in a place is the same in every shot there."""
        return zlib.crc32(f"{self.shot.place.name}/{self.shot.place.seed}".encode())

    def _person(self, part: Part, faces: dict[str, Image]) -> Item:
        shot, frame, one = self.shot, self._frame_size, part.character
        if part.role == "shoulder":
            look = look_for(one, faces)
            return Shoulder(look, shot, across=part.across, mood=self._plate.mood, frame=frame, seed=self._seed)
        if part.deed == "hands":
            return Hands(look_for(one, faces), part.held, shot, self._plate.mood, frame)
        track = self._track(one)
        if shot.size in WIDE or (shot.size == "MS" and one.face is None):
            if one.face is None:
                stock_person(stock_id(one))  # an unknown stock character is refused here, whatever the size
            far = station_of(part, shot, self._plate.to_frame)
            mark = far.mark if far else self._mark(part)
            look = look_for(one, faces)
            who = Actor(part, look, shot, mark=mark, mood=self._plate.mood, track=track, frame=frame, path=self._path)
            if far:
                who.depth = settled(far.depth, self._plate.layers, self._bins)
            return who
        picture, mesh = person_of(one, faces)
        spot = place(picture, mesh, size=shot.size, frame=frame, across=part.across, eyes=part.deed == "eyes")
        mood = from_afar(self._plate.mood, NEAR_LIGHT)
        return _Person(Figure(picture, mesh, spot=spot, frame=frame, mood=mood, track=track))

    def _photo_framing(self, faces: dict[str, Image]) -> tuple[float, float] | None:
        """Face height and eye line, in frame heights, of the largest photo in a medium shot: one that ends at the chest
        comes nearer than the shot is, and who is drawn beside it comes along.
        """
        found = []
        for part in in_frame(self.shot) if self.shot.size == "MS" else []:
            if part.character.face is None or part.role == "shoulder":
                continue
            picture, mesh = person_of(part.character, faces)
            spot, face = place(picture, mesh, size="MS", frame=self._frame_size, across=part.across), face_of(mesh)
            found.append((spot.scale * face.height / self.height,
                          (spot.top + spot.scale * face.eye_centre[1]) / self.height))  # fmt: skip
        return max(found, default=None)

    def _mark(self, part: Part) -> Mark:
        squeeze = camera.FORESHORTENED[self.shot.angle]
        if self.shot.size == "MS":
            return self._mark_close(part, squeeze)
        if self.shot.size == "EWS":
            x, y, tall = self._foot
            far = mark_at(part.across, self._frame_size, (x, y - 0.05 * self.height, tall * 0.42))
            return replace(far, tall=squeeze)
        return replace(mark_at(part.across, self._frame_size, self._foot, share=part.share), tall=squeeze)

    def _mark_close(self, part: Part, squeeze: float) -> Mark:
        """At half length the frame follows who sits or kneels; beside somebody who stands it goes back until it holds
        both.
        """
        face, line = self._photo or FRAMINGS["MS"][:2]
        drops = [_drop(one) for one in in_frame(self.shot)]
        low, apart = min(drops), max(drops) - min(drops)
        floor = low > 0 and all(one.deed in GROUNDED for one in in_frame(self.shot))
        room = self._photo is not None and HEADS_APART * self.width >= face * self.height
        own = 1.0 if room else part.share  # beside a photo, which cannot step back, where two heads have room
        share = own * (0.72 if floor else 0.90 if low > 0 else 1.0) * (0.84 if apart > LEVEL else 1.0)
        up = 0.09 if any(one.deed in RAISED for one in in_frame(self.shot)) else 0.0  # room for a hand above the head
        shift = up - (0.10 if apart > LEVEL else 0.08 if floor else 0.0)
        mark = mark_close(part.across, self._frame_size, face * share * (1 - 1.6 * up), line + shift)
        return replace(mark, y=mark.y - low * mark.scale, tall=max(squeeze, 0.94))

    def picture(self, index: int) -> Image:
        """Frame ``index`` before grade, grain, weather and words: RGB (h, w, 3)."""
        return self.composed(index)[..., :3]

    def composed(self, index: int) -> Image:
        """As :meth:`picture` with a fourth channel that means nothing, (h, w, 4); the array is the caller's."""
        for person in self._talking:
            person.begin(index)
        below, done = self._begun(index)
        for item in self._items[done:]:
            if below.shape[0] != self.height and item.depth <= 0:
                below = _grown(below, self._frame_size)
            item.draw(below, index, self._path.at(index, self.height, depth=item.depth))
        below = below if below.shape[0] == self.height else _grown(below, self._frame_size)
        return self._tipped(below) if self.shot.angle == "dutch" else below

    def _begun(self, index: int) -> tuple[Image, int]:
        """The picture so far and how many items are in it: while the camera rests, all up to the first that moves."""
        if not self._path.rests:
            return self._scenery.base(index), 0
        if self._kept is None:
            below, done = self._scenery.base(index), 0
            for item in self._items:
                if not item.still or item.depth <= 0:
                    break
                item.draw(below, index, self._path.at(index, self.height, depth=item.depth))
                done += 1
            rest = self._items[done:]
            if below.shape[0] != self.height and (not rest or rest[0].depth <= 0):
                below = _grown(below, self._frame_size)
            self._kept = below, done
        return self._kept[0].copy(), self._kept[1]

    def _tipped(self, picture: Image) -> Image:
        """The whole picture on a slant."""
        way = 1 if self._seed & 1 else -1
        middle = ((self.width - 1) / 2, (self.height - 1) / 2)
        turn = cv2.getRotationMatrix2D(middle, way * camera.DUTCH_DEGREES, camera.DUTCH_ZOOM)
        made: Any = cv2.warpAffine(picture, turn, self._frame_size, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(made, np.uint8)

    def frame(self, index: int) -> NDArray[np.uint8]:
        """Frame ``index`` as I420, (h * 3 / 2, w). The array is reused by the next call."""
        return self.finished(self.composed(index), index)

    def finished(self, picture: Image, index: int) -> NDArray[np.uint8]:
        """As :meth:`generation_service.previs.finish.Finish.frame`."""
        return self._finish.frame(picture, index)


def _grown(picture: Image, frame: tuple[int, int]) -> Image:
    """The picture at the size of the frame, twice its own."""
    if (picture.shape[1] * 2, picture.shape[0] * 2) == frame:
        out = np.empty((frame[1], frame[0], 4), np.uint8)
        reading.grow(sampling.words(picture), sampling.words(out))
        return out
    made: Any = cv2.resize(picture, frame, interpolation=cv2.INTER_LINEAR)
    return np.asarray(made, np.uint8)


def _drop(part: Part) -> float:
    """How much lower than standing somebody's head is, in units of the body."""
    pose = pose_of("sit" if part.seat and part.deed != "ground" else part.deed, "", 0.0, Cue(1.5))
    return max(0.0, pose.hips[1]) if part.deed in LOW or part.seat else 0.0


def eyeline(track: Track, side: float, angle: Angle) -> Track:
    """A track that keeps looking to where others stand (``side`` -1 the picture's left, 1 its right, 0 the lens), with
    the head as it is seen from below or above.
    """
    pitch = {"low": -0.085, "high": 0.075, "overhead": 0.13}.get(angle, 0.0)
    if not side and not pitch:
        return track
    gaze, head, weights = track.gaze.copy(), track.head.copy(), track.weights.copy()
    gaze[:, 0] = np.clip(0.6 * gaze[:, 0] + 0.09 * side, -0.17, 0.17)
    for at, shift in (("yaw", 0.085 * side), ("pitch", pitch)):
        weights[:, NAMES.index(at)] += np.float32(shift)
    head[:, 5] += np.float32(0.085 * side)
    head[:, 6] += np.float32(pitch)
    return replace(track, gaze=gaze, head=head, weights=weights)


def _facing(parts: list[Part], name: str) -> float:
    """Where the others of a shot stand as seen on screen: -1 to the left of ``name``, 1 to the right, 0 nobody."""
    own = [part.across for part in parts if part.character.name == name]
    others = [part.across for part in parts if part.character.name != name]
    return float(np.sign(np.mean(others) - own[0])) if own and others else 0.0
