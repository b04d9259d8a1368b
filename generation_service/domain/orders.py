"""What must be sent out because of a fact: jobs for the audio worker and the render worker. Pure; ids repeat.

The same fact always makes the same jobs under the same ids, so an order that is sent twice is done once.
"""

from collections.abc import Iterator

from audio_service.contract.jobs import KnownLine, LineJob, MixJob
from consent_service.contract.decisions import Use
from generation_service.contract.jobs import AssembleJob, Heard, KeptTake, RenderJob, Seen, Spoken, TakeNote, TakeRef
from generation_service.contract.shots import Character, Line, Shot
from generation_service.domain import facts as f
from generation_service.domain.digests import take_digest
from generation_service.domain.mixing import mix_job
from generation_service.domain.needs import AUDIO, VIDEO, face_uses, features_of, job_uses, voice_uses
from generation_service.domain.plan import stable_id
from generation_service.domain.production import Production
from generation_service.domain.timing import starts_of
from generation_service.domain.tongues import engine_tag, said, tongue_of

Job = LineJob | MixJob | RenderJob | AssembleJob


def orders_for(state: Production, fact: f.Fact) -> Iterator[Job]:
    """Jobs that ``fact`` asks for; ``state`` has the fact in it already."""
    if isinstance(fact, f.Submitted) and not isinstance(fact, f.Refused):
        yield from (line_job(fact, shot, line) for shot in fact.shots for line in shot.lines)
    elif isinstance(fact, f.ShotTimed):
        yield _render_job(state, fact)
    elif isinstance(fact, f.MixAsked):
        yield mix_job(state, fact)
    elif isinstance(fact, f.AssemblyAsked):
        yield _assemble_job(state, fact)


def line_job(plan: f.Submitted, shot: Shot, line: Line) -> LineJob:
    """Speak one line; a locked shot names the sound that its take was made to."""
    uses = job_uses(voice_uses(line, plan.member(shot.id, line.character)), plan.uses)
    kept = plan.kept.get(shot.id)
    known = kept.lines.get(line.index) if kept else None
    tongue = tongue_of(line.text, plan.language)
    return LineJob(
        job=stable_id("job", plan.production, "line", line.index),
        production=plan.production,
        shot=shot.id,
        line=line.index,
        decision=plan.decision.id,
        text=said(line.text, tongue),
        voice=plan.voice(shot.id, line.character),
        style=line.style,
        language=engine_tag(tongue),
        seed=plan.seed,
        uses=uses,
        features=features_of(uses, (AUDIO,)),
        known=known_line(known, kept.production, kept=True) if kept and known else None,
    )


def known_line(line: f.LineDone, production: str, *, kept: bool = False) -> KnownLine:
    """A spoken line as something to be used again; it lies under the key of ``production``."""
    fields = {"sha256", "engine", "timing", "similarity_before", "similarity_after"}
    return KnownLine(production=production, kept=kept, **{name: getattr(line, name) for name in fields})


def _render_job(state: Production, timed: f.ShotTimed) -> RenderJob:
    plan, shot = state.planned, state.shot(timed.shot)
    kept = plan.kept.get(shot.id)
    uses = _shot_uses(shot, plan.uses)
    return RenderJob(
        job=timed.job,
        production=plan.production,
        partner=plan.partner,
        decision=plan.decision.id,
        shot=shot,
        digest=digest_of(state, shot),
        uses=uses,
        grants=grants_of(plan),
        features=features_of(uses, (VIDEO,)),
        backend=plan.painter,
        kept=KeptTake(production=kept.production, sha256=kept.sha256) if kept else None,
    )


def digest_of(state: Production, shot: Shot) -> str:
    """The address of a shot's take; a locked one keeps the address its take was made under."""
    kept = state.planned.kept.get(shot.id)
    if kept is not None and kept.digest:
        return kept.digest
    spoken = [state.lines[line.index].sha256 for line in shot.lines]
    return take_digest(shot, spoken, state.planned.painter or state.planned.backend)


def grants_of(plan: f.Submitted) -> tuple[str, ...]:
    """All grants the film stands on, each once."""
    return tuple(dict.fromkeys(plan.decision.grants.values()))


def _shot_uses(shot: Shot, decided: tuple[Use, ...]) -> tuple[Use, ...]:
    return job_uses(face_uses(shot), decided)


def _caption(shot: Shot) -> str:
    if shot.lines:
        return f"{shot.size}  {shot.lines[0].character}: {shot.lines[0].text}"
    return f"{shot.size}  {shot.action or shot.heading}"


def _heard(plan: f.Submitted, shot: Shot, line: Line, start: float) -> Heard:
    voice = plan.voice(shot.id, line.character)
    begin = start + line.start_s
    return Heard(
        character=line.character,
        voice=voice.stock or voice.asset or "",
        start_s=round(begin, 6),
        end_s=round(begin + line.seconds, 6),
        on_screen=shot.speaker == line.character,
        whispered=line.style.emotion == "whisper",
    )


def _note(state: Production, shot: Shot) -> TakeNote:
    take = state.takes[shot.id]
    return TakeNote(
        key=shot.key,
        digest=take.digest,
        heading=shot.heading,
        seed=shot.seed,
        alternate=shot.alternate,
        lock=shot.lock,
        reused=take.reused,
        permit=take.permit,
        grants=grants_of_shot(state.planned, shot),
        ledger_index=take.ledger_index,
    )


def grants_of_shot(plan: f.Submitted, shot: Shot) -> tuple[str, ...]:
    """The grants one shot stands on: for the faces it shows and the voices it lets hear, each once."""
    uses = face_uses(shot)
    for line in shot.lines:
        uses += voice_uses(line, plan.member(shot.id, line.character))
    wanted = {f"{use.subject}/{use.modality}" for use in uses}
    return tuple(dict.fromkeys(grant for name, grant in plan.decision.grants.items() if name in wanted))


def _spoken(shots: tuple[Shot, ...]) -> Iterator[Spoken]:
    for shot, start in zip(shots, map(float, starts_of(shots)), strict=True):
        for line in shot.lines:
            begin = round(start + line.start_s, 6)
            words = tuple(
                word.model_copy(update={"start_s": begin + word.start_s, "end_s": begin + word.end_s})
                for word in line.words
            )
            end = round(begin + line.seconds, 6)
            yield Spoken(character=line.character, text=line.text, start_s=begin, end_s=end, words=words)


def _with_a_face(shot: Shot) -> Iterator[Character]:
    """Who can be known by the face in a shot: not who shows their hands or eyes only."""
    parts = {one.name for one in shot.entities if one.doing.split(" ")[0] in ("hands", "eyes")}
    return (one for one in shot.characters if one.name not in parts)


def _assemble_job(state: Production, asked: f.AssemblyAsked) -> AssembleJob:
    plan, shots, track = state.planned, state.shots(), state.track
    takes = tuple(
        TakeRef(
            shot=shot.id,
            sha256=state.takes[shot.id].sha256,
            frames=shot.frames,
            transition=shot.transition,
            caption=_caption(shot),
            note=_note(state, shot),
            size=shot.size,
            seen=tuple(Seen(name=one.name, stock=one.stock, face=one.face) for one in _with_a_face(shot)),
            lines=tuple(_heard(plan, shot, line, float(start)) for line in shot.lines),
        )
        for shot, start in zip(shots, starts_of(shots), strict=True)
    )
    return AssembleJob(
        job=asked.job,
        production=plan.production,
        partner=plan.partner,
        title=plan.title,
        output=asked.output,
        decision=plan.decision.id,
        takes=takes,
        track=track.sha256 if track else "",
        loudness_lufs=track.loudness_lufs if track else 0.0,
        ducking_db=track.ducking_db if track else 0.0,
        width=shots[0].width,
        height=shots[0].height,
        fps=shots[0].fps,
        decision_index=plan.decision.ledger_index,
        grants=grants_of(plan),
        uses=job_uses(plan.uses, plan.uses),
        features=plan.features,
        stems=dict(track.stems) if track else {},
        spoken=tuple(_spoken(shots)),
        captions=plan.captions != "none",
        made_with=plan.painter or plan.backend,
    )
