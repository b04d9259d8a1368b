"""Questions: which voices, beds and effects there are, and how far the jobs of a production are."""

from dataclasses import dataclass

from audio_service.contract.beds import bed_names
from audio_service.contract.effects import EFFECT_WORDS
from audio_service.contract.methods import Beds, GetJobs, Jobs, KnownEffect, Voices
from audio_service.contract.speech import StockVoice
from audio_service.domain.ports import Progress
from infra.eventlog.log import Log


@dataclass(frozen=True)
class Ask:
    """Reads only."""

    log: Log
    progress: Progress
    stock: tuple[StockVoice, ...]

    def voices(self) -> Voices:
        return Voices(voices=self.stock)

    def beds(self) -> Beds:
        effects = tuple(KnownEffect(name=name, words=words) for name, words in EFFECT_WORDS.items())
        return Beds(beds=bed_names(), effects=effects)

    def jobs(self, command: GetJobs) -> Jobs:
        return Jobs(jobs=self.log.run(lambda tx: self.progress.of(tx, command.production)))
