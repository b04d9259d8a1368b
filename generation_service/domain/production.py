"""The life of a production: ``fold`` its facts to a state, ``decide`` what a report from outside means.

A report that repeats, comes late or belongs to a production that is over decides nothing; so redelivered messages are
harmless whatever their order. Nothing here reads a clock or a store.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from audio_service.contract.jobs import LineSpoken, TrackMixed
from generation_service.contract.methods import ProductionState
from generation_service.contract.shots import Shot
from generation_service.domain import facts as f
from generation_service.domain.plan import stable_id
from generation_service.domain.ports import Tie
from generation_service.domain.timing import film_seconds, fix_shot
from infra.kernel.errors import Conflict
from infra.kernel.rpc import Message

RUNNING: frozenset[str] = frozenset({"queued", "rendering", "assembling"})


@dataclass(frozen=True)
class Production:
    """A production as its facts make it. ``version`` is that of its last event; ``plan`` None means: not there."""

    version: int = 0
    plan: f.Submitted | None = None
    state: ProductionState = "queued"
    lines: dict[int, f.LineDone] = field(default_factory=dict)
    timed: dict[str, f.ShotTimed] = field(default_factory=dict)
    takes: dict[str, f.TakeDone] = field(default_factory=dict)
    mix: f.MixAsked | None = None
    track: f.TrackDone | None = None
    assembly: f.AssemblyAsked | None = None
    sealed: f.FilmSealed | None = None
    released: f.Released | None = None
    stop: f.Stopped | None = None
    failure: f.Failed | None = None
    cancelled: f.Cancelled | None = None
    purged: tuple[f.LikenessPurged, ...] = ()

    @property
    def running(self) -> bool:
        return self.plan is not None and self.state in RUNNING

    @property
    def planned(self) -> f.Submitted:
        """The plan, where there must be one."""
        if self.plan is None:
            raise Conflict("generation.no_plan", "this production was never submitted")
        return self.plan

    def shot(self, shot_id: str) -> Shot:
        """A shot as it stands: with its spoken lines and final frames once it is timed."""
        shot = next(shot for shot in self.planned.shots if shot.id == shot_id)
        if shot_id not in self.timed:
            return shot
        spoken = {line.index: self.lines[line.index].timing for line in shot.lines}
        fixed = fix_shot(shot, spoken, self.planned.at_least[shot_id])
        return fixed.model_copy(update={"frames": self.timed[shot_id].frames})  # as it was, words or no words

    def shots(self) -> tuple[Shot, ...]:
        return tuple(self.shot(shot.id) for shot in self.planned.shots)


def ties_of(state: Production) -> Iterator[tuple[Tie, str]]:
    """Whom and what a production depends on, and under what it came out."""
    plan = state.planned
    for use in plan.uses:
        yield "subject", use.subject
    for used, grant in plan.decision.grants.items():
        yield "subject", used.split("/")[0]
        yield "grant", grant
    if state.released is not None and state.sealed is not None:
        yield "output", state.sealed.sha256
        yield "film", state.sealed.output


def fold(stored: Iterable[tuple[int, str, dict[str, object]]]) -> Production:
    """The state after events given as (version, type, data)."""
    state = Production()
    for version, event_type, data in stored:
        fact = f.read_fact(event_type, dict(data))
        state = replace(state if fact is None else evolve(state, fact), version=version)
    return state


_STATE: dict[type[Message], ProductionState] = {
    f.Refused: "refused", f.Submitted: "queued", f.LineDone: "rendering", f.TrackDone: "rendering",
    f.TakeDone: "rendering", f.AssemblyAsked: "assembling", f.Released: "released", f.Stopped: "stopped",
    f.Failed: "failed", f.Cancelled: "cancelled",
}  # fmt: skip
_SLOT: dict[type[Message], str] = {
    f.Refused: "plan", f.Submitted: "plan", f.MixAsked: "mix", f.TrackDone: "track", f.AssemblyAsked: "assembly",
    f.FilmSealed: "sealed", f.Released: "released", f.Stopped: "stop", f.Failed: "failure", f.Cancelled: "cancelled",
}  # fmt: skip
_KEYED: dict[type[Message], tuple[str, str]] = {
    f.LineDone: ("lines", "line"), f.ShotTimed: ("timed", "shot"), f.TakeDone: ("takes", "shot"),
}  # fmt: skip


def evolve(state: Production, fact: Message) -> Production:
    """The state after one more fact: it moves the state, fills its slot, or joins its kind under its key."""
    kind = type(fact)
    if isinstance(fact, f.StopMeasured):
        return _measured(state, fact)
    if isinstance(fact, f.LikenessPurged):
        return _purged(state, fact)
    changes: dict[str, object] = {"state": _STATE.get(kind, state.state)}
    if kind in _SLOT:
        changes[_SLOT[kind]] = fact
    if kind in _KEYED:
        slot, key = _KEYED[kind]
        changes[slot] = {**getattr(state, slot), getattr(fact, key): fact}
    return replace(state, **changes)  # type: ignore[arg-type]


def _measured(state: Production, fact: f.StopMeasured) -> Production:
    if state.stop is None:
        return state
    update = {"stop_ms": fact.stop_ms, "ledger_index": fact.ledger_index or state.stop.ledger_index}
    return replace(state, stop=state.stop.model_copy(update=update))


def _purged(state: Production, fact: f.LikenessPurged) -> Production:
    takes = {shot: take for shot, take in state.takes.items() if shot not in fact.shots}
    gone = fact.film == "deleted" and state.state == "released"
    after: ProductionState = "purged" if gone else state.state
    return replace(state, state=after, takes=takes, track=None, purged=(*state.purged, fact))


def _after(state: Production, decided: list[f.Fact], fact: f.Fact) -> Production:
    decided.append(fact)
    return evolve(state, fact)


def decide_submit(plan: f.Submitted) -> list[f.Fact]:
    """A plan that was allowed: shots without words are timed at once, a film without words is mixed at once."""
    decided: list[f.Fact] = []
    state = _after(Production(), decided, plan)
    for shot in plan.shots:
        state = _time(state, decided, shot)
    _ask_mix(state, decided)
    return decided


def decide_line(state: Production, spoken: LineSpoken) -> list[f.Fact]:
    """A line was spoken: its shot may now be timed, and the film mixed."""
    decided: list[f.Fact] = []
    shot = next((shot for shot in state.plan.shots if shot.id == spoken.shot), None) if state.plan else None
    known = shot is not None and any(line.index == spoken.line for line in shot.lines)
    if shot is None or not known or not state.running or spoken.line in state.lines:
        return decided
    done = f.LineDone.model_validate(spoken.model_dump(exclude={"production", "lease"}))
    state = _after(state, decided, done)
    state = _time(state, decided, shot)
    _ask_mix(state, decided)
    return decided


def _time(state: Production, decided: list[f.Fact], shot: Shot) -> Production:
    if any(line.index not in state.lines for line in shot.lines):
        return state
    spoken = {line.index: state.lines[line.index].timing for line in shot.lines}
    fixed = fix_shot(shot, spoken, state.planned.at_least[shot.id])
    job = stable_id("job", state.planned.production, "render", shot.id)
    return _after(state, decided, f.ShotTimed(shot=shot.id, frames=fixed.frames, job=job))


def _ask_mix(state: Production, decided: list[f.Fact]) -> None:
    if state.mix is None and len(state.timed) == len(state.planned.shots):
        job = stable_id("job", state.planned.production, "mix")
        _after(state, decided, f.MixAsked(job=job, seconds=film_seconds(state.shots())))


def decide_track(state: Production, mixed: TrackMixed) -> list[f.Fact]:
    """The sound of the film is ready."""
    decided: list[f.Fact] = []
    if not state.running or state.mix is None or state.track is not None or mixed.job != state.mix.job:
        return decided
    state = _after(state, decided, f.TrackDone.model_validate(mixed.model_dump(exclude={"production"})))
    _ask_assembly(state, decided)
    return decided


def decide_take(state: Production, take: f.TakeDone) -> list[f.Fact]:
    """A take was rendered under a completed lease."""
    decided: list[f.Fact] = []
    timed = state.timed.get(take.shot)
    if not state.running or timed is None or timed.job != take.job or take.shot in state.takes:
        return decided
    state = _after(state, decided, take)
    _ask_assembly(state, decided)
    return decided


def _ask_assembly(state: Production, decided: list[f.Fact]) -> None:
    if state.assembly is None and state.track is not None and len(state.takes) == len(state.planned.shots):
        production = state.planned.production
        asked = f.AssemblyAsked(job=stable_id("job", production, "assemble"), output=stable_id("out", production))
        _after(state, decided, asked)


def decide_sealed(state: Production, film: f.FilmSealed) -> list[f.Fact]:
    """The finished film lies in quarantine. Sealed again after a crash, the later bytes count until the release."""
    if not state.running or state.assembly is None or film.output != state.assembly.output or film == state.sealed:
        return []
    return [film]


def decide_release(state: Production, released: f.Released) -> list[f.Fact]:
    """The publish gate let the sealed film pass."""
    if not state.running or state.sealed is None or released.sha256 != state.sealed.sha256:
        return []
    return [released]


def decide_stop(state: Production, stop: f.Stopped) -> list[f.Fact]:
    """A job was refused or aborted: the whole production ends. A later measured stop only adds its time."""
    if state.running:
        return [stop]
    if state.stop is not None and state.stop.stop_ms is None and stop.stop_ms is not None:
        return [f.StopMeasured(stop_ms=stop.stop_ms, ledger_index=stop.ledger_index)]
    return []


def decide_failure(state: Production, failure: f.Failed) -> list[f.Fact]:
    """Something broke that no retry will mend: the production ends."""
    return [failure] if state.running else []


def decide_purge(state: Production, purge: f.LikenessPurged) -> list[f.Fact]:
    """What a permission allowed goes, once for each cause. Of a film that was refused there are only its words."""
    known = any(
        (one.code, one.ref, one.shots, one.lines) == (purge.code, purge.ref, purge.shots, purge.lines)
        for one in state.purged
    )
    words_only = state.state == "refused" and purge.film == "deleted"
    return [purge] if (state.state == "released" or words_only) and not known else []


def decide_cancel(state: Production, at: datetime) -> list[f.Fact]:
    """The partner no longer wants it. Cancelling what is over already is a conflict, repeating a cancel is not."""
    if state.state == "cancelled":
        return []
    if not state.running:
        fix = "make another version of it" if state.state == "released" else "submit a new one"
        raise Conflict("generation.production_over", f"the production is {state.state}", fix=fix)
    return [f.Cancelled(at=at)]
