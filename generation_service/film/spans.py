"""Which stretch of a film's coded pictures belongs to which take, and the digest of it.

What a decoder makes of a stretch follows from its packets and the parameter sets alone where the stretch begins with an
instantaneous decoder refresh (ITU-T H.264, 7.4.1.2.4) and shows no picture of another one. Only such a stretch has a
digest: what was seen in it once is true of the same bytes wherever they lie.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av

_IDR, _SLICES = 5, frozenset({1, 2, 3, 4, 5})


@dataclass(frozen=True)
class Span:
    """Pictures ``first`` to ``first + frames`` of the film. ``digest`` is empty where they cannot be decoded apart."""

    first: int
    frames: int
    digest: str = ""


@dataclass(frozen=True)
class _Packet:
    """One packet of the file: the picture it shows (-1 for one that is not to be shown as it is), whether a decoder can
    begin with it, and all that a decoder is given of it; its place in time is counted from the picture it shows.
    """

    number: int
    begins: bool
    told: bytes


def spans_of(path: Path, counts: Sequence[int], fps: int, check: Callable[[], None]) -> list[Span]:
    """The spans of a film of takes with so many pictures, as its file has them; one span without a digest where the
    file does not follow ``counts``. ``check`` is the guard, called for every picture. Raises ``av.FFmpegError`` or
    IndexError for what is no film.
    """
    with av.open(str(path), "r") as container:
        stream = container.streams.video[0]
        head, packets = _head(stream), _packets(container, stream, fps, check)
        spans: list[Span] = []
        for count in counts:
            spans.append(_span(islice(packets, count), sum(span.frames for span in spans), count, head))
        more = sum(1 for _ in packets)
    if not more and all(span.digest for span in spans):
        return spans
    return [Span(0, sum(span.frames for span in spans) + more)]


def _span(packets: Iterable[_Packet], first: int, count: int, head: bytes) -> Span:
    found, shown, begins = hashlib.sha256(head), list[int](), False
    for packet in packets:
        begins = begins or (not shown and packet.begins and packet.number == first)
        found.update(f"{packet.number - first}".encode() + packet.told)
        shown.append(packet.number)
    whole = begins and sorted(shown) == list(range(first, first + count))
    return Span(first, len(shown), found.hexdigest() if whole else "")


def _head(stream: Any) -> bytes:
    """What a decoder knows before the first packet."""
    context = stream.codec_context
    told = (context.name, context.width, context.height, context.pix_fmt, (context.extradata or b"").hex())
    return repr(told).encode()


def _packets(container: Any, stream: Any, fps: int, check: Callable[[], None]) -> Iterator[_Packet]:
    """Every packet with a picture, in the order of the file."""
    base = Fraction(stream.time_base or 1)
    length = ((stream.codec_context.extradata or b"\0\0\0\0\3")[4] & 3) + 1
    for packet in container.demux(stream):
        if packet.pts is None or packet.dts is None:
            continue
        check()
        data = bytes(packet)
        plain = not (packet.is_discard or packet.is_corrupt or any(True for _ in packet.iter_sidedata()))
        begins = plain and packet.is_keyframe and _refreshes(data, length)
        facts = (packet.dts - packet.pts, packet.is_keyframe, plain, len(data))
        number = round(packet.pts * base * fps)
        yield _Packet(number if plain else -1, begins, repr(facts).encode() + data)


def _refreshes(data: bytes, length: int) -> bool:
    """Whether the first slice of an access unit (ISO/IEC 14496-15, 4.3: each unit behind its length) is an IDR."""
    at = 0
    while at + length < len(data):
        size = int.from_bytes(data[at : at + length], "big")
        kind = data[at + length] & 31
        if kind in _SLICES:
            return kind == _IDR
        at += length + size
    return False
