"""Following a log from outside: each new checkpoint must continue the last one, or the alarm is raised.

A step reads the log's checkpoint, verifies it with the follower's own key, proves that it continues the checkpoint kept
from the last step, reads the entries between and checks them against the same proof, and keeps the new checkpoint. What
raised an alarm is kept beside it as evidence. Where the log changes its key by entries of its own, the follower goes
along from the key it pinned, and from no other. The state is the last good signed note, replaced whole, its time of
change what says when the log last moved; ``<note>.keys`` beside it has the keys that led there. A crash between two
steps repeats a step and nothing else.

It never alarms because nobody answers: that is for the caller to tell (and, with ``max_age_s``, a freeze in the end).
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from consent_service.client.keys import is_key_change, open_followed, take
from infra.kernel.clock import Clock
from infra.kernel.errors import AssentError
from infra.tlog.checkpoint import SignedTree, open_checkpoint, parse_checkpoint
from infra.tlog.cosignature import read_cosignatures
from infra.tlog.keyset import KeyHistory
from infra.tlog.merkle import CompactRange, Span, consistency_spans, hash_leaf, verify_consistency
from infra.tlog.note import VerifierKey, split_note
from infra.tlog.policy import Policy

FORK, FREEZE, KEY = 30, 31, 40
"""Exit codes of the alarms: another history; no news for too long; not, or no longer, the key that was pinned."""
_PAGE = 1024
_FAR = 1 << 24
"""So many entries are read, at most, to see whether they lead to a key that is not known yet."""


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
        keys = self._load_keys()
        old = None if kept is None else self._open(kept, keys, "the checkpoint you kept")
        note = self._source.checkpoint()
        tree = self._read(note)
        if not self._is_signed(note, keys.latest.active):
            self._catch_up(keys, old, tree, note)
        witnesses = self._witnesses(note)
        before = 0 if old is None else old.size
        kinds = () if old is None else tuple(self._kind(leaf, note) for leaf in self._follow(old, tree, keys, note))
        if tree.size > before:
            self._keep(note, keys, tree.size)
        self._verify_awake(tree, note)
        return Step(before, tree.size, kinds, witnesses)

    def _catch_up(self, keys: KeyHistory, old: SignedTree | None, new: SignedTree, note: str) -> None:
        """The log signs with a key that is not known: its entries must lead there, in the history that was kept."""
        problem = "the log's checkpoint is not signed by the key you pinned"
        if new.origin != self._watched.key.name or new.size - (old.size if old else 0) > _FAR:
            raise Alarm(KEY, problem, note)
        try:
            for _ in self._whole(new, keys, note) if old is None else self._follow(old, new, keys, note):
                pass
        except Exception as error:
            raise Alarm(KEY, f"{problem}, and its entries do not show another: {error}", note) from error
        if not self._is_signed(note, keys.accepted(new.size, new.size)):
            raise Alarm(KEY, f"{problem}, nor by one that its entries lead to", note)

    def _load_keys(self) -> KeyHistory:
        """The keys that the log had as it was last seen, from the pinned one on."""
        pinned, path = self._watched.key, self._path.with_name(f"{self._path.name}.keys")
        if not path.exists():
            return KeyHistory(pinned)
        found = KeyHistory.parse(path.read_text(encoding="utf-8"))
        return found if pinned in found.accepted(0, 2**63) else KeyHistory(pinned)

    def _read(self, note: str) -> SignedTree:
        try:
            return parse_checkpoint(split_note(note)[0])
        except AssentError as error:
            raise Alarm(KEY, f"the log shows something that is no checkpoint: {error.detail}", note) from error

    def _is_signed(self, note: str, keys: Sequence[VerifierKey]) -> bool:
        try:
            open_checkpoint(note, *keys)
        except AssentError:
            return False
        return True

    def _open(self, note: str, keys: KeyHistory, whose: str) -> SignedTree:
        try:
            return open_followed(note, keys)
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

    def _follow(self, old: SignedTree, new: SignedTree, keys: KeyHistory, note: str) -> Iterator[bytes]:
        """The leaves between, once they are proven to be what was added; ``keys`` goes along with them."""
        if new.size < old.size:
            raise Alarm(FORK, f"the log went back from {old.size} to {new.size} entries", note)
        if new.size == old.size:
            if new.root != old.root:
                raise Alarm(FORK, f"two roots for {new.size} entries: the log was forked", note)
            return
        if old.size == 0:
            return
        proof = self._source.consistency(old.size, new.size)
        try:
            verify_consistency(old.size, new.size, old.root, new.root, proof)
        except AssentError as error:
            raise Alarm(FORK, f"{new.size} entries do not continue the {old.size} you kept", note) from error
        # the proof's spans right of the old tree cover exactly the new entries, so it proves those too
        for (start, end), expected in zip(consistency_spans(old.size, new.size), proof, strict=True):
            if start >= old.size:
                yield from self._span((start, end), new.size, keys, expected, note)

    def _whole(self, new: SignedTree, keys: KeyHistory, note: str) -> Iterator[bytes]:
        """All leaves of a log that is seen for the first time."""
        yield from self._span((0, new.size), new.size, keys, new.root, note)

    def _span(self, span: Span, size: int, keys: KeyHistory, root: bytes, note: str) -> Iterator[bytes]:
        """The leaves of one subtree; their keys count only once its root holds."""
        start, end = span
        tree, changes, at = CompactRange(), list[tuple[int, bytes]](), start
        while at < end:
            page = self._source.leaves(at, min(at + _PAGE, end), size) or [b""]
            for index, leaf in enumerate(page, at):
                tree.append(hash_leaf(leaf))
                if is_key_change(leaf):
                    changes.append((index, leaf))
            at += len(page)
            yield from page
        if tree.root() != root:
            raise Alarm(FORK, f"entries {start} to {end - 1} are not the ones that were signed", note)
        for index, leaf in changes:
            take(keys, index, leaf)

    def _kind(self, leaf: bytes, note: str) -> str:
        """The entry's type; a log that starts over under another key in its own first entry is not the one pinned."""
        try:
            event = json.loads(leaf)
            kind = str(event["type"])
            named = event["data"].get("keys", {}).get("log") if kind == "consent.genesis.v1" else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return "(not readable)"
        if named is not None and named != str(self._watched.key):
            raise Alarm(KEY, "the log names another key than the one you pinned", note)
        return kind

    def _verify_awake(self, tree: SignedTree, note: str) -> None:
        """Raise an alarm where what is shown is too old, or less than the log says it has."""
        announced = self._source.announced()
        age = self._clock.now().timestamp() - self._last_news(note)
        if announced is not None and announced > tree.size and age > min(self._watched.max_age_s or 60.0, 60.0):
            raise Alarm(FREEZE, f"the log says it has {announced} entries and shows a checkpoint of {tree.size}", note)
        if self._watched.max_age_s and age > self._watched.max_age_s:
            raise Alarm(FREEZE, f"no new checkpoint for {age:.0f} s", note)

    def _last_news(self, note: str) -> float:
        """Unix seconds: when a witness of the follower's last signed this checkpoint, by its own word; without such a
        word, when the checkpoint came here. A host that serves yesterday's log is found out by the former alone.
        """
        policy = self._watched.policy
        times = [float(one.time) for one in read_cosignatures(note, policy.keys)] if policy else []
        return max(times, default=self._path.stat().st_mtime)

    def _keep(self, note: str, keys: KeyHistory, size: int) -> None:
        """Commit point of a step: the rename. Before it the step is repeated, after it never again."""
        eras = keys.text(size)
        if eras.count("\n") > 1:
            self._replace(self._path.with_name(f"{self._path.name}.keys"), eras)
        self._replace(self._path, note)

    def _replace(self, path: Path, text: str) -> None:
        part = path.with_name(f"{path.name}.part")
        part.write_text(text, encoding="utf-8")
        now = self._clock.now().timestamp()
        os.utime(part, (now, now))
        part.replace(path)
