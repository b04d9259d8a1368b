"""Answers the services would give: small, valid, and built from as few words as possible."""

from datetime import UTC, datetime
from typing import Any

from consent_service.contract.decisions import Decision, Reason
from consent_service.contract.flags import Flag, Targeting
from consent_service.contract.ledger import GrantView, Recorded
from consent_service.contract.terms import GrantTerms
from gateway.drafting import Parties, draft
from gateway.forms import DraftForm
from generation_service.contract.methods import OutputView, ProductionView, ShotView
from identity_service.contract.methods import Asset, Party
from infra.kernel.crypto import Ed25519Signer, b64u

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PARTNER, SUBJECT = "prt_" + "1" * 32, "sub_" + "5" * 32
SUBJECT_KEY = Ed25519Signer.from_seed(bytes(range(32)))
FACE, VOICE = "f" * 64, "e" * 64


def party(kind: str, ident: str, **more: Any) -> Party:
    return Party.model_validate({"id": ident, "kind": kind, "display_name": kind.title(), "created_at": AT, **more})


def subject(**more: Any) -> Party:
    return party("subject", SUBJECT, **{"partner": PARTNER, "public_key": b64u(SUBJECT_KEY.public), **more})


def asset(kind: str = "face", sha256: str = FACE) -> Asset:
    return Asset.model_validate(
        {"id": f"ast_{kind}", "subject": SUBJECT, "kind": kind, "sha256": sha256, "media_type": "image/png",
         "quality": {}, "created_at": AT}
    )  # fmt: skip


def terms(**more: Any) -> GrantTerms:
    form = DraftForm.model_validate(
        {"subject": SUBJECT, "modalities": ["face.image", "voice.clone"], "purposes": ["entertainment"],
         "description": "a film", **more}
    )  # fmt: skip
    who = Parties(subject(), party("partner", PARTNER), (asset(), asset("voice", VOICE)))
    return draft(form, who, notice="$subject $may", now=AT).terms


def grant(ident: str = "grt_1", partner: str = PARTNER) -> GrantView:
    found = terms()
    found = found.model_copy(update={"grantee": found.grantee.model_copy(update={"partner": partner})})
    return GrantView(
        id=ident, state="granted", terms=found, uses_left=100, running=0, recorded_at=AT, ledger_index=7
    )  # fmt: skip


def recorded(ref: str = "grt_1", index: int = 7) -> Recorded:
    return Recorded(entry_id="0199", ref=ref, ledger_index=index, proof="c2sp.org/tlog-proof@v1\n", checkpoint="note")


def decision(*reasons: Reason) -> Decision:
    return Decision(
        id="dec_1", allow=not reasons, reasons=reasons, grants={} if reasons else {f"{SUBJECT}/face.image": "grt_1"},
        flags_version=3, ledger_index=9, at=AT,
    )  # fmt: skip


def paused_reason() -> Reason:
    return Reason(
        code="consent.flag_paused", detail="the feature is paused", fix="ask an operator",
        flag="allow.voice_inferred_from_face", since=AT, change_id="chg_1", ledger_index=4,
    )  # fmt: skip


def shot(number: int = 1, **more: Any) -> ShotView:
    return ShotView.model_validate(
        {"id": f"sht_{number}", "number": number, "heading": "INT. LIGHTHOUSE - NIGHT", "size": "MCU",
         "characters": ("MIRA",), "seconds": 3.0, "state": "rendered", "fraction": 1.0, "permits": ("jti-1",),
         "ledger_indices": (10, 11), **more}
    )  # fmt: skip


def output(sha256: str = "a" * 64, size: int = 1000) -> OutputView:
    return OutputView(
        id="out_1", production="prd_1", sha256=sha256, bytes=size, seconds=12.0, width=1280, height=720, fps=24,
        ledger_index=20, released_at=AT, grants=("grt_1",),
    )  # fmt: skip


def production(state: str = "rendering", version: int = 3, **more: Any) -> ProductionView:
    return ProductionView.model_validate(
        {"id": "prd_1", "partner": PARTNER, "title": "The Keeper", "state": state, "version": version,
         "decision": decision(), "shots": (shot(1), shot(2)), "fraction": 0.5, "phase": state,
         "submitted_at": AT, **more}
    )  # fmt: skip


def flag(key: str = "allow.video_generation", state: str = "limited", **more: Any) -> Flag:
    return Flag.model_validate(
        {"key": key, "state": state, "targeting": Targeting(), "version": 1, "change_id": None, "reason": None,
         "since": AT, "ledger_index": 1, **more}
    )  # fmt: skip
