"""Commitments as the domain uses them; the formula is :mod:`infra.kernel.commitments`."""

from infra.kernel.commitments import SALT_BYTES, commitment, padded

__all__ = ["SALT_BYTES", "commitment", "padded"]
