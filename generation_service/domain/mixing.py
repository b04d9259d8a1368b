"""The sound of a film as one order: lines where the shots put them, rooms, beds and spot effects under them. Pure."""

from collections.abc import Callable, Iterator

from audio_service.contract.jobs import BedCue, Cue, EffectCue, MixJob, RoomCue
from generation_service.contract.shots import Line, Shot, SpotEffect
from generation_service.domain import facts as f
from generation_service.domain.production import Production
from generation_service.domain.timing import starts_of

Alike = Callable[[Shot], object]
"""What a run of shots has in common."""

_PANS = (-0.14, 0.14, 0.0)
_DISTANCE = {"ECU": "close", "CU": "close", "MCU": "close", "MS": "medium", "WS": "far", "EWS": "far"}


def mix_job(state: Production, asked: f.MixAsked) -> MixJob:
    """Everything that sounds in the film; the mixer is asked for stems too."""
    plan, shots = state.planned, state.shots()
    placed = list(zip(shots, map(float, starts_of(shots)), strict=True))
    speakers = list(dict.fromkeys([*plan.cast, *(line.character for shot in shots for line in shot.lines)]))
    cues = tuple(_cue(state, (shot, line), start, speakers) for shot, start in placed for line in shot.lines)
    effects = tuple(_effect(shot, one, start) for shot, start in placed for one in shot.effects)
    return MixJob(
        job=asked.job,
        production=plan.production,
        decision=plan.decision.id,
        seconds=asked.seconds,
        cues=cues,
        beds=tuple(_beds(placed, plan.seed)),
        effects=effects,
        rooms=tuple(_rooms(placed, plan.seed)),
        stems=True,
        loudness_lufs=plan.loudness_lufs,
    )


def _cue(state: Production, spoken: tuple[Shot, Line], start: float, speakers: list[str]) -> Cue:
    shot, line = spoken
    return Cue.model_validate(
        {
            "sha256": state.lines[line.index].sha256,
            "start_s": round(start + line.start_s, 6),
            "pan": _PANS[min(speakers.index(line.character), len(_PANS) - 1)],
            "distance": _DISTANCE[shot.size] if shot.speaker == line.character else "medium",
            "room": shot.place.kind,
        }
    )


def _effect(shot: Shot, one: SpotEffect, start: float) -> EffectCue:
    """In the room of the shot, as far away as who speaks in it."""
    return EffectCue.model_validate(
        {
            "name": one.name,
            "start_s": round(start + one.at_s, 6),
            "gain_db": one.gain_db - 6.0,
            "seed": shot.seed,
            "distance": _DISTANCE[shot.size],
            "room": shot.place.kind,
        }
    )


def _beds(placed: list[tuple[Shot, float]], seed: int) -> Iterator[BedCue]:
    """One cue per run of shots of a scene that share a bed."""
    for run in _runs(placed, lambda shot: (shot.bed, shot.scene)):
        first, start = run[0]
        if first.bed is not None:
            yield BedCue(name=first.bed, start_s=round(start, 6), end_s=_end(run), seed=seed + first.scene)


def _rooms(placed: list[tuple[Shot, float]], seed: int) -> Iterator[RoomCue]:
    """One cue per run of shots of a scene in one set."""
    for run in _runs(placed, lambda shot: (shot.place.kind, shot.scene)):
        first, start = run[0]
        yield RoomCue(room=first.place.kind, start_s=round(start, 6), end_s=_end(run), seed=seed + first.scene)


def _runs(placed: list[tuple[Shot, float]], alike: Alike) -> Iterator[list[tuple[Shot, float]]]:
    run: list[tuple[Shot, float]] = []
    for one in placed:
        if run and alike(one[0]) != alike(run[0][0]):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _end(run: list[tuple[Shot, float]]) -> float:
    last, start = run[-1]
    return round(start + last.seconds, 6)
