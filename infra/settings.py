"""Settings every process shares: one frozen class per process, validated at start, no default for a secret.

A service's ``bootstrap`` subclasses :class:`ProcessSettings`; the environment prefix is ``ASSENT_``. A wrong or
missing value stops the process at start with the field's name, before anything is opened.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """What each process needs to know about where it runs."""

    model_config = SettingsConfigDict(env_prefix="ASSENT_", frozen=True, extra="ignore")

    database_url: str = Field(default="", description="libpq URL of this service's own role; empty for stateless ones")
    amqp_url: str = Field(description="amqp:// URL with user, password and virtual host")
    state_dir: Path = Field(description="folder for blobs, keys and checkpoints kept outside the database")
    process: str = Field(default="assent", description="name in logs and metrics")
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
    health_port: int = Field(default=0, ge=0, le=65535, description="loopback port of /healthz and /metrics; 0: off")


class ServiceSettings(ProcessSettings):
    """What the launcher of a nameko service needs on top."""

    max_workers: int = Field(default=16, ge=1, le=256, description="commands and events handled at the same time")
    stop_grace_s: float = Field(default=20.0, gt=0, description="seconds a stop may wait for running commands")
