"""Which keys a log signs with, as the log itself records it: keys are added and retired by entries. Pure.

The first key stands in the genesis entry or is pinned by the reader. An entry of type :data:`KEY_ADDED` counts when a
key that is active by then and the new key have both signed its data; :data:`KEY_RETIRED` when an active key has, and
another stays. Any other entry of these types changes nothing, for the log and its readers alike. A key added at index
i signs checkpoints above size i; a retired one signs the checkpoint that holds its retirement, and none after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.kernel.crypto import Signer, b64u, sign_value, verify_value
from infra.kernel.errors import Invalid
from infra.tlog.note import VerifierKey, parse_vkey

STREAM = "ledger"
KEY_ADDED = "consent.log-key-added.v1"
KEY_RETIRED = "consent.log-key-retired.v1"
CONTEXT = "assent/log-key/v1"
Signatures = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class KeySet:
    """The active keys, oldest first; all have the log's origin as their name."""

    active: tuple[VerifierKey, ...]

    @property
    def newest(self) -> VerifierKey:
        return self.active[-1]

    def after(self, type_: str, data: Mapping[str, Any], signatures: Signatures) -> "KeySet":
        """The set after an entry; this very set when the entry changes nothing."""
        if type_ not in (KEY_ADDED, KEY_RETIRED):
            return self
        try:
            key = parse_vkey(str(data["vkey"]))
        except (KeyError, Invalid):
            return self
        signed = [one for one in (*self.active, key) if _has_signed(one, data, signatures)]
        if key.name != self.newest.name or not any(one in self.active for one in signed):
            return self
        if type_ == KEY_ADDED:
            return KeySet((*self.active, key)) if key not in self.active and key in signed else self
        rest = tuple(one for one in self.active if one != key)
        return KeySet(rest) if rest and key in self.active else self


class KeyHistory:
    """Key sets by size, while a reader walks the entries in order."""

    def __init__(self, first: VerifierKey) -> None:
        self._eras: list[tuple[int, KeySet]] = [(0, KeySet((first,)))]

    @classmethod
    def parse(cls, text: str) -> "KeyHistory":
        """One that was kept with :meth:`text`; raises :class:`Invalid` (``consent.bad_vkey``)."""
        lines = [line.split(" ") for line in text.splitlines()]
        if not lines or lines[0][0] != "0" or not all(size.isdecimal() and keys for size, *keys in lines):
            raise Invalid("consent.bad_vkey", "not a history of a log's keys", fix="remove it; pin the key again")
        found = cls(parse_vkey(lines[0][1]))
        found._eras = [(int(size), KeySet(tuple(map(parse_vkey, keys)))) for size, *keys in lines]
        return found

    def text(self, upto: int) -> str:
        """A line for each set of keys that held by size ``upto``: from which size on, and the keys."""
        eras = [(start, keys) for start, keys in self._eras if start <= upto]
        return "".join(f"{start} {' '.join(map(str, keys.active))}\n" for start, keys in eras)

    @property
    def latest(self) -> KeySet:
        return self._eras[-1][1]

    def take(self, index: int, type_: str, data: Mapping[str, Any], signatures: Signatures) -> None:
        """The entry at ``index``."""
        after = self.latest.after(type_, data, signatures)
        if after is not self.latest:
            self._eras.append((index + 1, after))

    def accepted(self, previous: int, size: int) -> tuple[VerifierKey, ...]:
        """Keys that may sign the checkpoint of ``size`` which follows the one of ``previous``."""
        first = max((n for n, (start, _) in enumerate(self._eras) if start <= previous), default=0)
        sets = [keys for start, keys in self._eras[first:] if start <= size]
        return tuple(dict.fromkeys(key for keys in sets for key in keys.active))


def key_change(vkey: VerifierKey, *signers: Signer) -> tuple[dict[str, Any], tuple[dict[str, str], ...]]:
    """Data and signatures of an entry about ``vkey``, signed by ``signers``."""
    data = {"origin": vkey.name, "vkey": str(vkey)}
    return data, tuple(
        {
            "role": "log-key", "ref": vkey.name, "key": b64u(one.public), "context": CONTEXT,
            "signature": sign_value(one, CONTEXT, data),
        }
        for one in signers
    )  # fmt: skip


def _has_signed(key: VerifierKey, data: Mapping[str, Any], signatures: Signatures) -> bool:
    public = b64u(key.public)
    for one in signatures:
        if one.get("key") == public and one.get("context") == CONTEXT:
            try:
                verify_value(public, CONTEXT, dict(data), str(one.get("signature")))
            except Invalid:
                continue
            return True
    return False
