"""Planning a script without making anything: no decision is asked, nothing is written, nobody's references are read."""

from collections.abc import Callable
from dataclasses import dataclass

from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.contract.plans import PlanScript, PlanView
from generation_service.domain.casting import Roster, check_cast
from generation_service.domain.overview import mistakes, overview
from generation_service.domain.plan import PlaceOf, plan
from generation_service.domain.script import read_script
from infra.kernel.errors import Invalid


@dataclass(frozen=True)
class Preview:
    """``roster`` says what may be cast, ``place_of`` is the painter's."""

    roster: Callable[[], Roster]
    place_of: PlaceOf

    def __call__(self, query: PlanScript) -> PlanView:
        """The plan, or its problems: a script with mistakes is an answer here, not an error. A subject named without
        references is planned as a face that will be given.
        """
        command = SubmitProduction(
            **query.model_dump(exclude={"cast"}), cast=query.cast, command_id="plan", partner="plan",
            purpose="entertainment",
        )  # fmt: skip
        try:
            command, script = read_script(command)
            roster = self.roster()
            cast = {name: _with_face(member) for name, member in command.cast.items()}
            check_cast(cast, roster)
            planned = plan(command.model_copy(update={"cast": cast}), "plan", script, roster, self.place_of)
        except Invalid as refused:
            return mistakes(refused)
        return overview(planned, command.cast)


def _with_face(member: CastMember) -> CastMember:
    if member.subject is None or member.face or member.voice:
        return member
    return member.model_copy(update={"face": "0" * 64})
