"""Percentage rollout, bucketed exactly as flagd's ``fractional`` operation, so that both give everyone the same answer.

``h`` is MurmurHash3 x86 32-bit (seed 0) of ``flag key + targeting key``, unsigned; the bucket is ``(h × total) >> 32``;
the first variant whose cumulative weight exceeds the bucket wins. Raising a weight drops nobody who was in.
"""

from collections.abc import Sequence

import mmh3


def bucket(flag: str, key: str, total: int) -> int:
    """The bucket of ``key`` among ``total`` (0 … total - 1)."""
    return (int(mmh3.hash((flag + key).encode(), 0, signed=False)) * total) >> 32


def fractional(flag: str, key: str, weights: Sequence[tuple[str, int]]) -> str:
    """The variant of ``key``; ``weights`` are (variant, weight) with a positive sum."""
    place = bucket(flag, key, sum(weight for _, weight in weights))
    for variant, weight in weights[:-1]:
        if place < weight:
            return variant
        place -= weight
    return weights[-1][0]


def included(flag: str, key: str, percentage: int) -> bool:
    """Whether ``key`` is among the first ``percentage`` (0 … 100) of this flag's rollout."""
    return fractional(flag, key, (("on", percentage), ("off", 100 - percentage))) == "on"
