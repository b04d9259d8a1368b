"""The nameko face of the audio service: parse, call one use case, answer. No engine is loaded in its process."""

from audio_service.contract import methods as m
from audio_service.usecases.ask import Ask
from infra.kernel.rpc import Empty
from infra.messaging.nameko_ext import expose


class AudioService:
    """``audio`` on the bus; ``bootstrap`` gives it its ``app``."""

    name = "audio"
    app: Ask

    @expose(m.list_voices)
    def list_voices(self, command: Empty) -> m.Voices:
        return self.app.voices()

    @expose(m.list_beds)
    def list_beds(self, command: Empty) -> m.Beds:
        return self.app.beds()

    @expose(m.get_jobs)
    def get_jobs(self, command: m.GetJobs) -> m.Jobs:
        return self.app.jobs(command)
