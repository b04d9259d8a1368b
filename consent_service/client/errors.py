"""How a guard stops a run: one exception to catch, with the kind that says who said no."""

from typing import Any

from infra.kernel.errors import AssentError, Denied, Paused, Unavailable

_LOST = frozenset(
    {
        "consent.lease_expired", "consent.lease_superseded", "consent.lease_closed", "consent.permit_expired",
        "consent.too_many_running", "consent.grant_narrowed",
    }
)  # fmt: skip
"""Refusals that say nothing about consent: the run was too slow, another has its place, or the terms changed under it.
Asking again is right: the next permit is decided under what stands then."""


class Stopped(AssentError):
    """The run must end here and keep nothing. ``cause_at_ms`` is the commit time of what stopped it (Unix ms)."""

    @property
    def cause_at_ms(self) -> float | None:
        """None where no entry caused it (no heartbeat, no answer)."""
        at = self.info.get("at_ms")
        return None if at is None else float(at)


class StoppedByPause(Stopped, Paused):
    """A feature it needs was paused or switched off."""


class StoppedByConsent(Stopped, Denied):
    """A grant it stands on was withdrawn or suspended, or a party was."""


class StoppedUnsure(Stopped, Unavailable):
    """Nobody can say whether it may go on."""


def stopped(error: AssentError, **info: Any) -> Stopped:
    """A refusal by the consent service as the stop of a run."""
    if isinstance(error, Stopped):
        return error
    kind: type[Stopped] = StoppedByConsent
    if isinstance(error, Paused):
        kind = StoppedByPause
    elif isinstance(error, Unavailable) or error.code in _LOST:
        kind = StoppedUnsure
    return kind(error.code, error.detail, fix=error.fix, **{**error.info, **info})
