"""Making every decision of a ledger again, from its entries alone, and comparing the answers. Pure: entries come in.

For each ``decision-made`` entry:

(1) the policy it names is the one in force at its index
(2) what it says it saw exists, and nothing that was written two seconds or more before it was left unseen: parties,
    flags, all grants of the subjects asked about, uses consumed
(3) an approval it relies on was signed for, and not taken back before
(4) the same rules over the same request in the same world give the same answer: allow or deny, by the same grants, for
    the same reasons

What the ledger holds as commitments only (words, screenplay, title, project, brand) is not read again: what was found
in it is in the entry, and counts as recorded. The rules are those of this release; an entry under another version of
them may differ for that reason alone, and the report says which version it names.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.decisions import DecisionRequest, Reason
from consent_service.domain import flags, grants, parties
from consent_service.domain.decisions import Verdict, World, decide
from consent_service.domain.policy import current_policy
from consent_service.domain.projector import moves
from infra.eventlog.log import Event
from infra.kernel.rpc import Message

UNSEEN = timedelta(seconds=2)
"""Two transactions may pass each other; what was written longer before a decision must have been seen by it."""
_FOLDS: Mapping[str, Any] = {"party": parties.evolve, "grant": grants.evolve, "flag": flags.evolve}


class Replayed(Message):
    """One decision made again. ``faults`` is empty when the answer is the same; ``replayable`` is False for an entry
    that does not hold its request (too large, or older than replays).
    """

    decision: str
    index: int
    allow: bool
    policy: str
    same_rules: bool
    replayable: bool = True
    faults: tuple[str, ...] = ()


@dataclass
class _Row:
    """All states of one party, grant or flag by version, and when each was written."""

    states: dict[int, tuple[Any, Event]] = field(default_factory=dict)

    def latest(self) -> Any:
        return self.states[max(self.states)][0] if self.states else None


@dataclass
class Replay:
    """Feed it entries in ledger order with :meth:`see`."""

    _rows: dict[tuple[str, str], _Row] = field(default_factory=dict)
    _uses: dict[str, list[Event]] = field(default_factory=dict)
    _policy: str = ""
    _approved: dict[tuple[str, str], bool] = field(default_factory=dict)

    def see(self, event: Event) -> Replayed | None:
        """The decision in ``event`` made again; None for every other entry."""
        if event.type == kinds.POLICY_ADOPTED:
            self._policy = event.data["digest"]
        elif event.type in (kinds.USE_APPROVED, kinds.USE_REFUSED):
            self._approved[event.data["decision"], event.data["grant"]] = event.type == kinds.USE_APPROVED
        elif event.type == kinds.DECISION_MADE:
            return self._again(event)
        for move in moves(event):
            if move.model == "use":
                self._uses.setdefault(move.key, []).append(event)
            elif move.model in _FOLDS:
                row = self._rows.setdefault((move.model, move.key), _Row())
                row.states[event.version] = (_FOLDS[move.model](row.latest(), event), event)
        return None

    def _again(self, event: Event) -> Replayed:
        data, named = event.data, event.data.get("policy") or {}
        replayable = "request" in data and "seen" in data
        faults = tuple(self._faults(event)) if replayable else ()
        return Replayed(
            decision=data["decision"], index=-1 if event.position is None else event.position, allow=data["allow"],
            policy=str(named.get("version", "")), same_rules=named.get("digest") == current_policy().digest,
            replayable=replayable, faults=faults,
        )  # fmt: skip

    def _faults(self, event: Event) -> Iterator[str]:
        data, seen = event.data, event.data["seen"]
        if data["policy"].get("digest") != self._policy:
            yield "it names another policy than the one in force"
        request = DecisionRequest.model_validate(data["request"])
        unseen = list(self._unseen(event, request))
        yield from unseen
        yield from self._unapproved(request, seen["approved"])
        if not any("never written" in one for one in unseen):
            yield from _differences(decide(request, self._world(event)), data)

    def _world(self, event: Event) -> World:
        seen = event.data["seen"]

        def at(model: str, versions: Mapping[str, int]) -> dict[str, Any]:
            return {key: self._rows[model, key].states[version][0] for key, version in versions.items()}

        held = [
            grant.model_copy(update={"uses": seen["uses"][key]}) for key, grant in at("grant", seen["grants"]).items()
        ]
        sealed = {
            grant.id: tuple(Reason(code=code, detail="") for code in seen["texts"].get(grant.id, ())) for grant in held
        }
        return World(
            now=event.at, parties=at("party", seen["parties"]), grants=held, flags=at("flag", seen["flags"]),
            approved=frozenset(seen["approved"]), sealed=sealed,
        )  # fmt: skip

    def _unseen(self, event: Event, request: DecisionRequest) -> Iterator[str]:
        """Duty 2."""
        seen, subjects = event.data["seen"], {use.subject for use in request.uses}
        concerned = {
            "party": {request.partner, *subjects},
            "flag": {key for model, key in self._rows if model == "flag"},
        }
        concerned["grant"] = {key for (model, key), row in self._rows.items() if model == "grant"
                              and row.latest().terms.subject.handle in subjects}  # fmt: skip
        for model, many in (("party", "parties"), ("flag", "flags"), ("grant", "grants")):
            for key in sorted(concerned[model] | seen[many].keys()):
                row, version = self._rows.get((model, key), _Row()), seen[many].get(key, 0)
                if version and version not in row.states:
                    yield f"it saw version {version} of {model} {key}, which was never written before it"
                later = (written for number, (_, written) in row.states.items() if number > version)
                if any(written.at <= event.at - UNSEEN for written in later):
                    yield f"it did not see what was written about {model} {key} before it"
        for key, count in seen["uses"].items():
            used = self._uses.get(key, [])
            if not sum(one.at <= event.at - UNSEEN for one in used) <= count <= len(used):
                yield f"it counted {count} uses of grant {key}, the ledger {len(used)}"

    def _unapproved(self, request: DecisionRequest, approved: Iterable[str]) -> Iterator[str]:
        """Duty 3."""
        for grant in approved:
            if not self._approved.get((request.approved or "", grant), False):
                yield f"it relies on an approval under grant {grant} that nobody signed"


def _differences(verdict: Verdict, data: Mapping[str, Any]) -> Iterator[str]:
    """Duty 4."""
    if verdict.allow != data["allow"]:
        yield f"the rules say {'allow' if verdict.allow else 'deny'}, the entry says the opposite"
    if verdict.grants != data["grants"]:
        yield "the rules choose other grants"
    about = ("code", "subject", "modality", "grant", "flag")
    again = Counter(tuple(getattr(why, name) for name in about) for why in verdict.reasons)
    said = Counter(tuple(why.get(name) for name in about) for why in data["reasons"])
    if again != said:
        odd = sorted({str(why[0]) for why in (again - said) + (said - again)})
        yield "the rules give other reasons: " + ", ".join(odd)


def replay(events: Iterable[Event]) -> list[Replayed]:
    """Every decision among ``events`` (all entries, in ledger order), made again."""
    run = Replay()
    return [found for found in map(run.see, events) if found is not None]
