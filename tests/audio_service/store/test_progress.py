"""The port Progress and the desk around it, on memory and on Postgres alike."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

import psycopg
import pytest

from audio_service.contract.jobs import AudioJobStopped, TrackMixed
from audio_service.contract.methods import GetJobs, JobStatus
from audio_service.rebuild import ProgressModels
from audio_service.store.memory import MemoryProgress
from audio_service.store.postgres import PgProgress
from audio_service.usecases import Ask
from audio_service.usecases.desk import Desk, Meter
from infra.eventlog.db import open_pool
from infra.eventlog.memory import MemoryLog
from infra.eventlog.postgres import PgLog
from infra.eventlog.rebuild import rebuild
from infra.kernel.clock import FixedClock

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MIXED = TrackMixed(
    job="job-1", production="prd_1", sha256="0" * 64, seconds=2, loudness_lufs=-16, true_peak_dbtp=-1, ducking_db=8
)


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    if request.param == "memory":
        yield Desk(MemoryLog(), MemoryProgress(), FixedClock(NOW))
        return
    pool = open_pool(request.getfixturevalue("fresh_database")().url("audio"), max_size=2)
    yield Desk(PgLog(pool, service="audio"), PgProgress(), FixedClock(NOW))
    pool.close()


def jobs(desk: Desk, production: str = "prd_1") -> tuple[JobStatus, ...]:
    return Ask(desk.log, desk.progress, ()).jobs(GetJobs(production=production)).jobs


def test_a_job_runs_and_ends_once(desk: Desk) -> None:
    assert desk.start("job-1", "prd_1") == 1
    assert desk.start("job-2", "prd_1") == 1
    assert desk.start("job-1", "prd_1") == 2
    meter = Meter(desk, "job-1")
    meter(0.2)
    assert jobs(desk)[0].fraction == 0
    assert isinstance(desk.clock, FixedClock)
    desk.clock.advance(0.6)
    meter(0.4)
    assert jobs(desk) == (
        JobStatus(job="job-1", state="running", fraction=0.4),
        JobStatus(job="job-2", state="running", fraction=0),
    )
    assert desk.finish(MIXED)
    assert not desk.finish(MIXED)
    assert not desk.finish(AudioJobStopped(job="job-1", production="prd_1", code="c", detail="d"))
    assert desk.start("job-1", "prd_1") == 0
    desk.clock.advance(0.6)
    meter(0.5)
    assert jobs(desk)[0] == JobStatus(job="job-1", state="done", fraction=1.0)
    assert jobs(desk, "another") == ()


def test_a_stopped_job_keeps_how_far_it_came(desk: Desk) -> None:
    desk.start("job-1", "prd_1")
    desk.log.run(lambda tx: desk.progress.advance(tx, "job-1", 0.3))
    desk.finish(AudioJobStopped(job="job-1", production="prd_1", code="c", detail="d"))
    assert jobs(desk) == (JobStatus(job="job-1", state="stopped", fraction=0.3),)


def test_event_and_message_leave_together(fresh_database) -> None:  # type: ignore[no-untyped-def]
    database = fresh_database()
    pool = open_pool(database.url("audio"), max_size=2)
    desk = Desk(PgLog(pool, service="audio"), PgProgress(), FixedClock(NOW))
    desk.start("job-1", "prd_1")
    desk.finish(MIXED)
    desk.finish(MIXED)
    pool.close()
    with psycopg.connect(database.url("audio")) as conn:
        sent = conn.execute("SELECT exchange, key, body->'data'->>'job', id FROM outbox").fetchall()
        stored = conn.execute("SELECT type, id::text FROM events ORDER BY version").fetchall()
    assert [row[:3] for row in sent] == [("audio.events", "track_mixed", "job-1")]
    assert [row[0] for row in stored] == ["audio.job-started.v1", "audio.track-mixed.v1"]
    assert sent[0][3] == stored[1][1]  # consumers drop repeats by the event's own id


@pytest.mark.parametrize("desk", ["postgres"], indirect=True)
def test_the_states_of_jobs_come_back_from_the_events(desk: Desk) -> None:
    desk.start("job-1", "prd_1")
    desk.finish(MIXED)
    desk.start("job-2", "prd_1")
    desk.finish(AudioJobStopped(job="job-2", production="prd_1", code="c", detail="d"))
    desk.start("job-3", "prd_1")
    before = jobs(desk)
    assert [job.state for job in before] == ["done", "stopped", "running"]
    count = rebuild(cast("PgLog", desk.log), ProgressModels(PgProgress()))
    assert (count, jobs(desk)) == (5, before)
