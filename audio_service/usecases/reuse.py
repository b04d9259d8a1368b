"""A line that was spoken before is not spoken again: the same words, voice and delivery by the same engine give the
same sound. Permission is not reused: the lease is opened and closed for it like for any other line.

What cannot be opened any more is no error. The line is spoken anew, unless a locked shot was made to that very sound.
"""

from audio_service.contract.jobs import KnownLine, LineJob
from audio_service.domain.ports import Spoken, Vault
from infra.kernel.canonical import sha256_hex
from infra.kernel.errors import AssentError, Conflict, Denied, Invalid, NotFound


def known_sound(job: LineJob, engine: str, vault: Vault) -> Spoken | None:
    """The sound that ``job`` names as known, where it still is what ``engine`` would say; None: speak it.

    Raises Conflict ``audio.kept_line_gone`` when a locked shot's sound cannot be opened.
    """
    known = job.known
    if known is None or not (known.kept or (engine and known.engine == engine)):
        return None
    wav = _opened(known, job, vault)
    if wav is None and known.kept:
        raise Conflict(
            "audio.kept_line_gone", "the sound that a locked shot was made to is gone", fix="unlock the shot",
            job=job.job, version=known.production,
        )  # fmt: skip
    return None if wav is None else Spoken(wav, known.timing, known.similarity_before, known.similarity_after)


def _opened(known: KnownLine, job: LineJob, vault: Vault) -> bytes | None:
    try:
        wav = vault.take(known.sha256, vault.production_key(job.production, job.job, source=known.production))
    except (NotFound, Invalid, Denied, Conflict) as error:
        if _is_ours(error):
            raise
        return None
    return wav if sha256_hex(wav) == known.sha256 else None


def _is_ours(error: AssentError) -> bool:
    """Whether the film itself has ended, rather than the one whose sound was asked for."""
    return error.code == "generation.production_over"
