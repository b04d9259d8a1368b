"""New databases for tests: migrated once into a template, then copied, which takes milliseconds."""

import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from infra.eventlog.migrate import migrate

SERVICES = ("consent", "identity", "generation", "audio")
ROLE_PASSWORD = "only-for-tests"  # the servers listen on loopback and are removed at the end


@dataclass(frozen=True)
class FreshDatabase:
    """A database of one's own. ``admin_url`` is the superuser's."""

    admin_url: str
    name: str

    def url(self, service: str) -> str:
        """URL of a service's own role."""
        parts = urlsplit(self.admin_url)
        host = f"{parts.hostname}:{parts.port or 5432}"
        return urlunsplit(
            parts._replace(
                netloc=f"assent_{service}:{quote(ROLE_PASSWORD)}@{host}", query=f"options=-csearch_path%3D{service}"
            )
        )


class Databases:
    """Makes databases on one server and drops them at the end."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url
        self._tag = secrets.token_hex(4)
        self._made: list[str] = []
        self._template: str | None = None

    def fresh(self, *, migrated: bool = True) -> FreshDatabase:
        if migrated and self._template is None:
            self._template = self._migrated_template()
        return self._create(self._template if migrated else None)

    def close(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            for name in self._made:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _create(self, template: str | None) -> FreshDatabase:
        name = f"t_{self._tag}_{len(self._made)}"
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)
        self._made.append(name)
        return FreshDatabase(urlunsplit(urlsplit(self._server)._replace(path=f"/{name}")), name)

    def _migrated_template(self) -> str:
        template = self._create(None)
        migrate(template.admin_url, passwords=dict.fromkeys(SERVICES, ROLE_PASSWORD))
        return template.name
