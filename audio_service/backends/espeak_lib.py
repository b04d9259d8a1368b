"""The espeak-ng library through ctypes: text in, samples and timed events out. It decides nothing about voices.

The library keeps global state, so there is one line at a time in a process: a lock is held for a whole call.
Structures and constants are those of ``espeak-ng/speak_lib.h`` 1.52.
"""

import _ctypes
import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

from audio_service.backends.engine_data import EngineData
from infra.kernel.errors import Internal, Invalid

_SYNCHRONOUS = 2
_EVENTS_PHONEMES_IPA_NO_EXIT = 0x1 | 0x2 | 0x8000
_BUFFER_MS = 50
_UTF8 = 1
_RATE, _PITCH, _RANGE, _WORDGAP = 1, 3, 4, 7
_TERMINATED, _WORD, _END, _PHONEME = 0, 1, 5, 7


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _EventId),
    )  # fmt: skip


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p), ("languages", ctypes.c_char_p), ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte), ("age", ctypes.c_ubyte), ("variant", ctypes.c_ubyte), ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int), ("spare", ctypes.c_void_p),
    )  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True)
class EspeakEvent:
    """``position`` and ``length`` count characters of the text from 0; ``sample`` is in the library's own rate.

    A phoneme with empty ``text`` is a pause.
    """

    kind: Literal["word", "phoneme", "end"]
    sample: int
    position: int
    length: int = 0
    text: str = ""


@dataclass(frozen=True)
class Utterance:
    """Mono samples at ``rate`` Hz and what happened when."""

    samples: NDArray[np.int16]
    rate: int
    events: list[EspeakEvent]


@dataclass(frozen=True)
class EspeakVoice:
    """How the library is set for one line: ``rate`` words per minute 80-450; ``pitch`` and ``span`` 0-99."""

    name: str
    rate: int
    pitch: int
    span: int
    gap: int = 0


_lock = threading.Lock()


@contextmanager
def _fresh(seed: int) -> Iterator[tuple[Any, int]]:
    """A freshly loaded library and its sample rate. The library carries phase and noise from line to line; loading it
    anew (under 1 ms) makes the same line the same samples, whatever was said before.
    """
    with _lock:
        lib = _declared(ctypes.CDLL(espeakng_loader.get_library_path()))
        try:
            data = bytes(_data().path)
            rate = int(lib.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data, _EVENTS_PHONEMES_IPA_NO_EXIT))
            if rate <= 0:
                raise Internal("audio.engine_failed", "the speech engine did not start")
            lib.espeak_ng_SetRandSeed(seed & 0x7FFFFFFF)
            yield lib, rate
            lib.espeak_Terminate()
        finally:
            _ctypes.dlclose(lib._handle)


@cache
def _data() -> EngineData:
    return EngineData(Path(espeakng_loader.get_data_path()))


def _declared(lib: Any) -> Any:
    lib.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
    lib.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    lib.espeak_SetParameter.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int]
    lib.espeak_SetSynthCallback.argtypes = [_Callback]
    lib.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
    lib.espeak_Synth.argtypes = [
        ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
        ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    lib.espeak_ListVoices.argtypes = [ctypes.c_void_p]
    lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    return lib


@cache
def languages() -> dict[str, str]:
    """The languages that can really be spoken by this copy: tag -> name of the voice to select. Listed and then
    tried, for some listed voices lack their data.
    """
    data = Path(espeakng_loader.get_data_path())
    with _fresh(0) as (lib, _):
        listed = lib.espeak_ListVoices(None)
        known: list[tuple[str, bytes]] = []
        while listed[len(known)]:
            voice = listed[len(known)].contents
            known.append((voice.languages[1:].decode(), voice.identifier))
        found: dict[str, str] = {}
        for tag, identifier in known:
            has_words = (data / f"{tag.split('-')[0]}_dict").is_file()
            if has_words and tag not in found and lib.espeak_SetVoiceByName(identifier) == 0:
                found[tag] = identifier.decode()
        return found


def speak(text: str, voice: EspeakVoice, *, seed: int, check: Callable[[], None]) -> Utterance:
    """``text`` spoken once; the guard is read at every 50 ms buffer. The same arguments give the same samples.

    Raises what ``check`` raises, and :class:`Invalid` (``audio.voice_unknown``) for a name that cannot be set.
    """
    with _fresh(seed) as (lib, rate):
        if lib.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise Invalid("audio.voice_unknown", f"the speech engine has no voice {voice.name!r}")
        pairs = ((_RATE, voice.rate), (_PITCH, voice.pitch), (_RANGE, voice.span), (_WORDGAP, voice.gap))
        for parameter, value in pairs:
            lib.espeak_SetParameter(parameter, value, 0)
        samples, events = _run(lib, text, check)
        return Utterance(samples, rate, events)


def _run(lib: Any, text: str, check: Callable[[], None]) -> tuple[NDArray[np.int16], list[EspeakEvent]]:
    chunks: list[NDArray[np.int16]] = []
    events: list[EspeakEvent] = []
    stopped: list[BaseException] = []

    def receive(samples: Any, count: int, raw: Any) -> int:
        try:
            check()
            if samples and count > 0:
                chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
            events.extend(_read(raw))
        except BaseException as error:  # noqa: BLE001 - raised again below: it must not unwind through C
            stopped.append(error)
            return 1
        return 0

    callback = _Callback(receive)
    lib.espeak_SetSynthCallback(callback)
    data = text.encode() + b"\0"
    lib.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None)
    if stopped:
        raise stopped[0]
    return (np.concatenate(chunks) if chunks else np.zeros(0, np.int16)), events


def _read(raw: Any) -> list[EspeakEvent]:
    events: list[EspeakEvent] = []
    index = 0
    while raw[index].type != _TERMINATED:
        event = raw[index]
        place = max(0, event.text_position - 1)
        if event.type == _WORD:
            events.append(EspeakEvent("word", event.sample, place, event.length))
        elif event.type == _PHONEME:
            text = bytes(event.id.string).decode("utf-8", "ignore")
            events.append(EspeakEvent("phoneme", event.sample, place, text=text))
        elif event.type == _END:
            events.append(EspeakEvent("end", event.sample, place))
        index += 1
    return events
