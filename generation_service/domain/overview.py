"""A plan as somebody reads it before the film is made: every shot with its schedule, or every mistake in its place."""

from collections.abc import Iterable, Mapping
from typing import Any

from generation_service.contract.methods import CastMember
from generation_service.contract.plans import PlannedLine, PlannedShot, PlanProblem, PlanView
from generation_service.contract.shots import Line, Place, Shot
from generation_service.domain.plan import Plan
from generation_service.domain.timing import film_seconds, starts_of
from infra.kernel.errors import Invalid


def overview(plan: Plan, cast: Mapping[str, CastMember]) -> PlanView:
    """The whole plan, lengths as estimated."""
    starts = starts_of(plan.shots)
    return PlanView(
        title=plan.title,
        seconds=round(film_seconds(plan.shots), 3),
        cast=dict(cast),
        shots=tuple(_shot(shot, float(start)) for shot, start in zip(plan.shots, starts, strict=True)),
        notes=plan.notes,
    )


def mistakes(refused: Invalid) -> PlanView:
    """What keeps a script from being planned."""
    errors: Iterable[dict[str, Any]] = refused.info.get("errors") or [{"detail": refused.detail, "fix": refused.fix}]
    known = PlanProblem.model_fields
    return PlanView(
        problems=tuple(PlanProblem.model_validate({k: v for k, v in one.items() if k in known}) for one in errors)
    )


def _shot(shot: Shot, start: float) -> PlannedShot:
    same = (
        "key", "number", "heading", "size", "angle", "camera", "transition", "entities", "action", "bed", "effects",
        "title_card", "captions", "lock", "alternate", "seed", "source_line",
    )  # fmt: skip
    told: dict[str, Any] = {name: getattr(shot, name) for name in same}
    return PlannedShot(
        **told,
        seconds=round(shot.seconds, 3),
        start_s=round(start, 3),
        place=_place(shot.place),
        lines=tuple(_line(line) for line in shot.lines),
    )


def _place(place: Place) -> str:
    words = (place.kind, place.time_of_day, place.weather, place.season, place.mood, *place.elements)
    return ", ".join(word for word in words if word and word not in ("clear", "neutral"))


def _line(line: Line) -> PlannedLine:
    return PlannedLine(
        character=line.character, text=line.text, parenthetical=line.parenthetical, emotion=line.style.emotion,
        start_s=line.start_s, seconds=line.seconds,
    )  # fmt: skip
