"""What each process is told: URLs with its own role, its ports, its secrets folder. Secrets are made once."""

import json
import os
import secrets
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from infra.stack.table import SERVICES, ProcessSpec

SEEDS = ("ledger.seed", "permit.seed", "master.key", "openings.key")  # 32 random bytes each
_THREAD_POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_OURS_ONLY = ("ASSENT_DATABASE_URL", "ASSENT_AMQP_URL", "ASSENT_TEST_DATABASE_URL", "ASSENT_TEST_AMQP_URL")


class Secrets:
    """The files below ``<state_dir>/secrets``: made at the first start, never changed after."""

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / "secrets"

    def ensure(self) -> None:
        """Make what is missing."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in SEEDS:
            self._once(name, secrets.token_bytes(32))
        self._once("admin.key", secrets.token_urlsafe(32).encode())
        self._once("roles.json", json.dumps({name: secrets.token_urlsafe(24) for name in SERVICES}).encode())

    def role_passwords(self) -> dict[str, str]:
        """Password of each service's database role."""
        return dict(json.loads((self.folder / "roles.json").read_text()))

    def admin_key(self) -> str:
        """Bearer key of the machine's owner at the gateway."""
        return (self.folder / "admin.key").read_text().strip()

    def _once(self, name: str, content: bytes) -> None:
        path, part = self.folder / name, self.folder / f".{name}.part"
        if path.exists():
            return
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)  # whole or absent: a killed start leaves no half key


def role_url(admin_url: str, service: str, password: str) -> str:
    """The same database seen by a service's role, with its schema as the search path."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    options = urlencode({"options": f"-csearch_path={service}"}, quote_via=quote)
    query = f"{parts.query}&{options}" if parts.query else options
    return urlunsplit(parts._replace(netloc=f"assent_{service}:{quote(password, safe='')}@{host}", query=query))


def process_environment(
    spec: ProcessSpec, *, state_dir: Path, admin_url: str, amqp_url: str, port: int
) -> dict[str, str]:
    """The full environment of one process. ``port`` is where it answers ``/readyz``."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS_ONLY}
    store = Secrets(state_dir)
    told = {
        "ASSENT_AMQP_URL": amqp_url,
        "ASSENT_STATE_DIR": str(state_dir),
        "ASSENT_PROCESS": spec.name,
        "ASSENT_HEALTH_PORT": str(port),
        "ASSENT_LOG_LEVEL": os.environ.get("ASSENT_LOG_LEVEL", "INFO"),
        "PYTHONUNBUFFERED": "1",
    }
    if spec.role is not None:
        told["ASSENT_DATABASE_URL"] = role_url(admin_url, spec.role, store.role_passwords()[spec.role])
    if spec.listens is not None:
        told[spec.listens] = str(port)
    return kept | told | dict.fromkeys(_THREAD_POOLS, str(spec.threads))
