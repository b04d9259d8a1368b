"""The track of a film as AAC, encoded in a thread of its own while pictures are, and written as far as they have come.

At most 43 s of encoded sound lie waiting, so memory does not grow with the film.
"""

import queue
import threading
from fractions import Fraction
from types import TracebackType
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from infra.kernel.errors import Invalid

SAMPLE_RATE = 48_000
_FRAME = 1024
_AHEAD = 2048
"""Packets that wait at most, of 1,024 samples each."""

_PATIENCE_S = 0.2


class SoundTrack:
    """``with SoundTrack(track, frames, fps) as sound``: open, until, until, …, finish. When the block is left the
    thread has ended. ``track`` is an open sound file.
    """

    def __init__(self, track: Any, frames: int, fps: int) -> None:
        if track.samplerate != SAMPLE_RATE:
            raise Invalid("generation.track_broken", f"the track has {track.samplerate} Hz instead of {SAMPLE_RATE}")
        self._track, self._fps = track, fps
        self._wanted = round(Fraction(frames, fps) * SAMPLE_RATE)
        self._container: Any = None
        self._stream: Any = None
        self._made: queue.Queue[Any] = queue.Queue(_AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="film-sound", daemon=True)
        self._next: Any = None

    def open(self, container: Any) -> None:
        """Add the stream, when all others of the container are there. The encoder's own low-pass at this rate takes
        0.7 LU from white noise, which the loudness check would refuse: so its cut-off is set.
        """
        self._container = container
        self._stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options={"cutoff": "22000"})
        self._stream.codec_context.bit_rate = 256_000
        container.start_encoding()  # from here on the encoder is the thread's alone
        self._thread.start()

    def until(self, frames: int) -> None:
        """Write what ends before picture ``frames``."""
        stop = round(Fraction(frames, self._fps) * SAMPLE_RATE)
        while (packet := self._peek()) is not None and packet.pts + _FRAME <= stop:
            self._next = None
            self._container.mux(packet)

    def finish(self) -> None:
        """Write all that is left."""
        while (packet := self._peek()) is not None:
            self._next = None
            self._container.mux(packet)

    def _peek(self) -> Any:
        """The next packet, once it is there; None at the end. Raises what broke the encoder."""
        if self._next is None:
            self._next = self._made.get()
        if isinstance(self._next, BaseException):
            raise self._next
        return None if self._next is _END else self._next

    def _run(self) -> None:
        try:
            for at in range(0, self._wanted, _FRAME):
                self._put(self._stream.encode(self._frame(at)))
            self._put([*self._stream.encode(None), _END])
        except _Stopped:
            return
        except Exception as error:  # noqa: BLE001  (handed to the thread that writes the film, which raises it)
            self._put([error])

    def _put(self, packets: Any) -> None:
        for packet in packets:
            while not self._stopped.is_set():
                try:
                    self._made.put(packet, timeout=_PATIENCE_S)
                    break
                except queue.Full:
                    continue
        if self._stopped.is_set():
            raise _Stopped

    def _frame(self, at: int) -> Any:
        """Samples from ``at`` on; past the end of the track there is silence."""
        count = min(_FRAME, self._wanted - at)
        frame = av.AudioFrame.from_ndarray(self._read(count), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, at, Fraction(1, SAMPLE_RATE)
        return frame

    def _read(self, count: int) -> NDArray[np.float32]:
        """``count`` samples in two channels, shape (2, count)."""
        data = self._track.read(count, dtype="float32", always_2d=True)
        stereo = np.repeat(data, 2, axis=1) if data.shape[1] == 1 else data[:, :2]
        padded = np.zeros((2, count), dtype=np.float32)
        padded[:, : stereo.shape[0]] = stereo.T
        return padded

    def __enter__(self) -> "SoundTrack":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()


class _Stopped(Exception):
    """Nobody wants the sound any more."""


_END = object()
