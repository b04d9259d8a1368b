"""The bodies of requests and the answers that no service contract already has. Closed: an unknown field is an error."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from consent_service.contract.erasure import Erasure
from consent_service.contract.flags import FlagApproval, FlagChange
from consent_service.contract.ledger import GrantChange
from consent_service.contract.openings import Openings
from consent_service.contract.terms import (
    Channel,
    Exclusion,
    GrantTerms,
    Jurisdiction,
    Modality,
    PublicKey,
    Purpose,
    Sha256,
    Territory,
    Word,
)
from generation_service.contract.methods import CastMember
from identity_service.contract.methods import Tier
from infra.kernel.rpc import Message

Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{86}$", description="Ed25519, base64url without padding")]

Aspect = Literal["16:9", "9:16", "1:1", "4:5", "4:3"]
Resolution = Literal["480p", "720p", "1080p"]

ALL_EXCLUSIONS: tuple[Exclusion, ...] = get_args(Exclusion)


class PartnerForm(Message):
    name: str = Field(min_length=1, max_length=120, examples=["Northlight Pictures"])
    tier: Tier = "unvetted"


class OperatorForm(Message):
    name: str = Field(min_length=1, max_length=120, examples=["Ada"])
    public_key: PublicKey
    can: tuple[Literal["pause", "resume"], ...] = ("pause",)


class SubjectForm(Message):
    display_name: str = Field(min_length=1, max_length=120, examples=["Mira Solen"])
    public_key: PublicKey = Field(description="the subject's own Ed25519 key, made on the subject's own device")
    age_class: Literal["adult", "minor"] = "adult"


class ErasureForm(Message):
    erasure: Erasure
    signature: Signature


class AuthorityForm(Message):
    """Who signs in the subject's place: a registered representative, with a commitment to the papers that say so."""

    role: Literal["guardian", "executor", "heir"]
    ref: str = Field(max_length=64, description="handle of the representative", examples=["rep_3f…"])
    evidence: Sha256 = Field(description="commitment to the evidence, which stays with whoever checked it")
    until: datetime | None = Field(default=None, description="when the authority ends: a minor's coming of age at last")


class DraftForm(Message):
    """A grant in few words. What is left out is filled in narrowly: all exclusions, this partner, a year."""

    subject: str = Field(examples=["sub_5c0de0a4f1d94a0c9c3e4b7a1f2d3e4f"])
    authority: AuthorityForm | None = Field(default=None, description="who signs, where the subject does not")
    jurisdiction: Jurisdiction | None = Field(
        default=None, description="where the subject lives; its law caps the terms"
    )
    died_year: int | None = Field(default=None, ge=1800, le=2200, description="with an executor or heir")
    modalities: tuple[Modality, ...] = Field(min_length=1, examples=[["face.image", "voice.clone"]])
    assets: tuple[Sha256, ...] = Field(default=(), description="reference files; all of the subject's when empty")
    purposes: tuple[Purpose, ...] = Field(min_length=1, examples=[["entertainment"]])
    description: str = Field(max_length=2000, examples=["Short film 'The Keeper'"])
    projects: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    territories: tuple[Territory, ...] = ("worldwide",)
    channels: tuple[Channel, ...] = ("web",)
    languages: tuple[str, ...] = ("en",)
    words_forbidden: tuple[Word, ...] = ()
    days: int = Field(default=365, ge=1, le=3650, description="how long it holds, from now")
    max_uses: int = Field(default=100, ge=1, le=1_000_000)
    max_seconds: float = Field(default=60.0, gt=0, le=86_400)
    max_concurrent: int = Field(default=8, ge=1, le=1_000)
    exclusions: tuple[Exclusion, ...] = ALL_EXCLUSIONS
    disclosure_text: str = Field(default="Made with AI", max_length=200)


class ToSign(Message):
    """``bytes`` (base64url) is exactly what the subject's key signs: context, newline, canonical sealed terms."""

    context: str
    bytes: str


class DraftNotice(Message):
    """The words to show to the subject before signing; ``sha256`` of exactly this UTF-8 text is in the terms."""

    text: str
    sha256: Sha256


class Draft(Message):
    """``terms`` are what is agreed; ``sealed`` the same as it is signed and recorded: each typed text is replaced by a
    commitment (HMAC-SHA256) that the salt in ``openings`` opens.
    """

    terms: GrantTerms
    sealed: GrantTerms
    openings: Openings
    notice: DraftNotice
    to_sign: ToSign


class GrantForm(Message):
    """Terms and openings as drafted; the signature is over the sealed terms. ``modality_signatures`` are over the
    notice, one for each modality (context ``assent/notice/v1``; ``{"notice","subject","partner","modality"}``).
    """

    terms: GrantTerms
    signature: Signature
    openings: Openings | None = None
    modality_signatures: dict[str, Signature] = Field(default_factory=dict)


class GrantChangeForm(Message):
    """``openings`` comes with a reason: the signature is then over the change with a commitment in its place."""

    change: GrantChange
    signature: Signature
    openings: Openings | None = None


class FlagChangeForm(Message):
    change: FlagChange
    signature: Signature


class FlagApprovalForm(Message):
    approval: FlagApproval
    signature: Signature


class ProductionForm(Message):
    """A film to be made."""

    title: str = Field(default="Untitled", max_length=200)
    screenplay: str = Field(
        min_length=1, max_length=400_000, description="Fountain text",
        examples=["INT. LIGHTHOUSE - NIGHT\n\nRain.\n\nMIRA\nThe lamp is lit.\n"],
    )  # fmt: skip
    cast: dict[str, CastMember] = Field(examples=[{"MIRA": {"stock": "mara", "stock_voice": "wren"}}])
    purpose: Purpose
    territories: tuple[Territory, ...] = Field(default=("worldwide",), min_length=1)
    channels: tuple[Channel, ...] = Field(default=("web",), min_length=1)
    language: str = "en"
    project: str | None = None
    brand: str | None = None
    approved: str | None = Field(default=None, description="a decision on this very film that waited and was approved")
    format: Literal["fountain", "storyboard", "prompt"] = "fountain"
    aspect: Aspect | None = Field(default=None, description="shape of the picture, in place of width and height")
    resolution: Resolution | None = Field(default=None, description="its short side, in place of width and height")
    width: int = Field(default=1280, ge=320, le=1920, multiple_of=2)
    height: int = Field(default=720, ge=320, le=1920, multiple_of=4)
    fps: int = Field(default=24, ge=12, le=60)
    seed: int = 0
    captions: Literal["none", "sidecar", "burnt"] = "sidecar"
    title_card: bool = Field(default=False, description="open with the title")
    loudness_lufs: float = Field(default=-16.0, ge=-31, le=-9, description="EBU R128 target of the film")
    alternates: dict[str, int] = Field(default_factory=dict, description="take wanted, from 1, by shot key")

    def asked(self) -> dict[str, Any]:
        """The fields of the command, with the picture size that was meant."""
        told = self.model_dump(exclude={"aspect", "resolution"})
        if self.aspect is not None or self.resolution is not None:
            told["width"], told["height"] = picture_size(self.aspect or "16:9", self.resolution or "720p")
        return told


class RevisionForm(Message):
    """A new version of a film. What is left out stays as it was."""

    screenplay: str | None = Field(default=None, min_length=1, max_length=400_000)
    cast: dict[str, CastMember | None] | None = Field(
        default=None, description="who is cast anew, by name; null: whom the script casts"
    )
    title: str | None = Field(default=None, max_length=200)
    redo: tuple[str, ...] = Field(default=(), description="shot keys that get one more take", max_length=120)
    choose: dict[str, Annotated[int, Field(ge=1)]] = Field(
        default_factory=dict, description="by shot key: the number of a take in its history to go back to"
    )
    lock: tuple[str, ...] = Field(default=(), description="shot keys that keep the take they have", max_length=120)
    unlock: tuple[str, ...] = Field(default=(), max_length=120)
    approved: str | None = Field(default=None, description="a decision on this very version that was approved")


def picture_size(aspect: str, resolution: str) -> tuple[int, int]:
    """(width, height) in pixels, both multiples of four; the short side is that of the resolution."""
    across, down = (int(part) for part in aspect.split(":"))
    short = int(resolution.removesuffix("p"))
    long = round(short * max(across, down) / min(across, down) / 4) * 4
    return (long, short) if across >= down else (short, long)
