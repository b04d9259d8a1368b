"""The sound of a film: the packets of the mixed track, laid beside the pictures as far as they have come.

The track arrives encoded for delivery (AAC-LC), exactly as long as the pictures; its packets are copied one by one, so
memory does not grow with the film and nothing is encoded twice.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av

from infra.kernel.errors import Invalid

SAMPLE_RATE = 48_000


class SoundTrack:
    """``with SoundTrack(track, frames, fps) as sound``: open, until, until, …, finish. ``track`` is an MP4 of one AAC
    stream, as long as ``frames`` pictures; anything else is Invalid ``generation.track_broken``.
    """

    def __init__(self, track: Path | bytes, frames: int, fps: int) -> None:
        self._fps = fps
        try:
            self._source: Any = av.open(io.BytesIO(track) if isinstance(track, bytes) else str(track), "r")
        except av.FFmpegError as error:
            raise _broken("the track does not open") from error
        try:
            self._packets = self._verified(Fraction(frames, fps))
        except BaseException:
            self._source.close()
            raise
        self._container: Any = None
        self._stream: Any = None
        self._next: Any = None

    def open(self, container: Any) -> None:
        """Add the stream, when all others of the container are there."""
        self._container = container
        self._stream = container.add_stream_from_template(self._source.streams.audio[0])

    def until(self, frames: int) -> None:
        """Write what ends before picture ``frames``."""
        stop = Fraction(frames, self._fps)
        while (packet := self._peek()) is not None and (packet.pts + packet.duration) * packet.time_base <= stop:
            self._write(packet)

    def finish(self) -> None:
        """Write all that is left."""
        while (packet := self._peek()) is not None:
            self._write(packet)

    def _verified(self, seconds: Fraction) -> Iterator[Any]:
        """The packets of a track that is what it should be."""
        if len(self._source.streams) != 1 or len(self._source.streams.audio) != 1:
            raise _broken("the track is not one stream of sound")
        stream = self._source.streams.audio[0]
        if stream.codec_context.name != "aac" or stream.rate != SAMPLE_RATE:
            raise _broken(f"the track is {stream.codec_context.name} at {stream.rate} Hz, not AAC at {SAMPLE_RATE} Hz")
        found = Fraction(stream.duration or 0) * Fraction(stream.time_base or 1)
        if found != seconds:
            raise _broken(f"the track is {float(found):.4f} s long instead of {float(seconds):.4f}")
        packets: Iterator[Any] = self._source.demux(stream)
        return packets

    def _peek(self) -> Any:
        """The next packet; None at the end."""
        while self._next is None:
            packet = next(self._packets, None)
            if packet is None:
                return None
            self._next = packet if packet.pts is not None else None  # the last one that demuxing gives is empty
        return self._next

    def _write(self, packet: Any) -> None:
        self._next = None
        packet.stream = self._stream
        self._container.mux(packet)

    def __enter__(self) -> "SoundTrack":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.close()


def _broken(detail: str) -> Invalid:
    return Invalid("generation.track_broken", detail, fix="submit the production again: its sound is mixed anew")
