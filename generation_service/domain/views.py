"""A production as its partner sees it: made from the state alone, plus how far running shots have come."""

from collections.abc import Mapping

from generation_service.contract.methods import OutputView, ProductionView, ShotState, ShotView, Stop
from generation_service.contract.shots import Shot
from generation_service.domain.pace import SHARES, phases
from generation_service.domain.production import Production

_OVER: dict[str, ShotState] = {"stopped": "stopped", "cancelled": "stopped", "failed": "failed", "purged": "purged"}
WHY_PURGED = {
    "consent.grant_withdrawn": "a permission it was made under was withdrawn",
    "consent.grant_invalidated": "a permission it was made under should never have stood",
    "consent.references_deleted": "the references it was made with are no longer kept",
    "consent.subject_erased": "somebody in it had themselves erased",
    "consent.output_recalled": "a subject withdrew its permission and called this film back",
}


def view(state: Production, progress: Mapping[str, float] | None = None, eta_s: float | None = None) -> ProductionView:
    """The whole view. ``progress`` is 0..1 by shot id for shots that are being rendered now; ``eta_s`` what is left."""
    plan, running = state.planned, progress or {}
    shots = tuple(_shot_view(state, shot, running.get(shot.id)) for shot in plan.shots)
    return ProductionView(
        id=plan.production,
        partner=plan.partner,
        title=plan.title or "(erased)",
        state=state.state,
        version=state.version,
        decision=plan.decision,
        shots=shots,
        fraction=_fraction(state, running),
        phase=_phase(state),
        output=_output(state),
        stop=_stop(state),
        submitted_at=plan.at,
        film=plan.film or plan.production,
        revises=plan.revises,
        removed=plan.removed,
        eta_s=eta_s if state.running else None,
        phases=phases(state, running) if plan.shots else {},
    )


def _shot_view(state: Production, planned: Shot, progress: float | None) -> ShotView:
    shot, take = state.shot(planned.id), state.takes.get(planned.id)
    indices = [state.lines[line.index].ledger_index for line in shot.lines if line.index in state.lines]
    indices.append(take.ledger_index if take else None)
    shot_state = _shot_state(state, shot, progress)
    return ShotView(
        id=shot.id,
        key=shot.key,
        alternate=shot.alternate,
        lock=shot.lock,
        kept=state.planned.kept[shot.id].production if shot.id in state.planned.kept else None,
        changes=state.planned.changes.get(shot.id, ()),
        held=state.planned.held.get(shot.id, ()),
        seed=shot.seed,
        number=shot.number,
        heading=shot.heading,
        size=shot.size,
        characters=tuple(dict.fromkeys([c.name for c in shot.characters] + [line.character for line in shot.lines])),
        seconds=round(shot.seconds, 3),
        state=shot_state,
        fraction=1.0 if shot_state == "rendered" else round(progress or 0.0, 3),
        reused=take.reused if take else False,
        take=take.sha256 if take else None,
        permits=(take.permit,) if take and take.permit else (),
        ledger_indices=tuple(index for index in indices if index is not None),
    )


def _shot_state(state: Production, shot: Shot, progress: float | None) -> ShotState:
    if shot.id in state.takes:
        return "rendered"
    if any(shot.id in purge.shots for purge in state.purged):
        return "purged"
    if state.state in _OVER:
        return _OVER[state.state]
    if shot.id in state.timed:
        return "rendering" if progress is not None else "spoken"
    return "speaking" if any(line.index in state.lines for line in shot.lines) else "waiting"


def _fraction(state: Production, running: Mapping[str, float]) -> float:
    """Of the whole work, each phase with its share."""
    if state.state in ("released", "purged"):
        return 1.0
    done = phases(state, running)
    return round(sum(SHARES[phase] * done[phase] for phase in SHARES), 3)


def _phase(state: Production) -> str:
    """What is being worked on, in one word."""
    if not state.running:
        return state.state
    if state.assembly is not None:
        return "releasing" if state.sealed else "assembling"
    lines = sum(len(shot.lines) for shot in state.planned.shots)
    return "speech" if len(state.lines) < lines else "pictures" if len(state.takes) < len(state.timed) else "sound"


def _output(state: Production) -> OutputView | None:
    plan, film, released = state.planned, state.sealed, state.released
    if film is None or released is None or state.state == "purged":
        return None
    return OutputView(
        id=film.output,
        production=plan.production,
        sha256=film.sha256,
        bytes=film.bytes,
        seconds=film.seconds,
        width=plan.shots[0].width,
        height=plan.shots[0].height,
        fps=plan.shots[0].fps,
        ledger_index=released.ledger_index,
        released_at=released.at,
        grants=tuple(dict.fromkeys(plan.decision.grants.values())),
        checks=film.checks,
        contact_sheet=film.contact_sheet,
        files=film.files,
    )


def _stop(state: Production) -> Stop | None:
    if state.stop is not None:
        return Stop.model_validate(state.stop.model_dump())
    if state.failure is not None:
        return Stop.model_validate(state.failure.model_dump())
    if state.state == "purged":
        last = state.purged[-1]
        return Stop(code=last.code, detail=WHY_PURGED[last.code], ledger_index=last.ledger_index, at=last.at)
    if state.cancelled is not None:
        return Stop(code="generation.cancelled", detail="the partner cancelled it", at=state.cancelled.at)
    return None
