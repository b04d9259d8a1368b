"""Leaves: canonical envelopes only, and the public vectors of RFC 8785 for the function that makes them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.eventlog.envelope import pack, seal
from infra.eventlog.log import NewEvent
from infra.kernel.canonical import canonical
from infra.kernel.errors import AssentError, Invalid, TooLarge
from infra.tlog.leaf import LEAF_LIMIT, read_leaf

JCS = Path(__file__).parents[2] / "vectors" / "jcs" / "testdata"
EVENT = NewEvent(
    "consent.grant-recorded.v1", {"b": 1, "a": [0.5]}, datetime(2026, 11, 22, 9, tzinfo=UTC),
    signatures=({"context": "c", "key": "k", "sig": "s"},),
)  # fmt: skip


@pytest.mark.parametrize("path", sorted((JCS / "input").glob("*.json")), ids=lambda p: p.stem)
def test_jcs_vectors(path: Path) -> None:
    assert canonical(json.loads(path.read_text("utf-8"))) == (JCS / "output" / path.name).read_bytes()


def test_a_leaf_reads_back_to_the_same_bytes() -> None:
    event, leaf = seal(EVENT, "grant/g", 3)
    assert leaf.startswith(b'{"actor":{"kind":"service","ref":"self"},"at":"2026-11-22T09:00:00.000Z"')
    assert read_leaf(leaf, 9).position == 9
    assert pack(read_leaf(leaf, 9)) == leaf
    assert (event.stream, event.version) == ("grant/g", 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'), (b'"v":1', b'"v":true'), (b'"v":1', b'"v": 1'), (b'"v":1', b'"v":1,"w":1'),
        (b'"version":3', b'"version":0'), (b'"version":3', b'"version":"3"'), (b".000Z", b".000+00:00"),
        (b"T09:00", b"T25:00"), (b".v1", b""), (b'"ref":"self"', b'"ref":1'), (b'"stream":"grant/g",', b""),
        (b'"grant/g"', b'""'), (b'"id":"0', b'"id":"x'), (b'"sig":"s"', b'"sig":null'), (b"[0.5]", b"[0.50]"),
        (b"[0.5]", b"[" * 30_000 + b"]" * 30_000), (b"[0.5]", b"[1e999]"), (b'"a":', b'"a":1,"a":'), (b"self", b"\xff"),
    ],
)  # fmt: skip
def test_what_is_not_exactly_an_envelope_is_refused(old: bytes, new: bytes) -> None:
    _, leaf = seal(EVENT, "grant/g", 3)
    assert old in leaf
    with pytest.raises(AssentError):
        read_leaf(leaf.replace(old, new, 1), 0)


def test_a_leaf_has_a_largest_size() -> None:
    with pytest.raises(TooLarge):
        read_leaf(b" " * (LEAF_LIMIT + 1), 0)
    with pytest.raises(Invalid):
        read_leaf(b" " * LEAF_LIMIT, 0)
