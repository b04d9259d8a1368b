"""The retention clocks: until when a subject's reference files may be kept, by what its grants say.

A file is kept as long as any grant that names it lets it: N days after that grant's last use (after it was recorded,
while it was never used), whether or not the grant still stands. A withdrawal with ``delete`` ends its hold at once; one
with ``keep`` holds until the evidence may go.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from consent_service.contract import events as kinds
from consent_service.contract.retention import DueDeletion, RecordDeletion
from consent_service.domain.grants import GrantNow
from infra.eventlog.log import NewEvent


def kept_until(grant: GrantNow) -> datetime:
    """Until when this grant lets the files it names be kept."""
    terms = grant.terms
    if grant.state == "withdrawn" and grant.changed_at is not None:
        return grant.changed_at if terms.revocation.after_withdrawal == "delete" else terms.retention.evidence_until
    if grant.state == "invalidated" and grant.changed_at is not None:
        return grant.changed_at
    return (grant.last_used or grant.recorded_at) + timedelta(
        days=terms.retention.delete_biometrics_days_after_last_use
    )


def due(subject: str, grants: Iterable[GrantNow], gone: Mapping[str, datetime], now: datetime) -> DueDeletion | None:
    """The subject's files that nothing keeps any longer at ``now``; ``gone`` says which were deleted, and when."""
    standing = [grant for grant in grants if grant.state != "requested"]
    ends: dict[str, datetime] = {}
    for grant in standing:
        for asset in grant.terms.assets:
            ends[asset] = max(kept_until(grant), ends.get(asset, datetime.min.replace(tzinfo=now.tzinfo)))
    over = {asset: end for asset, end in ends.items() if end <= now and not (asset in gone and gone[asset] >= end)}
    if not over:
        return None
    about = [grant for grant in standing if set(grant.terms.assets) & over.keys()]
    return DueDeletion(
        subject=subject, assets=tuple(sorted(over)), due=min(over.values()),
        grants=tuple(sorted(grant.id for grant in about)),
        evidence_until=max(grant.terms.retention.evidence_until for grant in about),
    )  # fmt: skip


def deleted(command: RecordDeletion, now: datetime) -> NewEvent:
    """The entry that says which files are gone. It names digests only."""
    data = {"subject": command.subject, "assets": sorted(set(command.assets))}
    return NewEvent(kinds.BIOMETRICS_DELETED, data, now, command_id=command.command_id)


def stream(subject: str) -> str:
    """The stream of a subject's deletions."""
    return f"references-{subject}"
