"""A friendly form to exact terms, and the words a subject reads before signing them. ``now`` comes in.

What people typed is signed as commitments; their salts are drawn here and travel with the draft, so that the signer
can check each commitment against the text it stands for.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import Template
from typing import Any

from consent_service.contract.openings import Openings
from consent_service.contract.private import private_values, seal_terms
from consent_service.contract.terms import (
    GRANT_CONTEXT,
    Duties,
    GranteeTerms,
    GrantTerms,
    IdentityProof,
    Limits,
    Notice,
    Permission,
    Retention,
    Scope,
    SubjectTerms,
)
from gateway.forms import Draft, DraftForm, DraftNotice, ToSign
from identity_service.contract.methods import Asset, Party
from infra.kernel.canonical import sha256_hex
from infra.kernel.commitments import SALT_BYTES
from infra.kernel.crypto import b64u, signed_bytes
from infra.kernel.errors import Invalid
from infra.kernel.ids import uuid7

NOTICE_URI = "urn:assent:notice:likeness"
NOTICE_VERSION = "2026-11"
EVIDENCE_YEARS = 10

IN_WORDS = {
    "face.image": "show your face, made from still pictures of you",
    "face.video": "show your face, made from moving pictures of you",
    "body": "show your body and the way it moves",
    "voice.clone": "let a made voice sound like yours",
    "voice.convert": "turn another person's speech into your voice",
    "voice.inferred_from_face": "guess a voice for you from the look of your face",
    "lipsync": "change what your lips appear to say",
    "performance": "re-enact the way you act",
}
EXCLUDED_IN_WORDS = {
    "sexual": "sexual content", "political": "political messages", "religious": "religious messages",
    "medical_financial_advice": "medical or financial advice", "minors_context": "scenes built around children",
    "defamation": "anything that harms somebody's name", "realtime_impersonation": "pretending to be you, live",
    "identity_check_bypass": "passing an identity check", "training": "training of models",
}  # fmt: skip


@dataclass(frozen=True)
class Parties:
    """Who the grant is between, and the subject's reference files."""

    subject: Party
    partner: Party
    assets: Sequence[Asset]


def draft(form: DraftForm, parties: Parties, *, notice: str, now: datetime) -> Draft:
    """The exact terms for ``form``, the notice that belongs to them and the bytes to sign.

    ``notice`` is the template with ``$``-fields. Raises ``Invalid`` when the subject has no key or no such assets.
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    until = _until(form, now)
    digests = _assets(form, parties.assets)
    text = _notice(notice, form, parties, until=until, files=len(digests))
    terms = GrantTerms(
        subject=_subject(form, parties, now),
        grantee=GranteeTerms(partner=parties.partner.id),
        permissions=tuple(Permission(modality=m, operation="synthesize") for m in form.modalities),
        assets=digests,
        scope=_scope(form),
        limits=_limits(form, now, until),
        exclusions=form.exclusions,
        duties=Duties(disclosure_text=form.disclosure_text),
        notice=_shown(form, text, now),
        retention=Retention(evidence_until=until + timedelta(days=365 * EVIDENCE_YEARS)),
    )
    openings = draw_openings(private_values(terms))
    sealed = seal_terms(terms, openings)
    to_sign = signed_bytes(GRANT_CONTEXT, sealed.model_dump(mode="json"))
    return Draft(
        terms=terms,
        sealed=sealed,
        openings=openings,
        notice=DraftNotice(text=text, sha256=terms.notice.sha256),
        to_sign=ToSign(context=GRANT_CONTEXT, bytes=b64u(to_sign)),
    )


def draw_openings(texts: Iterable[str]) -> Openings:
    """A fresh entry id, and a random salt for each of the pointers ``texts``."""
    return Openings(entry=uuid7(), salts={pointer: b64u(secrets.token_bytes(SALT_BYTES)) for pointer in texts})


def _until(form: DraftForm, now: datetime) -> datetime:
    """As long as was asked for, and never longer than the authority it is signed by."""
    asked = now + timedelta(days=form.days)
    ends = form.authority.until if form.authority is not None else None
    return asked if ends is None else min(asked, ends)


def _subject(form: DraftForm, parties: Parties, now: datetime) -> SubjectTerms:
    subject = parties.subject
    if subject.public_key is None:
        raise Invalid("gateway.subject_without_key", "this subject has no key to sign with", subject=subject.id)
    identity = IdentityProof(method="self_declared", assurance="low", verifier=parties.partner.id, at=now)
    about: dict[str, Any] = {
        "age_class": subject.age_class,
        "jurisdiction": form.jurisdiction,
        "died_year": form.died_year,
    }
    who = form.authority
    if who is not None:
        about |= {
            "authority": who.role, "authority_ref": who.ref, "authority_evidence": who.evidence,
            "authority_until": who.until, "living": who.role == "guardian",
        }  # fmt: skip
    return SubjectTerms.model_validate(
        {"handle": subject.id, "public_key": subject.public_key, "identity": identity, **about}
    )


def _limits(form: DraftForm, now: datetime, until: datetime) -> Limits:
    return Limits(
        not_before=now, not_after=until, max_uses=form.max_uses, max_seconds=form.max_seconds,
        max_concurrent=form.max_concurrent,
    )  # fmt: skip


def _shown(form: DraftForm, text: str, now: datetime) -> Notice:
    return Notice(
        uri=NOTICE_URI, version=NOTICE_VERSION, sha256=sha256_hex(text.encode()), locale="en", presented_at=now,
        modalities=form.modalities,
    )  # fmt: skip


def _assets(form: DraftForm, assets: Sequence[Asset]) -> tuple[str, ...]:
    known = [asset.sha256 for asset in assets]
    unknown = [digest for digest in form.assets if digest not in known]
    if unknown:
        raise Invalid(
            "gateway.unknown_asset", "not a reference file of this subject", pointer="/assets", sha256=unknown[0]
        )
    if not known:
        raise Invalid(
            "gateway.no_assets", "this subject has no reference files yet", fix="upload a face or a voice first",
            subject=form.subject,
        )  # fmt: skip
    return form.assets or tuple(dict.fromkeys(known))


def _scope(form: DraftForm) -> Scope:
    return Scope(
        purposes=form.purposes, description=form.description, projects=form.projects, brands=form.brands,
        territories_allow=form.territories, channels=form.channels, languages=form.languages,
        words_forbidden=form.words_forbidden,
    )  # fmt: skip


def _notice(template: str, form: DraftForm, parties: Parties, *, until: datetime, files: int) -> str:
    never = "\n".join(f"- {EXCLUDED_IN_WORDS[exclusion]}" for exclusion in form.exclusions)
    return Template(template).substitute(
        subject=parties.subject.display_name,
        partner=parties.partner.display_name,
        may="\n".join(f"- **{modality}**: {IN_WORDS[modality]}" for modality in form.modalities),
        never=never or "- nothing was excluded",
        purposes=", ".join(form.purposes),
        description=form.description,
        territories=", ".join(form.territories),
        channels=", ".join(form.channels),
        languages=", ".join(form.languages),
        until=f"{until:%d %B %Y}",
        uses=form.max_uses,
        seconds=f"{form.max_seconds:g}",
        files=files,
        disclosure=form.disclosure_text,
    )
