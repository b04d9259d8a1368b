"""What the audio service reports: lines spoken, the track mixed, a job stopped. Repeats and late news are harmless."""

from dataclasses import dataclass

from audio_service.contract.jobs import AudioJobStopped, LineSpoken, TrackMixed
from generation_service.domain import facts as f
from generation_service.domain.production import decide_line, decide_stop, decide_track
from generation_service.usecases.desk import Desk


@dataclass(frozen=True)
class Follow:
    desk: Desk

    def line_spoken(self, event_id: str, spoken: LineSpoken) -> None:
        self.desk.change(spoken.production, lambda state: decide_line(state, spoken), event_id=event_id)

    def track_mixed(self, event_id: str, mixed: TrackMixed) -> None:
        self.desk.change(mixed.production, lambda state: decide_track(state, mixed), event_id=event_id)

    def job_stopped(self, event_id: str, stopped: AudioJobStopped) -> None:
        stop = f.Stopped(
            code=stopped.code,
            detail=stopped.detail,
            stop_ms=stopped.stop_ms,
            ledger_index=stopped.ledger_index,
            at=self.desk.clock.now(),
        )
        self.desk.change(stopped.production, lambda state: decide_stop(state, stop), event_id=event_id)
