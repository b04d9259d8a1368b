"""Flags: changed by operators' signatures, read by everybody. A change holds the flag's row until it is committed."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from consent_service.contract.flags import SHIPPED_FLAGS, FlagEvaluation
from consent_service.contract.methods import ApproveFlag, ChangeFlag, EvaluateFlag, FlagRecorded, Flags
from consent_service.domain import evaluation, flags
from consent_service.domain.flags import FlagNow
from consent_service.domain.parties import PartyNow
from consent_service.usecases.parts import Parts
from infra.eventlog.log import NewEvent
from infra.kernel.canonical import digest
from infra.kernel.errors import Conflict


def ship_flags(parts: Parts) -> None:
    """Enter the shipped state of each flag that the ledger does not know yet. Repeating it changes nothing."""
    for key in SHIPPED_FLAGS:
        try:
            parts.log.run(partial(_ship, parts, key))
        except Conflict as conflict:
            if conflict.code != "eventlog.version":  # another instance shipped it in the same moment
                raise


def _ship(parts: Parts, key: str, tx: Any) -> None:
    if not parts.views.flags(tx, keys=[key]):
        parts.append(tx, flags.stream(key), 0, [flags.shipped(key, parts.clock.now())])


def change_flag(parts: Parts, command: ChangeFlag) -> FlagRecorded:
    """Narrow at once, or propose a widening. The change id is the command id: the same change is made once."""
    change = command.change

    def work(tx: Any) -> dict[str, Any]:
        flag, operator = _read(parts, tx, change.flag, change.operator)
        events = flags.change(flag, operator, change, command.signature, parts.clock.now())
        return _write(parts, tx, change.flag, flag, events)

    return _recorded(parts, f"flag-change:{change.change_id}", command, work)


def approve_flag(parts: Parts, command: ApproveFlag) -> FlagRecorded:
    """The second operator's signature lets the pending widening take effect."""
    approval = command.approval

    def work(tx: Any) -> dict[str, Any]:
        key = _pending_flag(parts, tx, approval.change_id)
        flag, operator = _read(parts, tx, key, approval.operator)
        events = flags.approve(flag, operator, approval, command.signature, parts.clock.now())
        return _write(parts, tx, key, flag, events)

    return _recorded(parts, f"flag-approval:{approval.change_id}:{approval.operator}", command, work)


def get_flags(parts: Parts) -> Flags:
    """All flags and the version of them together."""

    def work(tx: Any) -> Flags:
        found = parts.views.flags(tx)
        views = tuple(found[key].view() for key in sorted(found))
        return Flags(flags=views, version=sum(flag.version for flag in found.values()))

    return parts.log.run(work)


def evaluate_flag(parts: Parts, query: EvaluateFlag) -> FlagEvaluation:
    """What one flag answers one partner, in OpenFeature's words."""

    def work(tx: Any) -> FlagEvaluation:
        partner = parts.views.parties(tx, [query.partner]).get(query.partner)
        ruling = evaluation.rule(parts.views.flags(tx), query.flag, partner, query.partner)
        return evaluation.answer(query.flag, ruling)

    return parts.log.run(work)


def _read(parts: Parts, tx: Any, key: str, operator: str) -> tuple[FlagNow | None, PartyNow | None]:
    flag = parts.views.flags(tx, keys=[key], lock="update").get(key)
    return flag, parts.views.parties(tx, [operator]).get(operator)


def _pending_flag(parts: Parts, tx: Any, change_id: str) -> str:
    waiting = (
        key for key, flag in parts.views.flags(tx).items() if flag.pending and flag.pending.change_id == change_id
    )
    return next(waiting, "")


def _write(parts: Parts, tx: Any, key: str, flag: FlagNow | None, events: Sequence[NewEvent]) -> dict[str, Any]:
    stored = parts.append(tx, flags.stream(key), 0 if flag is None else flag.version, events)
    return {"entry": stored[0].id, "flag": key}


def _recorded(parts: Parts, command_id: str, command: ChangeFlag | ApproveFlag, work: Any) -> FlagRecorded:
    fingerprint = digest(command.model_dump(mode="json"))
    answer = parts.log.run(lambda tx: tx.once(command_id, fingerprint, lambda: work(tx)))
    change_id = command.change.change_id if isinstance(command, ChangeFlag) else command.approval.change_id
    recorded = parts.proofs.recorded(str(answer["entry"]), change_id)
    key = str(answer["flag"])
    flag = parts.log.run(lambda tx: parts.views.flags(tx, keys=[key]))[key]
    pending = flag.pending is not None and flag.pending.change_id == change_id
    return FlagRecorded(flag=flag.view(), recorded=recorded, pending=pending)
