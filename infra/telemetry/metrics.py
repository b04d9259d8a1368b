"""Prometheus metrics that more than one process has. Each process serves its own numbers on its health port."""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LONG = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)

RPC_SERVED = Histogram("assent_rpc_served_seconds", "Commands answered", ["method", "outcome"], buckets=_FAST)
RPC_CALLED = Histogram("assent_rpc_called_seconds", "Commands sent to others", ["method", "outcome"], buckets=_FAST)
RPC_LATE = Counter("assent_rpc_late_total", "Commands dropped because their deadline had passed", ["method"])
EVENTS_HANDLED = Counter("assent_events_handled_total", "Events taken from the broker", ["type", "outcome"])
RELAYED = Counter("assent_relayed_total", "Outbox messages confirmed by the broker", ["service"])
RELAY_RETURNED = Counter("assent_relay_returned_total", "Outbox messages that no queue took", ["service"])
RELAY_LAG = Gauge("assent_relay_lag_seconds", "Age of the oldest outbox message at the last look", ["service"])
HEARTBEATS = Counter("assent_control_heartbeats_total", "Control heartbeats sent")
JOBS = Histogram("assent_job_seconds", "Jobs run", ["queue", "outcome"], buckets=_LONG)
JOBS_RUNNING = Gauge("assent_jobs_running", "Jobs running now", ["queue"])
BROKER_LOST = Counter("assent_broker_lost_total", "Lost connections to the broker", ["name"])
