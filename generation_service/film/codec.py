"""How pictures are encoded, in takes and in films alike, and pieces of film that are laid end to end without encoding
them again.

Every piece is encoded with the same settings and begins with a picture of its own (IDR), so the parameter sets of all
pieces of a film are the same bytes, and joining them is copying packets. A take has such pictures where a transition
may end or begin: what lies between goes into the film as it was rendered, and is never encoded a second time.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from generation_service.film.transitions import FADE_FRAMES
from infra.kernel.errors import Invalid

Plane = NDArray[np.uint8]
PRESET, CRF, PART_CRF = "superfast", "22", "20"
"""Constant quality of a take, and of the few pictures that are encoded a second time because something touches them."""

VERSION = f"x264-{PRESET}-{CRF}-{PART_CRF}-3"
"""Names the settings below: pieces of another version do not lie beside these."""

_ASM = "MMX2,SSE2,SSE2Fast,LZCNT,SSSE3,SSE4.2,AVX,FMA3,BMI1,BMI2,AVX2"
"""All but AVX-512: with it x264's macroblock tree is not the same from run to run, whatever the threads."""
REORDER = 2
"""Frames that decoding runs ahead of showing in every piece: the preset's B-frames with their pyramid."""


@dataclass(frozen=True)
class Format:
    """Picture size in pixels and frames a second."""

    width: int
    height: int
    fps: int


def key_pictures(frames: int) -> frozenset[int]:
    """The pictures of a take that parts of a film may begin or end at."""
    return frozenset({FADE_FRAMES, frames - FADE_FRAMES})


def open_video(container: Any, form: Format, *, crf: str = CRF, threads: int = 2) -> Any:
    """An H.264 stream in ``container`` with the settings of all pieces, BT.709 limited range; a picture of type I is a
    key picture (IDR). ``stitchable`` keeps the quality out of the parameter sets.
    """
    options = {
        "preset": PRESET, "crf": crf, "g": str(2 * form.fps), "threads": str(threads), "forced-idr": "1",
        "x264-params": f"asm={_ASM}:stitchable=1",
    }  # fmt: skip
    video = container.add_stream("libx264", rate=Fraction(form.fps), options=options)
    video.width, video.height, video.pix_fmt = form.width, form.height, "yuv420p"
    video.codec_context.time_base = video.time_base = Fraction(1, form.fps)
    video.codec_context.color_primaries = video.codec_context.color_trc = video.codec_context.colorspace = 1
    video.codec_context.color_range = 1
    return video


def encode_piece(pictures: Iterable[Plane], form: Format) -> bytes:
    """A piece of film as a video-only MP4: I420 pictures of shape (height * 3 / 2, width), one after another. The same
    pictures give the same bytes.
    """
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        video = open_video(container, form, crf=PART_CRF)
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, form.fps)
            frame.colorspace, frame.color_range = 1, 1
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return out.getvalue()


def cut_piece(data: bytes, frames: int, cut: slice, form: Format) -> bytes | None:
    """Pictures ``cut.start`` … ``cut.stop`` of a take of ``frames`` pictures as a piece, its packets as they are; None
    where they cannot be taken out: another take than that, or no key pictures at the ends.
    """
    out = io.BytesIO()
    try:
        with av.open(io.BytesIO(data), "r") as source:
            stream = source.streams.video[0]
            packets = _packets_of(source, stream, cut, form)
            if packets is None or stream.frames != frames:
                return None
            with av.open(out, "w", format="mp4") as container:
                target = container.add_stream_from_template(stream)
                first = round(Fraction(cut.start, form.fps) / Fraction(stream.time_base or 1))
                for packet in packets:
                    packet.pts, packet.dts, packet.stream = packet.pts - first, packet.dts - first, target
                    container.mux(packet)
    except (av.FFmpegError, IndexError):
        return None
    return out.getvalue()


def _packets_of(source: Any, stream: Any, cut: slice, form: Format) -> list[Any] | None:
    """The packets of the pictures of a cut, in the order of the file, where they can be decoded without any other."""
    context = stream.codec_context
    if (context.name, context.width, context.height) != ("h264", form.width, form.height):
        return None
    base, wanted = Fraction(stream.time_base or 1), range(cut.start, cut.stop)
    numbered = [(round(one.pts * base * form.fps), one) for one in source.demux(stream) if one.pts is not None]
    begins = next((at for at, (number, one) in enumerate(numbered) if number == cut.start and one.is_keyframe), None)
    if begins is None:
        return None
    ends = begins + len(wanted)
    behind = numbered[ends : ends + 1]
    taken = numbered[begins:ends]
    if sorted(number for number, _ in taken) != list(wanted) or not all(one.is_keyframe for _, one in behind):
        return None
    return [one for _, one in taken]


def parameter_sets(piece: bytes) -> bytes:
    """What a decoder must know before the first picture (ISO/IEC 14496-15, 5.3.3.1)."""
    with av.open(io.BytesIO(piece), "r") as source:
        return bytes(source.streams.video[0].codec_context.extradata or b"")


def decode_piece(data: bytes, frames: int, form: Format, *, first: int = 0) -> Iterator[Plane]:
    """Pictures ``first`` … ``frames`` of a take in the film's size; raises Invalid ``generation.take_broken`` when it
    is not what its reference says. What lies before ``first`` is decoded only as far as the last key picture needs.
    """
    seen = first
    try:
        with av.open(io.BytesIO(data), "r") as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            if first:
                container.seek(round(Fraction(first, form.fps) / (stream.time_base or 1)), stream=stream)
            for frame in container.decode(video=0):
                if round((frame.pts or 0) * (frame.time_base or Fraction(1)) * form.fps) < first:
                    continue
                if (frame.width, frame.height) != (form.width, form.height):
                    raise Invalid("generation.take_broken", "a take has another picture size than the film")
                seen += 1
                if seen <= frames:
                    yield np.asarray(frame.to_ndarray(format="yuv420p"), dtype=np.uint8)
    except av.FFmpegError as error:
        raise Invalid("generation.take_broken", "a take does not decode") from error
    if seen != frames:
        raise Invalid("generation.take_broken", f"a take has {seen} frames instead of {frames}")


class Joiner:
    """Lays pieces end to end in one video stream of ``container``; the stream is made of the first piece."""

    def __init__(self, container: Any, form: Format) -> None:
        self._container, self._form = container, form
        self._stream: Any = None
        self._source: Any = None
        self.frames = 0

    def open(self, piece: bytes) -> None:
        """Make the stream, before any other of the container has packets. ``piece`` stays the model of all others."""
        self._source = av.open(io.BytesIO(piece), "r")
        self._stream = self._container.add_stream_from_template(self._source.streams.video[0])
        self._stream.time_base = Fraction(1, 90_000)

    def add(self, piece: bytes, frames: int) -> None:
        """Append ``frames`` pictures; Invalid ``generation.piece_differs`` when they were encoded another way."""
        with av.open(io.BytesIO(piece), "r") as source:
            stream = source.streams.video[0]
            model = self._source.streams.video[0]
            if stream.codec_context.extradata != model.codec_context.extradata:
                raise Invalid("generation.piece_differs", "a piece of film was encoded another way than the others")
            base = Fraction(stream.time_base or 1)
            count = 0
            for packet in source.demux(stream):
                if packet.dts is None or packet.pts is None:
                    continue
                self._put(packet, base, count)
                count += 1
        if count != frames:
            raise Invalid("generation.take_broken", f"a piece of film has {count} frames instead of {frames}")
        self.frames += frames

    def _put(self, packet: Any, base: Fraction, number: int) -> None:
        """Packet ``number`` of a piece, from 0. A piece of one or two pictures says that it is decoded when it is
        shown, which would be after pictures that follow it: the order of packets is what counts.
        """
        ticks = Fraction(90_000, self._form.fps)
        packet.pts = round((round(packet.pts * base * self._form.fps) + self.frames) * ticks)
        packet.dts = round((self.frames + number - REORDER) * ticks)
        packet.duration = round(ticks)
        packet.time_base = Fraction(1, 90_000)
        packet.stream = self._stream
        self._container.mux(packet)

    def close(self) -> None:
        """Let go of the first piece."""
        if self._source is not None:
            self._source.close()
