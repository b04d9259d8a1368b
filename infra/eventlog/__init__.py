"""Append-only event streams: append with an expected version, an outbox in the same transaction, one gapless order."""
