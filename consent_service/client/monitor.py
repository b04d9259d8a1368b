"""Following a log from outside: each new checkpoint must continue the last one, or the alarm is raised.

A step reads the log's checkpoint, verifies it with the follower's own key, proves that it continues the checkpoint kept
from the last step, reads the entries between and checks them against the same proof, and keeps the new checkpoint. What
raised an alarm is kept beside it as evidence. The state is one file, the last good signed note, replaced whole; its
time of change says when the log was last seen to move. A crash between two steps repeats a step and nothing else.

It never alarms because nobody answers: that is for the caller to tell (and, with ``max_age_s``, a freeze in the end).
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from infra.kernel.clock import Clock
from infra.kernel.errors import AssentError
from infra.tlog.checkpoint import SignedTree, open_checkpoint
from infra.tlog.cosignature import read_cosignatures
from infra.tlog.merkle import consistency_spans, hash_leaf, root_of, verify_consistency
from infra.tlog.note import VerifierKey
from infra.tlog.policy import Policy

FORK, FREEZE, KEY = 30, 31, 40
"""Exit codes of the alarms: another history; no news for too long; not, or no longer, the key that was pinned."""
_PAGE = 1024


class LogSource(Protocol):
    """Where a log is read. Every method raises ``Unavailable`` (or the transport's own error) when nobody answers."""

    def checkpoint(self) -> str:
        """The latest signed note."""
        ...

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Hashes that prove the tree of ``new`` entries to continue the one of ``old``, 1 ≤ old ≤ new."""
        ...

    def leaves(self, start: int, end: int, size: int) -> list[bytes]:
        """The leaf bytes of indices from ``start`` on, below ``end``, in the tree of ``size`` entries."""
        ...

    def announced(self) -> int | None:
        """How many entries the log says it has by another way than its checkpoint; None where there is none."""
        ...


class Alarm(Exception):
    """The log did what a log must never do. ``exit_code`` is one of the alarms'; ``evidence`` the note it showed."""

    def __init__(self, exit_code: int, detail: str, evidence: str = "") -> None:
        super().__init__(detail)
        self.exit_code, self.detail, self.evidence = exit_code, detail, evidence


@dataclass(frozen=True)
class Watched:
    """Whom to follow and when to worry. ``max_age_s`` 0 never does because of silence alone."""

    key: VerifierKey
    policy: Policy | None = None
    max_age_s: float = 0.0


@dataclass(frozen=True)
class Step:
    """What one look brought: sizes before (0 at first) and after, the kinds of the new entries, who cosigned."""

    before: int
    size: int
    kinds: tuple[str, ...]
    witnesses: tuple[str, ...]


class Monitor:
    """Follows one log; ``path`` is where the last good checkpoint is kept."""

    def __init__(self, source: LogSource, watched: Watched, path: Path, clock: Clock) -> None:
        self._source, self._watched, self._path, self._clock = source, watched, path, clock

    def step(self) -> Step:
        """Look once. Raises :class:`Alarm`, after the evidence is on disk."""
        try:
            return self._step()
        except Alarm as alarm:
            if alarm.evidence:
                self._path.with_name(f"{self._path.name}.alarm").write_text(alarm.evidence, encoding="utf-8")
            raise

    def _step(self) -> Step:
        kept = self._path.read_text(encoding="utf-8") if self._path.exists() else None
        note = self._source.checkpoint()
        tree = self._open(note, "the log's checkpoint")
        witnesses = self._witnesses(note)
        if kept is None:
            self._keep(note)
            return Step(0, tree.size, (), witnesses)
        old = self._open(kept, "the checkpoint you kept")
        kinds = self._follow(old, tree, note)
        if tree.size > old.size:
            self._keep(note)
        else:
            self._verify_awake(tree, note)
        return Step(old.size, tree.size, kinds, witnesses)

    def _open(self, note: str, whose: str) -> SignedTree:
        try:
            return open_checkpoint(note, self._watched.key)
        except AssentError as error:
            raise Alarm(KEY, f"{whose} is not signed by the key you pinned: {error.detail}", note) from error

    def _witnesses(self, note: str) -> tuple[str, ...]:
        policy = self._watched.policy
        if policy is None:
            return ()
        try:
            return policy.signed_by(note)
        except AssentError as error:
            raise Alarm(KEY, f"a witness's signature fails: {error.detail}", note) from error

    def _follow(self, old: SignedTree, new: SignedTree, note: str) -> tuple[str, ...]:
        """The kinds of the entries between, once they are proven to be what was added."""
        if new.size < old.size:
            raise Alarm(FORK, f"the log went back from {old.size} to {new.size} entries", note)
        if new.size == old.size:
            if new.root != old.root:
                raise Alarm(FORK, f"two roots for {new.size} entries: the log was forked", note)
            return ()
        if old.size == 0:
            return ()
        proof = self._source.consistency(old.size, new.size)
        try:
            verify_consistency(old.size, new.size, old.root, new.root, proof)
        except AssentError as error:
            raise Alarm(FORK, f"{new.size} entries do not continue the {old.size} you kept", note) from error
        return tuple(self._added(old.size, new.size, proof, note))

    def _added(self, old: int, new: int, proof: Sequence[bytes], note: str) -> Iterator[str]:
        """The proof's spans right of the old tree cover exactly the new entries, so it proves those too."""
        for (start, end), expected in zip(consistency_spans(old, new), proof, strict=True):
            if start < old:
                continue
            leaves: list[bytes] = []
            while start + len(leaves) < end:
                page = self._source.leaves(start + len(leaves), min(start + len(leaves) + _PAGE, end), new)
                leaves += page or [b""]
            if root_of(map(hash_leaf, leaves)) != expected:
                raise Alarm(FORK, f"entries {start} to {end - 1} are not the ones that were signed", note)
            yield from (self._kind(leaf, note) for leaf in leaves)

    def _kind(self, leaf: bytes, note: str) -> str:
        """The entry's type; a log that starts over under another key in its own first entry is not the one pinned."""
        event = json.loads(leaf)
        named = event["data"].get("keys", {}).get("log") if event["type"] == "consent.genesis.v1" else None
        if named is not None and named != str(self._watched.key):
            raise Alarm(KEY, "the log names another key than the one you pinned", note)
        return str(event["type"])

    def _verify_awake(self, tree: SignedTree, note: str) -> None:
        """Nothing new: raise an alarm where that cannot be so, or lasts too long."""
        announced = self._source.announced()
        age = self._clock.now().timestamp() - self._last_news(note)
        if announced is not None and announced > tree.size and age > min(self._watched.max_age_s or 60.0, 60.0):
            raise Alarm(FREEZE, f"the log says it has {announced} entries and shows a checkpoint of {tree.size}", note)
        if self._watched.max_age_s and age > self._watched.max_age_s:
            raise Alarm(FREEZE, f"no new checkpoint for {age:.0f} s", note)

    def _last_news(self, note: str) -> float:
        """Unix seconds: when this checkpoint came, or when a witness of the follower's last signed it, if later."""
        policy = self._watched.policy
        times = [float(one.time) for one in read_cosignatures(note, policy.keys)] if policy else []
        return max([self._path.stat().st_mtime, *times])

    def _keep(self, note: str) -> None:
        """Commit point of a step: the rename. Before it the step is repeated, after it never again."""
        part = self._path.with_name(self._path.name + ".part")
        part.write_text(note, encoding="utf-8")
        now = self._clock.now().timestamp()
        os.utime(part, (now, now))
        part.replace(self._path)
