"""A ledger on a real database."""

from tests.consent_service.ledger.running import fresh_ledger, running

__all__ = ["fresh_ledger", "running"]
