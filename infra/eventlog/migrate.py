"""Schemas, roles and grants: one schema and one role per service, numbered SQL applied once and never edited.

Each service's schema gets the common migrations of this package, then those in ``<service>_service/store/migrations``.
A migration that was applied and then edited stops everything. Run as the database's owner:
``python -m infra.eventlog.migrate`` (reads ``ASSENT_DATABASE_URL`` and ``<state_dir>/secrets/roles.json``).
"""

import hashlib
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg
from psycopg import errors, sql
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.kernel.errors import Invalid

_ROOT = Path(__file__).resolve().parents[2]
_COMMON = Path(__file__).with_name("migrations")
_FILE = re.compile(r"[0-9]{3}_[a-z0-9_]+\.sql")
_SERVICE = re.compile(r"[a-z][a-z0-9_]{0,30}")


class MigrateSettings(BaseSettings):
    """Where to migrate; the URL is the owner's, not a service's."""

    model_config = SettingsConfigDict(env_prefix="ASSENT_", frozen=True, extra="ignore")

    database_url: str = Field(min_length=1, description="libpq URL of a role that may create roles and schemas")
    state_dir: Path | None = Field(default=None, description="folder with secrets/roles.json, {service: password}")

    def passwords(self) -> dict[str, str]:
        """Role passwords by service; none where no file was given (roles then keep what they have)."""
        path = self.state_dir / "secrets" / "roles.json" if self.state_dir else None
        return dict(json.loads(path.read_text())) if path and path.exists() else {}


def discover_services(root: Path = _ROOT) -> list[str]:
    """Every service that keeps events: a folder ``<name>_service/store`` beside ``infra``."""
    return sorted(path.parent.name.removesuffix("_service") for path in root.glob("*_service/store"))


def migrate(
    url: str, *, services: Sequence[str] | None = None, passwords: Mapping[str, str] | None = None
) -> list[str]:
    """Bring the schemas of ``services`` (default: all that are discovered) up to date; returns ``<schema>/<file>``
    of what was applied now.

    Safe to run twice and side by side. Raises :class:`Invalid` (``eventlog.migration_edited``,
    ``eventlog.bad_service``).
    """
    applied: list[str] = []
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(hashtextextended('assent.migrate', 0))")
        for service in discover_services() if services is None else services:
            if not _SERVICE.fullmatch(service):
                raise Invalid("eventlog.bad_service", "a service name is lower case letters, digits and underscores")
            _prepare_role(conn, service, (passwords or {}).get(service))
            with conn.transaction():
                applied += [f"{service}/{name}" for name in _apply_pending(conn, service, _files_of(service))]
    return applied


def role_of(service: str) -> str:
    """The database role of a service."""
    return f"assent_{service}"


def _files_of(service: str) -> list[Path]:
    """Common migrations first, then the service's own, each by number."""
    folders = (_COMMON, _ROOT / f"{service}_service" / "store" / "migrations")
    return [path for folder in folders for path in sorted(folder.glob("*.sql")) if _FILE.fullmatch(path.name)]


def _prepare_role(conn: psycopg.Connection, service: str, password: str | None) -> None:
    """The role, its schema and its search path in this database. Roles belong to the whole server, so another
    migration of another database may touch the same one: repeat when it does.
    """
    for attempt in range(20):
        try:
            with conn.transaction():
                _create_role(conn, service, password)
            return
        except (errors.InternalError_, errors.UniqueViolation, errors.DuplicateObject):
            if attempt == 19:
                raise
            time.sleep(0.05)


def _create_role(conn: psycopg.Connection, service: str, password: str | None) -> None:
    schema, role = sql.Identifier(service), sql.Identifier(role_of(service))
    known = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role_of(service),)).fetchone()
    if known is None:
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT").format(role))
    if password is not None:
        conn.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(password)))
    conn.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
    conn.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role))
    database = sql.Identifier(conn.info.dbname)
    conn.execute(sql.SQL("ALTER ROLE {} IN DATABASE {} SET search_path = {}").format(role, database, schema))
    conn.execute(
        sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA {} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}").format(
            schema, role
        )
    )


def _apply_pending(conn: psycopg.Connection, service: str, files: Sequence[Path]) -> list[str]:
    """All missing migrations of one schema, inside the caller's transaction."""
    conn.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(service)))
    conn.execute(
        "CREATE TABLE IF NOT EXISTS schema_migrations "
        "(name text PRIMARY KEY, sha256 text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
    )
    known: dict[str, str] = dict(conn.execute("SELECT name, sha256 FROM schema_migrations").fetchall())
    names = [_apply(conn, path, service) for path in files if not _is_applied(path, known)]
    if len({path.name for path in files}) != len(files):
        raise Invalid("eventlog.migration_twice", "two migrations of one schema share a file name", service=service)
    return names


def _is_applied(path: Path, known: Mapping[str, str]) -> bool:
    if path.name not in known:
        return False
    if known[path.name] != hashlib.sha256(path.read_bytes()).hexdigest():
        raise Invalid(
            "eventlog.migration_edited", f"{path.name} was applied and then edited", fix="restore it, add a new one"
        )
    return True


def _apply(conn: psycopg.Connection, path: Path, service: str) -> str:
    """Run one file. ``:role`` in it stands for the service's role."""
    data = path.read_bytes()
    text = re.sub(r"(?<!:):role\b", role_of(service), data.decode())
    conn.execute(sql.SQL(text))
    conn.execute(
        "INSERT INTO schema_migrations (name, sha256) VALUES (%s, %s)", (path.name, hashlib.sha256(data).hexdigest())
    )
    return path.name


def main() -> None:
    """The command line: apply, and print what was applied."""
    settings = MigrateSettings()
    for name in migrate(settings.database_url, passwords=settings.passwords()):
        sys.stdout.write(f"applied {name}\n")


if __name__ == "__main__":
    main()
