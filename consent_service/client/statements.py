"""Who signed what in the ledger: parties, flags, grants and their changes, judged in ledger order. Pure.

    (a) a grant is signed over exactly the terms in the entry, by the key that its subject, or the representative its
        terms name, has registered at that index
    (b) a change of a grant is signed by a party that may make it: the subject, whoever signed for it, its union
        (suspend and resume), an operator (invalidate). Time and succession alone end a grant without a signature
    (f) a flag is narrowed by one operator's signature; widened only by the signatures of two, the second over the
        first one's proposal; and the state entered is the one that was signed
    (g) a party keeps its kind; a key is 32 bytes

No rule trusts what an entry says about itself: keys are those of earlier ``party-registered`` entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.flags import APPROVAL_CONTEXT, FLAG_CONTEXT
from consent_service.contract.ledger import WITHDRAW_CONTEXT
from infra.eventlog.log import Event
from infra.kernel.crypto import unb64u, verify_value
from infra.kernel.errors import AssentError

Found = Iterator[tuple[str, str]]
"""``(code, detail)`` of what is wrong."""

_REACH = {"off": 0, "paused": 0, "limited": 1, "on": 2}
_UNSIGNED_ENDS = ("consent.grant-expired.v1", "consent.grant-invalidated.v1")
_UNION = frozenset({"suspend", "resume"})
_NOBODY: dict[str, Any] = {"kind": "", "public_key": None, "attributes": {}, "state": "unknown"}


@dataclass
class Parties:
    """Every party as its last registration left it."""

    _known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def register(self, data: dict[str, Any]) -> Found:
        """Rule (g)."""
        before = self._known.get(data["handle"])
        if before is not None and before["kind"] != data["kind"]:
            yield "consent.party_kind", "a party became another kind of party"
        if data["public_key"] is not None and not _is_key(data["public_key"]):
            yield "consent.bad_key", "a party registered something that is no Ed25519 key"
        self._known[data["handle"]] = data

    def get(self, handle: str) -> dict[str, Any]:
        """The party; an empty one where nobody registered the handle."""
        return self._known.get(handle, _NOBODY)

    def has_signed(self, event: Event, handle: str, context: str, value: Any) -> bool:
        """Whether one of the entry's signatures is by the party's registered key over ``value`` in ``context``."""
        key = self.get(handle)["public_key"]
        return key is not None and any(_is_good(one, key, context, value) for one in event.signatures)

    def may(self, handle: str, *capabilities: str) -> bool:
        """Whether an active operator was given one of the capabilities (``pause``, ``resume``)."""
        party = self.get(handle)
        given = party["attributes"].get("can", "").replace(",", " ").split()
        return party["kind"] == "operator" and party["state"] == "active" and bool({*capabilities} & {*given})


def signer_of(terms: dict[str, Any]) -> str:
    """The handle of the one whose signature makes a grant."""
    return str(terms["subject"].get("authority_ref") or terms["subject"]["handle"])


def judge_grant(event: Event, parties: Parties) -> Found:
    """Rule (a)."""
    terms = event.data["terms"]
    signer = signer_of(terms)
    key = parties.get(terms["subject"]["handle"])["public_key"] or parties.get(signer)["public_key"]
    if key is None or key != terms["subject"]["public_key"]:
        yield "consent.grant_unsigned", "the grant's key is not the one its subject has registered"
    elif not parties.has_signed(event, signer, "assent/grant/v1", terms):
        yield "consent.grant_unsigned", "the grant is not signed by its subject over these terms"


def judge_change(event: Event, terms: dict[str, Any], parties: Parties) -> Found:
    """Rule (b)."""
    if "change" not in event.data and event.type in _UNSIGNED_ENDS:
        return
    change = event.data["change"]
    by = change.get("by") or signer_of(terms)
    if not parties.has_signed(event, by, WITHDRAW_CONTEXT, change):
        yield "consent.change_unsigned", "the change is not signed by the grant's subject or who may sign for it"
    elif not _may_change(by, change["action"], terms["subject"], parties):
        yield "consent.change_not_allowed", f"the one who signed may not {change['action']} this grant"


def _may_change(by: str, action: str, subject: dict[str, Any], parties: Parties) -> bool:
    if by in (subject["handle"], subject.get("authority_ref")):
        return action != "invalidate"
    if by == subject.get("representative") and subject.get("representation") == "union":
        return action in _UNION
    return action == "invalidate" and parties.may(by, "pause")


@dataclass
class Flags:
    """Every flag's state and targeting, and the widening that waits for a second operator."""

    _now: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _proposed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def judge(self, event: Event, parties: Parties) -> Found:
        """Rule (f)."""
        data = event.data
        if event.type == kinds.FLAG_SHIPPED:
            if event.version != 1:
                yield "consent.flag_unsigned", "a flag's state was set without a signature"
        elif event.type == kinds.FLAG_APPROVED:
            yield from self._approve(event, parties)
        else:
            yield from self._change(event, parties)
        if event.type == kinds.FLAG_PROPOSED:
            self._proposed[data["flag"]] = data["change"]
        else:
            self._now[data["flag"]] = (data["state"], data["targeting"])
            self._proposed.pop(data["flag"], None)

    def _change(self, event: Event, parties: Parties) -> Found:
        change, proposed = event.data["change"], event.type == kinds.FLAG_PROPOSED
        if not parties.has_signed(event, change["operator"], FLAG_CONTEXT, change):
            yield "consent.flag_unsigned", "the change of the flag is not signed by its operator"
        elif not parties.may(change["operator"], "pause", "resume"):
            yield "consent.flag_not_allowed", "who signed the change of the flag is no operator that may"
        if not proposed:
            yield from self._verify_effect(event, change)
            if self._widens(event.data):
                yield "consent.flag_not_allowed", "the flag was widened by one operator alone"

    def _approve(self, event: Event, parties: Parties) -> Found:
        approval, proposed = event.data["approval"], self._proposed.get(event.data["flag"])
        if proposed is None or proposed["change_id"] != approval["change_id"]:
            yield "consent.flag_not_allowed", "an approval of a change that nobody had proposed"
            return
        if not parties.has_signed(event, approval["operator"], APPROVAL_CONTEXT, approval):
            yield "consent.flag_unsigned", "the approval is not signed by its operator"
        elif approval["operator"] == proposed["operator"] or not parties.may(approval["operator"], "resume"):
            yield "consent.flag_not_allowed", "the approval is not by a second operator that may resume"
        yield from self._verify_effect(event, proposed)

    def _verify_effect(self, event: Event, change: dict[str, Any]) -> Found:
        """What took effect is what was signed; targeting that was not named stays."""
        data = event.data
        before = self._now.get(data["flag"], ("", data["targeting"]))[1]
        signed = (change["flag"], change["state"], change["targeting"] or before)
        if (data["flag"], data["state"], data["targeting"]) != signed:
            yield "consent.flag_not_allowed", "the flag's new state is not the one that was signed"

    def _widens(self, data: dict[str, Any]) -> bool:
        """Whether anybody could be allowed afterwards who was not before. A flag nobody saw before is taken as off."""
        state, before = self._now.get(data["flag"], ("off", data["targeting"]))
        if _REACH[state] != _REACH[data["state"]]:
            return _REACH[data["state"]] > _REACH[state]
        after = data["targeting"]
        fewer = all({*after[name]} <= {*before[name]} for name in ("tiers", "partners"))
        return _REACH[state] == 1 and not (fewer and after["percentage"] <= before["percentage"])


def _is_good(signature: dict[str, str], key: str, context: str, value: Any) -> bool:
    if (signature.get("key"), signature.get("context")) != (key, context):
        return False
    try:
        verify_value(key, context, value, signature.get("signature", ""))
    except AssentError:
        return False
    return True


def _is_key(text: str) -> bool:
    try:
        return len(unb64u(text)) == 32
    except AssentError:
        return False
