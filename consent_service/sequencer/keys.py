"""The keys a sequencer signs with: what the ledger says is active, matched with the signers this process has.

While two keys are active every checkpoint carries both signatures. An active key without a signer refuses:
:class:`Internal` (``consent.log_key_missing``); a key entry that proves nothing changes nothing, and is logged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from infra.kernel.crypto import Signer
from infra.kernel.errors import Internal
from infra.telemetry import log
from infra.tlog.keyset import KEY_ADDED, KEY_RETIRED, KeySet
from infra.tlog.leaf import read_leaf
from infra.tlog.note import VerifierKey, signature_line, split_note

_MARK = b'"type":"consent.log-key-'


def _no_others() -> Sequence[Signer]:
    return ()


@dataclass(frozen=True)
class LogKey:
    """What checkpoints are signed with: the origin is the keys' name. ``signer`` begins a new ledger; ``others`` gives
    the further signers at hand, and is asked again when the ledger names a key that none of them has.
    """

    origin: str
    signer: Signer
    others: Callable[[], Sequence[Signer]] = _no_others

    @property
    def vkey(self) -> VerifierKey:
        return VerifierKey(self.origin, self.signer.public)

    def signers(self) -> dict[VerifierKey, Signer]:
        """All of them by their verifier key."""
        return {VerifierKey(self.origin, one.public): one for one in (self.signer, *self.others())}


class KeyRing:
    """``prepare`` works out a batch's signers, ``commit`` makes its outcome the state once the batch is committed."""

    def __init__(self, key: LogKey, announce: Callable[[KeySet], None]) -> None:
        self._key, self._announce = key, announce
        self._signers = key.signers()
        self._keys = self._next = KeySet((key.vkey,))

    @property
    def vkeys(self) -> tuple[VerifierKey, ...]:
        """Every key this process could sign with."""
        return tuple(self._signers)

    def load(self, keys: KeySet) -> None:
        """Go on from what the ledger says; refuses when a signer is missing."""
        self._keys = self._next = keys
        self._signers_of(keys.active)
        self._announce(keys)

    def prepare(self, leaves: Sequence[tuple[str, bytes]]) -> list[Signer]:
        """Who signs the checkpoint over these leaves: the keys active before, and those they add."""
        self._next, signing = self._keys, list(self._keys.active)
        for _, leaf in leaves:
            if _MARK in leaf:
                self._next = self._after(self._next, leaf)
                signing += [key for key in self._next.active if key not in signing]
        return self._signers_of(signing)

    def commit(self) -> None:
        """The batch that was prepared last is in the ledger."""
        if self._next is not self._keys:
            self._keys = self._next
            log.warning("sequencer.keys_changed", keys=[str(key) for key in self._keys.active])
            self._announce(self._keys)

    def _after(self, keys: KeySet, leaf: bytes) -> KeySet:
        event = read_leaf(leaf, 0)
        after = keys.after(event.type, event.data, event.signatures)
        if after is keys and event.type in (KEY_ADDED, KEY_RETIRED):
            log.error("sequencer.key_entry_ignored", id=event.id)
        return after

    def _signers_of(self, keys: Sequence[VerifierKey]) -> list[Signer]:
        if any(key not in self._signers for key in keys):
            self._signers = self._key.signers()
        missing = [str(key) for key in keys if key not in self._signers]
        if missing:
            raise Internal(
                "consent.log_key_missing", "the ledger names a key that this process cannot sign with",
                fix="put the key in place, then start again", keys=missing,
            )  # fmt: skip
        return [self._signers[key] for key in keys]


def add_signatures(note: str, origin: str, signers: Sequence[Signer]) -> str:
    """The note with more signatures under the same name."""
    text = split_note(note)[0].encode()
    lines = (signature_line(origin, VerifierKey(origin, one.public).key_id + one.sign(text)) for one in signers)
    return note + "".join(lines)
