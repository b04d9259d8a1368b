"""Productions: what a partner submits, what it can follow, what comes out."""

from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import Field

from consent_service.contract.decisions import Decision
from consent_service.contract.terms import Channel, Purpose, Territory
from infra.kernel.rpc import Empty, Message, Method

ProductionState = Literal[
    "refused", "queued", "rendering", "assembling", "released", "stopped", "failed", "cancelled", "purged"
]
ShotState = Literal["waiting", "speaking", "spoken", "rendering", "rendered", "stopped", "failed", "purged"]


class CastMember(Message):
    """Who plays a character of the screenplay: a stock character and voice, or a subject's permitted references.

    ``face`` and ``voice`` are SHA-256 digests of the subject's assets; a missing one falls back to stock.
    """

    stock: str | None = None
    stock_voice: str | None = None
    subject: str | None = None
    face: str | None = None
    voice: str | None = None
    voice_from_face: bool = Field(default=False, description="ask for the voice to be inferred from the face")


class SubmitProduction(Message):
    command_id: str
    partner: str
    title: str = Field(default="Untitled", max_length=200)
    screenplay: str = Field(min_length=1, max_length=400_000, description="the text, in ``format``")
    format: Literal["fountain", "storyboard", "prompt"] = "fountain"
    cast: dict[str, CastMember]
    purpose: Purpose
    territories: tuple[Territory, ...] = ("worldwide",)
    channels: tuple[Channel, ...] = ("web",)
    language: str = "en"
    project: str | None = None
    brand: str | None = None
    approved: str | None = Field(default=None, description="an earlier decision on this film that was approved")
    width: int = Field(default=1280, ge=320, le=1920, multiple_of=2)
    height: int = Field(default=720, ge=320, le=1920, multiple_of=4)
    fps: int = Field(default=24, ge=12, le=60)
    seed: int = 0
    captions: Literal["none", "sidecar", "burnt"] = "sidecar"
    title_card: bool = Field(default=False, description="open with the title")
    loudness_lufs: float = Field(default=-16.0, ge=-31, le=-9, description="EBU R128 target of the film")
    revises: str | None = Field(default=None, description="the production this one is a new version of")
    alternates: dict[str, int] = Field(default_factory=dict, description="take wanted, from 1, by shot key")
    keep: dict[str, str] = Field(
        default_factory=dict, description="by shot key: the version (production) whose take it keeps, as `lock` does"
    )
    unlock: tuple[str, ...] = Field(default=(), description="shot keys that are free again, whatever locked them")


class Change(Message):
    """What makes a shot another one than it was in the version before. ``what``: ``line``, ``cast``, ``seed`` …;
    ``upstream`` says that nothing was edited: another engine, another spoken sound, a longer pause before it.
    """

    what: str
    before: str = ""
    after: str = ""
    upstream: bool = False


class ShotView(Message):
    id: str
    key: str = ""
    alternate: int = 1
    lock: bool = False
    kept: str | None = Field(default=None, description="the version whose take it keeps, where it is locked")
    changes: tuple[Change, ...] = Field(default=(), description="against the version before; empty: as it was")
    held: tuple[Change, ...] = Field(default=(), description="what the script now says that a lock keeps out")
    seed: int = 0
    number: int
    heading: str
    size: str
    characters: tuple[str, ...]
    seconds: float
    state: ShotState
    fraction: float = 0.0
    reused: bool = False
    take: str | None = None
    permits: tuple[str, ...] = Field(default=(), description="jti of each permit used for it")
    ledger_indices: tuple[int, ...] = ()


class OutputFile(Message):
    """A file beside the film, released by the same gate under the same key: captions, stems, stills, cutting lists."""

    name: str
    media_type: str
    sha256: str
    bytes: int


class OutputView(Message):
    """A released film. ``ledger_index`` is its release entry; ``sha256`` of the file as delivered."""

    id: str
    production: str
    sha256: str
    bytes: int
    seconds: float
    width: int
    height: int
    fps: int
    media_type: str = "video/mp4"
    ledger_index: int
    released_at: datetime
    grants: tuple[str, ...]
    checks: dict[str, Any] = Field(default_factory=dict, description="measured: loudness, sync, ducking, marks")
    contact_sheet: str | None = Field(default=None, description="SHA-256 of its PNG, beside the film, same key")
    files: tuple[OutputFile, ...] = ()


class Stop(Message):
    """Why and how fast a production was stopped. ``stop_ms`` is commit of the cause to the last running step."""

    code: str
    detail: str
    stop_ms: float | None = None
    ledger_index: int | None = None
    at: datetime


class ProductionView(Message):
    id: str
    partner: str
    title: str
    state: ProductionState
    version: int = Field(description="event index of this view; use it to resume a stream")
    decision: Decision
    shots: tuple[ShotView, ...]
    fraction: float
    phase: str
    output: OutputView | None = None
    stop: Stop | None = None
    submitted_at: datetime
    film: str = Field(default="", description="the first version: all versions of a film share it")
    revises: str | None = None
    removed: tuple[str, ...] = Field(default=(), description="shot keys that the version before had and this has not")
    eta_s: float | None = Field(default=None, description="seconds left, by the measured rate of each phase")
    phases: dict[str, float] = Field(default_factory=dict, description="speech, pictures, sound, assembly: 0..1 each")


class GetProduction(Message):
    production: str
    partner: str | None = None


class ListProductions(Message):
    partner: str
    limit: int = Field(default=50, ge=1, le=100)
    after: str | None = None
    before: str | None = Field(default=None, description="instead of `after`: the page that ends where this one begins")


class Productions(Message):
    productions: tuple[ProductionView, ...]
    has_more: bool


class CancelProduction(Message):
    command_id: str
    production: str
    partner: str


class ReviseProduction(Message):
    """A new version of a film. What is not given stays as it was; ``screenplay`` None: the same text. ``cast`` names
    who is cast anew; None takes an order for a name back, so that the script casts it.

    ``redo`` asks for one more take of each shot named; ``choose`` goes back to a numbered take of the history.
    """

    command_id: str
    partner: str
    production: str
    screenplay: str | None = Field(default=None, min_length=1, max_length=400_000)
    cast: dict[str, CastMember | None] | None = None
    title: str | None = Field(default=None, max_length=200)
    redo: tuple[str, ...] = ()
    choose: dict[str, int] = Field(default_factory=dict)
    lock: tuple[str, ...] = ()
    unlock: tuple[str, ...] = ()
    approved: str | None = None


class ListTakes(Message):
    """All takes ever made of a film, whichever version is named; of one shot where ``key`` is given."""

    production: str
    partner: str
    key: str | None = None


class TakeView(Message):
    """One take in the history of a shot. ``number`` counts from 1 by shot key; ``changes`` say why it was made.

    ``used_by`` are the versions whose film holds it; ``purged`` says why its picture is gone, ``purged_at`` since when.
    """

    number: int
    key: str
    production: str
    shot: str
    sha256: str
    digest: str
    alternate: int = 1
    seed: int = 0
    seconds: float = 0.0
    size: str = ""
    says: str = ""
    changes: tuple[Change, ...] = ()
    grants: tuple[str, ...] = ()
    permit: str | None = None
    ledger_index: int | None = None
    made_at: datetime
    used_by: tuple[str, ...] = ()
    purged: str | None = None
    purged_at: datetime | None = None


class TakeHistory(Message):
    film: str
    takes: tuple[TakeView, ...]


class OpenTakes(Message):
    """Open numbered takes of one shot for looking at them side by side. Takes of released films only."""

    production: str
    partner: str
    key: str
    numbers: tuple[int, ...] = Field(min_length=1, max_length=2)


class OpenedTake(Message):
    """Where a take lies (``takes`` blob area), the key that opens it (base64url) and the film that released it."""

    take: TakeView
    data_key: str
    output_sha256: str
    fps: int


class OpenedTakes(Message):
    takes: tuple[OpenedTake, ...]


class GetOutputKey(Message):
    output: str
    partner: str


class OutputKey(Message):
    """Where a released film lies (``released`` blob area) and the key that opens it (base64url)."""

    output: OutputView
    data_key: str


class ProductionKey(Message):
    """The key that seals a production's takes. Answered to workers for a job of a running production only. ``source``
    asks for the key of another film of the same partner instead, to use its sound again.
    """

    production: str
    job: str
    source: str | None = None


class ProductionKeyAnswer(Message):
    production: str
    data_key: str


class StockCharacter(Message):
    """A drawn character that is nobody, and the stock voice it speaks with unless another is cast."""

    id: str
    voice: str


class StockCast(Message):
    characters: tuple[StockCharacter, ...]


C = TypeVar("C", bound=Message)
A = TypeVar("A", bound=Message)


def _method(name: str, command: type[C], answer: type[A], deadline_s: float = 5.0) -> Method[C, A]:
    return Method("generation", name, command, answer, deadline_s)


submit = _method("submit", SubmitProduction, ProductionView, 15.0)
get_production = _method("get_production", GetProduction, ProductionView)
list_productions = _method("list_productions", ListProductions, Productions)
cancel = _method("cancel", CancelProduction, ProductionView)
get_output_key = _method("get_output_key", GetOutputKey, OutputKey)
list_cast = _method("list_cast", Empty, StockCast)
revise = _method("revise", ReviseProduction, ProductionView, 15.0)
list_takes = _method("list_takes", ListTakes, TakeHistory)
open_takes = _method("open_takes", OpenTakes, OpenedTakes)
production_key = _method("production_key", ProductionKey, ProductionKeyAnswer, 2.0)
