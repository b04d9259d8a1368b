"""The index per subject of an Assent ledger, made again from its entries; verify.py, beside this file, calls it.

The ledger commits, in entries `consent.index-committed.v1`, to the root of a map from each subject to the list of all
entries that concern it. Whoever has every entry from the first one on can make the same lists, and so the same root: a
list that leaves an entry out would show. An entry concerns every subject it names, and those whom the grants and leases
it names are about; a grant or lease is about those whom the first entry that names it concerned. The list of a subject
is the RFC 6962 tree over `u64 index || leaf hash`; the map has the key SHA-256(subject) and the value SHA-256(u64 count
|| list root); map leaf SHA-256(2 || key || value), branch SHA-256(3 || left || right), nothing 32 zero bytes.
"""

import functools
import hashlib
from typing import Any

Peaks = list[tuple[int, bytes]]
"""The complete subtrees of a growing tree, left to right: leaves, hash."""


def sha256(*parts: bytes) -> bytes:
    """The digest of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def push(peaks: Peaks, leaf: bytes) -> None:
    """One leaf hash more."""
    size = 1
    while peaks and peaks[-1][0] == size:
        size, leaf = 2 * size, sha256(b"\1", peaks.pop()[1], leaf)
    peaks.append((size, leaf))


def root_of(peaks: Peaks) -> bytes:
    """The root over at least one leaf."""
    return functools.reduce(lambda right, left: sha256(b"\1", left, right), [one for _, one in reversed(peaks)])


def map_root(leaves: dict[str, bytes], depth: int = 0) -> bytes:
    """From paths of 256 bits to leaf hashes: a subtree with one path in it is that leaf."""
    if len(leaves) < 2:
        return next(iter(leaves.values()), bytes(32))
    sides = [{path: leaf for path, leaf in leaves.items() if path[depth] == side} for side in "01"]
    return sha256(b"\3", map_root(sides[0], depth + 1), map_root(sides[1], depth + 1))


class Subjects:
    """Give it every entry, in order, from index 0."""

    def __init__(self) -> None:
        self.size = 0
        self.about: dict[str, set[str]] = {}
        self.lists: dict[str, Peaks] = {}
        self.map: dict[str, bytes] = {}
        self.waiting: list[tuple[int, set[str], bytes]] = []

    def see(self, event: Any, leaf: bytes) -> None:
        """The next entry and its leaf hash; ValueError where it commits to another index than the entries give."""
        self.waiting.append((self.size, self.concerned(event["type"], event["data"]), leaf))
        self.size += 1
        if event["type"] == "consent.index-committed.v1":
            covers = int(event["data"]["size"])
            if covers < self.size:
                self.settle(covers)
            if covers >= self.size or map_root(self.map).hex() != event["data"]["root"]:
                raise ValueError("it commits to an index of subjects that the entries do not give")

    def settle(self, covers: int) -> None:
        """Bring the map up to the entries below ``covers``."""
        ready = [one for one in self.waiting if one[0] < covers]
        self.waiting = self.waiting[len(ready) :]
        for index, subjects, leaf in ready:
            for one in subjects:
                push(self.lists.setdefault(one, []), sha256(b"\0", index.to_bytes(8, "big"), leaf))
        for one in set().union(*(subjects for _, subjects, _ in ready)):
            key, peaks = sha256(one.encode()), self.lists[one]
            value = sha256(sum(size for size, _ in peaks).to_bytes(8, "big"), root_of(peaks))
            self.map[f"{int.from_bytes(key, 'big'):0256b}"] = sha256(b"\2", key, value)

    def concerned(self, kind: str, data: Any) -> set[str]:
        """The subjects an entry names, and those whom its grants and leases are about."""
        grants = data.get("grants")
        pairs = objects(grants)
        whole = [data, *objects(data.get("change"))]
        parts = [one for name in ("details", "reasons") for each in some(data.get(name)) for one in objects(each)]
        refs = [data.get("lease"), *(one.get("grant") for one in whole + parts)]
        refs += [*pairs[0].values()] if pairs else some(grants)
        named = [data.get("subject"), *some(data.get("subjects")), *(one.get("subject") for one in parts)]
        for one in whole:
            named += [at.get("handle") for terms in objects(one.get("terms")) for at in objects(terms.get("subject"))]
        named += [one.rpartition("/")[0] for one in pairs[0]] if pairs else []
        if (kind, data.get("kind")) == ("consent.party-registered.v1", "subject"):
            named.append(data.get("handle"))
        known = texts(refs)
        found = texts(named).union(*(self.about.get(one, ()) for one in known))
        for one in known - self.about.keys() if found else ():
            self.about[one] = found
        return found


def objects(value: Any) -> list[dict[str, Any]]:
    """The value in a list where it is an object, else none."""
    return [value] if isinstance(value, dict) else []


def some(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def texts(values: list[Any]) -> set[str]:
    """Those that can be handles: texts (a spelled number is none) of 1 to 200 characters."""
    return {one for one in values if type(one) is str and 0 < len(one) <= 200}
