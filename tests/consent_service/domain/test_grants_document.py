"""``docs/grants.md`` names every field of the terms, and only codes that the source can answer."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from consent_service.contract.terms import GrantTerms

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "grants.md").read_text()
SOURCE = "\n".join(
    path.read_text() for folder in ("consent_service", "gateway") for path in sorted((ROOT / folder).rglob("*.py"))
)
_ELSEWHERE = {"v", "commitments"}
"""What is about the format, not about the permission."""


def fields(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from fields(inner)
        else:
            yield name


@pytest.mark.parametrize("name", sorted(set(fields(GrantTerms)) - _ELSEWHERE))
def test_every_field_has_a_line(name: str) -> None:
    stem = name.removesuffix("_deny")
    assert re.search(rf"\b{stem}", TEXT), name


@pytest.mark.parametrize("code", sorted(set(re.findall(r"`(?:consent|cli)\.([a-z_]+)`", TEXT))))
def test_every_code_is_one_the_source_answers(code: str) -> None:
    states = {"grant_expired", "grant_withdrawn", "flag_paused"}
    known = f'"{code.removeprefix("terms_")}"' in SOURCE or f'.{code}"' in SOURCE or f'"{code}"' in SOURCE
    assert known or code in states
