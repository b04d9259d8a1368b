"""The bench of films runs in parts, one by one or all."""

import pytest

from bench.render import PARTS, wanted


def test_parts_run_in_the_order_of_the_bench() -> None:
    assert wanted("") == list(PARTS)
    assert wanted("memory, edit") == ["edit", "memory"]


def test_a_part_that_is_not_there_is_told() -> None:
    with pytest.raises(SystemExit, match=r"no part films; there are pictures, "):
        wanted("edit,films")
