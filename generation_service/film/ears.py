"""What is heard in the sound of a finished film: loudness, peak, speech, voices.

Everything that is heard follows from the packets of the sound. The film holds those of its mixed track, byte for byte,
so listening may begin at the track, while pictures are still joined; what was heard counts for a film only when its own
packets have the same digest, and otherwise the film is listened to.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pyloudnorm
from numpy.typing import NDArray

from generation_service.film.fusion.measure import Listened, Witness

Check = Callable[[], None]


@dataclass(frozen=True)
class Heard:
    """``loudness`` in LUFS, ``peak`` of full scale; ``judged`` where there are takes to judge by."""

    loudness: float
    peak: float
    judged: Listened | None


@dataclass(frozen=True)
class Listening:
    """A track that is listened to in a thread of its own, and the digest of its packets."""

    digest: str
    heard: "Future[Heard]"

    @classmethod
    def begun(cls, track: Path, witness: Witness, check: Check, hands: Executor) -> "Listening | None":
        """Listen to a track; None for what is no sound, which whoever joins it will say."""
        try:
            return cls(digest_of(track), hands.submit(hear, track, witness, check))
        except (av.FFmpegError, IndexError):
            return None

    def of(self, film: Path) -> Heard | None:
        """What was heard, if this film sounds like the track to the last bit."""
        return self.heard.result() if digest_of(film) == self.digest else None


def hear(path: Path, witness: Witness, check: Check) -> Heard:
    """Listen to the sound of a file; ``check`` is the guard."""
    samples, rate = _decoded(path)
    check()
    loudness = _loudness(samples, rate)
    check()
    judged = witness.listen(samples, rate, check) if witness.takes else None
    return Heard(loudness, float(np.abs(samples).max()) if samples.size else 0.0, judged)


def digest_of(path: Path) -> str:
    """SHA-256 over all that a decoder is given of the sound, and when it is to be heard."""
    with av.open(str(path), "r") as container:
        stream = container.streams.audio[0]
        context = stream.codec_context
        head = (context.name, context.sample_rate, context.layout.name, (context.extradata or b"").hex())
        found = hashlib.sha256(repr(head).encode())
        for packet in container.demux(stream):
            if packet.pts is not None:
                found.update(f"{packet.pts * (packet.time_base or 1)} {packet.size} ".encode() + bytes(packet))
    return found.hexdigest()


def _decoded(path: Path) -> tuple[NDArray[np.float64], int]:
    """Decoded sound, shape (n, channels), and its rate in Hz."""
    with av.open(str(path), "r") as container:
        rate = int(container.streams.audio[0].rate)
        parts = [np.asarray(frame.to_ndarray(), dtype=np.float64).T for frame in container.decode(audio=0)]
    return (np.concatenate(parts) if parts else np.zeros((0, 2))), rate


def _loudness(samples: NDArray[np.float64], rate: int) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770-4); -inf for silence or less than one block of 400 ms."""
    if samples.shape[0] < int(0.4 * rate) + 1 or not samples.any():
        return float("-inf")
    return float(pyloudnorm.Meter(rate).integrated_loudness(samples))
