"""H.264 in a thread of its own: frames in as I420, an MP4 out. The frame rate is exact and the frame count is kept."""

import queue
import threading
from collections.abc import Callable, Collection
from fractions import Fraction
from types import TracebackType
from typing import Any, BinaryIO

import av
import numpy as np
from av.video.frame import PictureType
from numpy.typing import NDArray

from generation_service.film.codec import Format, open_video

I420 = NDArray[np.uint8]


class Encoder:
    """``with Encoder(out, …) as encoder: encoder.put(frame)``. ``out`` is a path or a seekable binary file; ``keys``
    are the frames that become key pictures. It is coded as films are, so that most of it goes into one as it is.

    A frame is copied on entry. An error of the encoding thread is raised by the next ``put`` or at the end. When the
    block is left by an exception the thread is ended and the container closed; what was written is no film.
    """

    def __init__(self, out: "BinaryIO | str", *, width: int, height: int, fps: int, keys: Collection[int] = ()) -> None:
        self._keys = frozenset(keys)
        self._container: Any = av.open(out, mode="w", format="mp4")
        self._stream: Any = open_video(self._container, Format(width, height, fps), threads=1)
        self._time_base = Fraction(1, fps)
        self._frames: queue.Queue[Callable[[], I420] | None] = queue.Queue(maxsize=6)
        self._error: Exception | None = None
        self._stop = threading.Event()
        self.count = 0
        self._thread = threading.Thread(target=self._run, name="previs-encode", daemon=True)
        self._thread.start()

    def put(self, frame: I420) -> None:
        """Queue one (h * 3 / 2, w) frame; waits while the encoder is six behind."""
        kept = frame.copy()
        self.put_made(lambda: kept)

    def put_made(self, make: Callable[[], I420]) -> None:
        """As :meth:`put` for a frame that the encoding thread makes itself; it is done with one before the next."""
        if self._error is not None:
            raise self._error
        self._frames.put(make)

    def _run(self) -> None:
        try:
            while (make := self._frames.get()) is not None:
                if not self._stop.is_set():
                    self._write(make())
            if not self._stop.is_set():
                for packet in self._stream.encode(None):
                    self._container.mux(packet)
        except Exception as error:  # noqa: BLE001  (handed to the rendering thread, which raises it)
            self._error = error
            while self._frames.get() is not None:
                continue

    def _write(self, frame: I420) -> None:
        picture = av.VideoFrame.from_ndarray(frame, format="yuv420p")
        picture.pts, picture.time_base = self.count, self._time_base
        picture.color_range, picture.colorspace = 1, 1
        if self.count in self._keys:
            picture.pict_type = PictureType.I
        self.count += 1
        for packet in self._stream.encode(picture):
            self._container.mux(packet)

    def __enter__(self) -> "Encoder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stop.set()
        self._frames.put(None)
        self._thread.join()
        self._container.close()
        if kind is None and self._error is not None:
            raise self._error
