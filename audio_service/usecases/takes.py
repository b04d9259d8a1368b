"""The takes of a mix, opened one at a time when they are asked for: a film's lines never lie in memory together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from audio_service.contract.jobs import Cue
from audio_service.domain.ports import Check, Vault


@dataclass(frozen=True)
class SealedTakes(Sequence[bytes]):
    """Reads like a sequence of WAV bytes; each reading opens the seal again, after the guard was read."""

    cues: Sequence[Cue]
    vault: Vault
    key: bytes
    check: Check

    def __len__(self) -> int:
        return len(self.cues)

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> "SealedTakes": ...
    def __getitem__(self, at: int | slice) -> "bytes | SealedTakes":
        if isinstance(at, slice):
            return SealedTakes(self.cues[at], self.vault, self.key, self.check)
        self.check()
        return self.vault.take(self.cues[at].sha256, self.key)
