"""The process table: what runs on one machine, with which command and role, and in which order it starts and stops.

A process becomes *ready* when its ``/readyz`` answers 200. ``wave`` orders the stop (highest first). Everything
starts as soon as the database is migrated, while the broker still boots: every process connects by itself, patiently.
"""

from dataclasses import dataclass

SERVICES = ("consent", "identity", "generation", "audio")


@dataclass(frozen=True)
class ProcessSpec:
    """One process. ``module`` is run as ``python -m module *arguments``.

    ``role`` is the service whose database role and schema it gets, None for a process without database.
    ``threads`` bounds the native thread pools (BLAS, OpenMP, numba).
    ``listens`` names the variable that also carries its port, for a process that serves more than health on it.
    """

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    role: str | None = None
    wave: int = 0
    threads: int = 1
    listens: str | None = None
    ready_seconds: float = 60.0
    stop_seconds: float = 8.0


def full_table() -> tuple[ProcessSpec, ...]:
    """Every process of ``docs`` section "What runs", except the two servers."""
    relays = [
        ProcessSpec(f"relay-{name}", "infra.messaging.relay", ("--service", name), role=name, wave=0)
        for name in SERVICES
    ]
    services = [
        ProcessSpec(name, "infra.messaging.launch", (f"{name}_service.bootstrap",), role=name, wave=1)
        for name in SERVICES
    ]
    return (
        ProcessSpec("audio-worker", "audio_service.worker", role="audio", wave=2),
        ProcessSpec("render-worker", "generation_service.worker", role="generation", wave=2, threads=2),
        ProcessSpec("sequencer", "consent_service.sequencer", role="consent", wave=0),
        ProcessSpec("witness", "consent_service.witness", wave=0),
        ProcessSpec("cosigner", "consent_service.cosigner", role="consent", wave=0),
        ProcessSpec("indexer", "consent_service.indexer", role="consent", wave=0),
        *services,
        *relays,
        ProcessSpec("gateway", "gateway", wave=2, listens="PORT"),
    )


def select(table: tuple[ProcessSpec, ...], names: tuple[str, ...] | None) -> tuple[ProcessSpec, ...]:
    """The named processes of a table, all when ``names`` is None. Raises KeyError for a name it does not have."""
    if names is None:
        return table
    by_name = {spec.name: spec for spec in table}
    return tuple(by_name[name] for name in names)
