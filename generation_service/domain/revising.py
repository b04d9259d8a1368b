"""A new version of a film against the one before: what is kept, what is another take, what has changed. Pure.

A locked shot is the shot that its take was made of, whatever stands around it now: its words, its cast and its length
come with the take, because lips move to the words they were made to. It only takes over its place in the new film.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from audio_service.contract.speech import VoiceRef
from generation_service.contract.methods import Change
from generation_service.contract.shots import Line, Shot
from generation_service.domain import facts as f
from generation_service.domain.changes import changes
from generation_service.domain.digests import other_seed
from generation_service.domain.plan import Plan
from generation_service.domain.production import Production
from infra.kernel.errors import Conflict

_WHY_GONE = {
    "consent.grant_withdrawn": "the permission it was made under was withdrawn",
    "consent.subject_erased": "somebody in it had themselves erased",
    "consent.output_recalled": "the film it was made for was called back",
}
_OF_THE_TAKE = frozenset({"alternate", "seed"})
"""Which of the takes it is: that is what was locked, and nothing the script says otherwise."""


@dataclass(frozen=True)
class Revision:
    """A plan with its locked shots put in; by the id of a shot what it keeps, and what the script says else now."""

    plan: Plan
    kept: Mapping[str, f.Kept]
    held: Mapping[str, tuple[Change, ...]]


def shots_by_key(state: Production) -> dict[str, Shot]:
    """The shots of a version by key, as they were planned."""
    return {shot.key: shot for shot in state.planned.shots if shot.key}


def with_alternates(plan: Plan, alternates: Mapping[str, int]) -> Plan:
    """Another take of some shots: each alternate has a seed of its own. Keys that no shot has are passed over."""
    shots = tuple(_alternate(shot, alternates.get(shot.key, shot.alternate)) for shot in plan.shots)
    return replace(plan, shots=shots)


def _alternate(shot: Shot, number: int) -> Shot:
    return shot.model_copy(update={"alternate": number, "seed": other_seed(shot.seed, number)})


def locked_to(plan: Plan, base: Production | None, keep: Mapping[str, str], unlocked: frozenset[str]) -> dict[str, str]:
    """By shot key: the version whose take a locked shot keeps. A lock of the script keeps that of the version before,
    where that has one; otherwise the shot is made now and kept from then on.
    """
    wanted = {shot.key: keep[shot.key] for shot in plan.shots if shot.key in keep and shot.key not in unlocked}
    if base is not None:
        before = shots_by_key(base)
        for shot in plan.shots:
            old = before.get(shot.key)
            if shot.lock and shot.key not in unlocked and old is not None and old.id in base.takes:
                wanted.setdefault(shot.key, base.planned.production)
    return wanted


def refuse_purged(version: Production, key: str) -> None:
    """Raise Conflict ``generation.take_purged`` when the take that a locked shot should keep went with a permission."""
    shot = shots_by_key(version).get(key)
    for purge in version.purged:
        if shot is not None and shot.id in purge.shots:
            raise Conflict(
                "generation.take_purged",
                f"the take that shot {key} is locked to is gone: {_WHY_GONE.get(purge.code, purge.code)}",
                fix="unlock the shot, or cast somebody else in it",
                key=key, production=version.planned.production, grant=purge.grant, ledger_index=purge.ledger_index,
            )  # fmt: skip


def put_in(plan: Plan, wanted: Mapping[str, str], versions: Mapping[str, Production]) -> Revision:
    """The plan with the locked shots as they were made. Raises Conflict ``generation.no_take_to_keep``."""
    shots: list[Shot] = []
    kept: dict[str, f.Kept] = {}
    at_least = dict(plan.at_least)
    lines = 0
    for shot in plan.shots:
        version = wanted.get(shot.key)
        used = shot if version is None else _as_made(shot, versions[version])
        numbered = tuple(line.model_copy(update={"index": lines + n}) for n, line in enumerate(used.lines))
        lines += len(numbered)
        if version is not None:
            old = shots_by_key(versions[version])[shot.key]
            kept[shot.id] = _kept(versions[version], old, numbered)
            at_least[shot.id] = versions[version].planned.at_least[old.id]
        shots.append(used.model_copy(update={"lines": numbered}))
    held = {now.id: held_back(made, now) for now, made in zip(plan.shots, shots, strict=True) if now.id in kept}
    return Revision(replace(plan, shots=tuple(shots), at_least=at_least), kept, held)


def held_back(made: Shot, now: Shot) -> tuple[Change, ...]:
    """What a lock keeps out of the film: what the script says ``now`` where the locked shot was ``made`` otherwise."""
    return tuple(change for change in changes(made, now) if change.what not in _OF_THE_TAKE)


def _as_made(shot: Shot, version: Production) -> Shot:
    old = shots_by_key(version).get(shot.key)
    if old is None or old.id not in version.takes:
        raise Conflict(
            "generation.no_take_to_keep", f"shot {shot.key} has no take to keep in {version.planned.production}",
            fix="unlock the shot, or name a version that shows it", key=shot.key,
        )  # fmt: skip
    place = {"id", "number", "scene", "source_line", "transition", "lock"}
    return old.model_copy(update={name: getattr(shot, name) for name in place} | {"lock": True})


def _kept(version: Production, old: Shot, lines: tuple[Line, ...]) -> f.Kept:
    plan, take = version.planned, version.takes[old.id]
    who = dict.fromkeys(line.character for line in old.lines)
    return f.Kept(
        production=plan.production,
        sha256=take.sha256,
        digest=take.digest,
        lines={new.index: version.lines[was.index] for new, was in zip(lines, old.lines, strict=True)},
        cast={name: plan.member(old.id, name) for name in who},
        voices={name: plan.voice(old.id, name) for name in who},
    )


def changes_between(
    base: Production, shots: tuple[Shot, ...], voices: Mapping[str, VoiceRef], painter: str, kept: Mapping[str, f.Kept]
) -> dict[str, tuple[Change, ...]]:
    """By the id of each new shot what is different in it; a shot that was not there before is a ``new`` one."""
    before = shots_by_key(base)
    found: dict[str, tuple[Change, ...]] = {}
    for shot in shots:
        old = before.get(shot.key)
        if shot.id in kept:
            continue
        if old is None:
            found[shot.id] = (Change(what="new", after=shot.heading),)
            continue
        made = changes(old, shot, (base.planned.voices, voices))
        if base.planned.painter != painter:
            made = (*made, Change(what="painter", before=base.planned.painter, after=painter, upstream=True))
        if made:
            found[shot.id] = made
    return found


def removed(base: Production, shots: tuple[Shot, ...]) -> tuple[str, ...]:
    """Keys of shots that are no longer in the film."""
    left = {shot.key for shot in shots}
    return tuple(key for key in shots_by_key(base) if key not in left)
