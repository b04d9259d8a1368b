"""What other services run inside their own process: the enrolment check of a voice sample."""

from audio_service.client.intake import InspectedVoice, inspect_voice

__all__ = ["InspectedVoice", "inspect_voice"]
