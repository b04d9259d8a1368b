"""The steps of the audio service's operations, against ports."""

from audio_service.usecases.ask import Ask
from audio_service.usecases.run_job import HandleJob

__all__ = ["Ask", "HandleJob"]
