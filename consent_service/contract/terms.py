"""What a grant says. A closed world: what is not named here is denied.

The subject signs the canonical bytes of :class:`GrantTerms` (context ``assent/grant/v1``), so every field below is
covered by the subject's own signature. What people typed is signed and recorded as commitments: see
:mod:`consent_service.contract.private`.
"""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, StringConstraints

from infra.kernel.errors import Invalid
from infra.kernel.rpc import Message

GRANT_CONTEXT = "assent/grant/v1"
NOTICE_CONTEXT = "assent/notice/v1"

_Modality = Literal[
    "face.image", "face.video", "body", "voice.clone", "voice.convert", "voice.inferred_from_face", "lipsync",
    "performance",
]  # fmt: skip
MODALITIES: tuple[str, ...] = get_args(_Modality)


def _known_modality(value: Any) -> Any:
    """A closed world: a modality nobody defined is refused by name, not as one of many validation errors."""
    if value not in MODALITIES:
        raise Invalid(
            "consent.unknown_modality", "this modality does not exist; what is not named is denied",
            fix="use one of: " + ", ".join(MODALITIES), modality=str(value)[:80],
        )  # fmt: skip
    return value


Modality = Annotated[_Modality, BeforeValidator(_known_modality)]
Operation = Literal["synthesize", "edit", "realtime", "train", "fine_tune"]
Purpose = Literal["advertising", "entertainment", "education", "news", "internal", "accessibility", "personal"]
Channel = Literal["web", "social", "broadcast", "cinema", "print", "internal"]
Exclusion = Literal[
    "sexual", "political", "religious", "medical_financial_advice", "minors_context", "defamation",
    "realtime_impersonation", "identity_check_bypass", "training",
]  # fmt: skip
Territory = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|worldwide)$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PublicKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""ISO 3166-1 alpha-2, or ISO 3166-2 where a part of a country has a law of its own."""


class Permission(Message):
    """One modality and what may be done with it. ``voice.inferred_from_face`` is never implied by another."""

    modality: Modality
    operation: Operation


class IdentityProof(Message):
    """How the subject was identified when the grant was made."""

    method: Literal["self_declared", "liveness", "document", "vouched"]
    assurance: Literal["none", "low", "substantial", "high"]
    verifier: str
    at: datetime
    expires: datetime | None = None


class SubjectTerms(Message):
    """Who permits, and by what authority. ``authority`` other than ``self`` names who signs (``authority_ref``) and
    needs its evidence commitment. ``public_key`` is the subject's own; the signer's where the subject has none.

    ``authority_until`` is when that authority ends, at the latest when a minor comes of age (the end of that year will
    do, so that no birthday shows). ``representative`` is the handle of the counsel or union; ``jurisdiction`` is where
    the subject lives, whose law caps the terms; ``died_year`` is asked for where the law counts from it.
    """

    handle: str
    public_key: PublicKey
    age_class: Literal["adult", "minor"] = "adult"
    living: bool = True
    authority: Literal["self", "guardian", "executor", "heir"] = "self"
    authority_ref: str | None = None
    authority_evidence: Sha256 | None = None
    authority_until: datetime | None = None
    representation: Literal["none", "counsel", "union"] = "none"
    representative: str | None = None
    jurisdiction: Jurisdiction | None = None
    died_year: int | None = Field(default=None, ge=1800, le=2200)
    identity: IdentityProof


class GranteeTerms(Message):
    """Who may use it. Empty ``backends`` and ``models`` allow every one the platform runs. Without ``sublicense`` the
    partner makes films for nobody but itself.
    """

    partner: str
    role: Literal["producer", "agency", "platform"] = "producer"
    sublicense: bool = False
    backends: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class Scope(Message):
    """What for. Empty ``territories_allow`` permits nowhere; ``worldwide`` permits everywhere but the denied.

    What ``description`` rules out in words is forbidden, and a title it names in quotation marks is the only one
    permitted. ``description_strict``: a sensitive theme found in the screenplay must be named in the description.
    ``description_commitment`` is the one to a longer brief that only the two parties hold: a request names the same.
    """

    purposes: tuple[Purpose, ...] = Field(min_length=1)
    description: str = Field(max_length=2000)
    description_commitment: Sha256 | None = None
    description_strict: bool = False
    projects: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    territories_allow: tuple[Territory, ...] = Field(min_length=1)
    territories_deny: tuple[Territory, ...] = ()
    channels: tuple[Channel, ...] = Field(min_length=1)
    languages: tuple[str, ...] = Field(min_length=1)
    words_allowed: tuple[Word, ...] = ()
    words_forbidden: tuple[Word, ...] = ()
    themes_forbidden: tuple[str, ...] = ()


class Limits(Message):
    """How long and how much. A *use* is one synthesis lease, that is one take."""

    not_before: datetime
    not_after: datetime
    max_uses: int = Field(ge=1, le=1_000_000)
    max_seconds: float = Field(gt=0, le=86_400, description="longest single take, seconds")
    max_concurrent: int = Field(ge=1, le=1_000)
    approval: Literal["auto", "per_use"] = "auto"


class Duties(Message):
    """What the grantee owes."""

    marking_profile: Literal["standard", "broadcast"] = "standard"
    disclosure_text: str = Field(default="Made with AI", max_length=200)
    compensation_ref: str | None = None
    report_period_days: int | None = None
    takedown_sla_hours: int = Field(default=24, ge=1, le=720)


class Notice(Message):
    """The exact text the subject was shown before signing."""

    uri: str
    version: str
    sha256: Sha256
    locale: str
    presented_at: datetime
    expression: Literal["signed", "spoken", "passkey"] = "signed"
    modalities: tuple[Modality, ...] = Field(min_length=1, description="each modality was confirmed on its own")


class Revocation(Message):
    """What a withdrawal does, and who may suspend."""

    effect: Literal["stop_new", "stop_inflight", "recall_outputs"] = "stop_inflight"
    suspendable_by: tuple[Literal["subject", "union"], ...] = ("subject",)
    after_withdrawal: Literal["delete", "keep"] = "delete"


class Retention(Message):
    """How long evidence and biometrics are kept."""

    evidence_until: datetime
    delete_biometrics_days_after_last_use: int = Field(default=30, ge=0, le=3650)


class GrantTerms(Message):
    """One permission, whole. ``assets`` are SHA-256 digests of the reference files it covers. Once recorded, a grant
    ends the one it ``supersedes``.
    """

    v: Literal[1] = 1
    supersedes: str | None = None
    subject: SubjectTerms
    grantee: GranteeTerms
    permissions: tuple[Permission, ...] = Field(min_length=1)
    assets: tuple[Sha256, ...] = Field(min_length=1, max_length=64)
    scope: Scope
    limits: Limits
    exclusions: tuple[Exclusion, ...]
    duties: Duties = Duties()
    notice: Notice
    revocation: Revocation = Revocation()
    retention: Retention
    commitments: dict[str, Sha256] = Field(
        default_factory=dict, max_length=16, description="sealed terms: what each typed text was, by JSON pointer"
    )


def notice_statement(terms: GrantTerms, modality: str) -> dict[str, str]:
    """What is signed for one modality of the notice, each on its own (context :data:`NOTICE_CONTEXT`)."""
    return {
        "notice": terms.notice.sha256, "subject": terms.subject.handle, "partner": terms.grantee.partner,
        "modality": modality,
    }  # fmt: skip
