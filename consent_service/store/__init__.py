"""Consent's rows in Postgres: the ledger's log, its tree, and what its readers ask for."""

from pathlib import Path

from infra.eventlog.db import named_sql

SQL = named_sql(Path(__file__).with_name("queries.sql"))
"""The ledger's statements by name."""
