"""Witness policies, C2SP tlog-policy: which logs, which witnesses, and how many of them make a quorum. Pure.

The keys in a policy are its user's own; none is ever taken from what it is held against. Errors: :class:`Invalid`
(``consent.policy_malformed``).
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from infra.kernel.errors import Invalid
from infra.tlog.cosignature import WitnessKey, parse_witness_key, read_cosignatures
from infra.tlog.note import VerifierKey, parse_vkey

_NONE = "none"
_LIMIT = 64


@dataclass(frozen=True)
class WitnessLine:
    """One witness: ``name`` counts inside the policy only; ``url`` is its submission prefix, empty where none is."""

    name: str
    key: WitnessKey
    url: str = ""

    def text(self) -> str:
        """The policy's line for it."""
        return f"witness {self.name} {self.key} {self.url}".rstrip() + "\n"


@dataclass(frozen=True)
class Group:
    """``needed`` of ``members``, which are witnesses or groups."""

    needed: int
    members: tuple[str, ...]


@dataclass
class Policy:
    """``quorum`` names a witness or a group, or is ``none``."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[str, WitnessLine] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""

    @property
    def keys(self) -> tuple[WitnessKey, ...]:
        """The witnesses' keys."""
        return tuple(line.key for line in self.witnesses.values())

    def signed_by(self, note: str) -> tuple[str, ...]:
        """Policy names of the witnesses that cosigned ``note``; raises :class:`Invalid` when a known one fails."""
        found = {(item.name, item.key_id) for item in read_cosignatures(note, self.keys)}
        return tuple(name for name, line in self.witnesses.items() if (line.key.name, line.key.key_id) in found)

    def is_met(self, names: Collection[str]) -> bool:
        """Whether these witnesses are a quorum."""
        return self.quorum == _NONE or self._holds(self.quorum, names)

    def in_words(self) -> str:
        """The quorum for people: ``2 of 3: w1, w2, w3``."""
        group = self.groups.get(self.quorum)
        if group is None:
            return "no witnesses" if self.quorum == _NONE else f"1 of 1: {self.quorum}"
        names = {self.witnesses[name].key.name for name in group.members if name in self.witnesses}
        if group.needed == 1 and len(names) == 1 and all(name in self.witnesses for name in group.members):
            return f"1 of 1: {names.pop()}"  # one witness under several keys
        return f"{group.needed} of {len(group.members)}: {', '.join(group.members)}"

    def _holds(self, name: str, names: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        return sum(self._holds(member, names) for member in group.members) >= group.needed


def parse_policy(text: str) -> Policy:
    """Read a policy file."""
    if any((ord(c) < 0x20 and c not in "\n\t") or ord(c) == 0x7F for c in text):
        raise _refuse("a policy holds no control characters but tab and newline")
    policy, members = Policy(), set[str]()
    for line in text.split("\n"):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if words and not words[0].startswith("#"):
            _read_line(policy, members, words)
    if not policy.quorum:
        raise _refuse("a policy has exactly one quorum line")
    return policy


def _read_line(policy: Policy, members: set[str], words: list[str]) -> None:
    match words:
        case ["log", vkey, *url] if len(url) <= 1:
            _add_log(policy, parse_vkey(vkey))
        case ["witness", name, vkey, *url] if len(url) <= 1:
            _add_witness(policy, WitnessLine(name, parse_witness_key(vkey), "".join(url)))
        case ["group", name, needed, *names] if names:
            _verify_new(policy, name)
            for member in names:
                _verify_known(policy, member)
            if members & set(names) or len(set(names)) != len(names):
                raise _refuse("a witness or group counts in one group only")
            members.update(names)
            policy.groups[name] = Group(_needed(needed, len(names)), tuple(names))
        case ["quorum", name] if not policy.quorum:
            if name != _NONE:
                _verify_known(policy, name)
            policy.quorum = name
        case _:
            raise _refuse("a line is log, witness, group or the one quorum", line=" ".join(words)[:80])


def _add_log(policy: Policy, key: VerifierKey) -> None:
    if any(known.public == key.public for known in policy.logs):
        raise _refuse("a log's key stands in one line only")
    policy.logs.append(key)


def _add_witness(policy: Policy, line: WitnessLine) -> None:
    _verify_new(policy, line.name)
    if any(known.key.public == line.key.public for known in policy.witnesses.values()):
        raise _refuse("a witness's key stands in one line only", name=line.name)
    policy.witnesses[line.name] = line


def _verify_new(policy: Policy, name: str) -> None:
    if name == _NONE or name in policy.witnesses or name in policy.groups:
        raise _refuse("a name stands for one witness or group", name=name)
    if len(policy.witnesses) + len(policy.groups) >= _LIMIT:
        raise _refuse("a policy has at most 64 witnesses and groups")


def _verify_known(policy: Policy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise _refuse("a name is used before it is defined", name=name)


def _needed(text: str, count: int) -> int:
    needed = {"any": 1, "all": count}.get(text) or (int(text) if text.isascii() and text.isdigit() else 0)
    if not 1 <= needed <= count or text.startswith("0"):
        raise _refuse("a group needs between one and all of its members")
    return needed


def _refuse(detail: str, **info: str) -> Invalid:
    return Invalid("consent.policy_malformed", detail, **info)
