"""The same process table in containers: one prepares secrets and schemas, the others become one process each.

``ASSENT_DATABASE_URL`` is the owner's for :func:`prepare`; for :func:`become` it needs no user: the process gets
its own role, whose password is in the shared secrets folder.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

from infra.eventlog.migrate import migrate
from infra.stack.environment import Secrets, process_environment
from infra.stack.system import StackError
from infra.stack.table import full_table, select


def prepare() -> list[str]:
    """Make the secrets once and bring the schemas up to date; the migrations that were applied now."""
    secrets = Secrets(Path(_setting("ASSENT_STATE_DIR")))
    secrets.ensure()
    return migrate(_setting("ASSENT_DATABASE_URL"), passwords=secrets.role_passwords())


def become(name: str) -> NoReturn:
    """Replace this program by a process of the table, on ``ASSENT_HEALTH_PORT``. Raises StackError."""
    try:
        (spec,) = select(full_table(), (name,))
    except KeyError:
        raise StackError(f"no process {name}; there are {', '.join(spec.name for spec in full_table())}") from None
    environment = process_environment(
        spec, state_dir=Path(_setting("ASSENT_STATE_DIR")), amqp_url=_setting("ASSENT_AMQP_URL"),
        admin_url=_setting("ASSENT_DATABASE_URL") if spec.role else "", port=int(_setting("ASSENT_HEALTH_PORT")),
    )  # fmt: skip
    os.execve(sys.executable, [sys.executable, "-m", spec.module, *spec.arguments], environment)  # noqa: S606 - no shell is the point


def _setting(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise StackError(f"{name} is not set")
    return value
