"""The published JCS test data (RFC 8785): our canonical bytes are the expected ones, to the byte."""

import json
from pathlib import Path

import pytest

from infra.kernel.canonical import canonical

VECTORS = Path(__file__).parents[2] / "vectors" / "jcs" / "testdata"
NAMES = sorted(path.name for path in (VECTORS / "input").glob("*.json"))


def test_the_vectors_are_here() -> None:
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_jcs_vector(name: str) -> None:
    value = json.loads((VECTORS / "input" / name).read_text(encoding="utf-8"))
    expected = (VECTORS / "output" / name).read_bytes()
    assert canonical(value) == expected
