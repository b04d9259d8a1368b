"""Released outputs as they stand: handed out, or called back by a withdrawal whose terms say so.

Stream ``output-<sha256>`` holds the recalls; the release itself is an event of the job that made it.
"""

from datetime import datetime, timedelta

from consent_service.contract import events as kinds
from consent_service.contract.retention import OutputStanding
from consent_service.domain.grants import GrantNow
from infra.eventlog.log import Event, NewEvent
from infra.kernel.clock import rfc3339
from infra.kernel.rpc import Message


class OutputNow(Message):
    """An output after its last event. ``recalled_for`` is the grant whose withdrawal called it back."""

    sha256: str
    production: str
    partner: str
    grants: tuple[str, ...]
    released_at: datetime
    recalled_at: datetime | None = None
    recalled_for: str | None = None
    takedown_by: datetime | None = None

    def standing(self) -> OutputStanding:
        """As its readers see it."""
        state = "released" if self.recalled_at is None else "recalled"
        return OutputStanding.model_validate(
            {"output_sha256": self.sha256, "state": state, **self.model_dump(exclude={"sha256"})}
        )


def stream(sha256: str) -> str:
    """The stream of an output's recalls."""
    return f"output-{sha256}"


def evolve(now: OutputNow | None, event: Event) -> OutputNow | None:
    """The output after ``event``. Released again under a later permission, it stands again."""
    data = event.data
    if event.type == kinds.OUTPUT_RELEASED:
        return OutputNow(
            sha256=data["output_sha256"], production=data["production"], partner=data["partner"],
            grants=tuple(data["grants"]), released_at=event.at,
        )  # fmt: skip
    if now is None:
        return None
    recalled = {"recalled_at": event.at, "recalled_for": data["grant"], "takedown_by": data["takedown_by"]}
    return OutputNow.model_validate(now.model_dump() | recalled)


def recalled(output: OutputNow, grant: GrantNow, now: datetime) -> NewEvent:
    """The event that calls an output back, with the time by which copies elsewhere must be gone."""
    by = now + timedelta(hours=grant.terms.duties.takedown_sla_hours)
    data = {
        "output_sha256": output.sha256, "production": output.production, "partner": output.partner, "grant": grant.id,
        "takedown_by": rfc3339(by),
    }  # fmt: skip
    return NewEvent(kinds.OUTPUT_RECALLED, data, now)
