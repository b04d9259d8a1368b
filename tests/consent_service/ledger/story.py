"""A small ledger made by hand: a subject, a partner, a signed grant, one film. Tests bend it and see who notices."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from consent_service.client.export import write_export
from consent_service.contract import events as kinds
from consent_service.contract.ledger import WITHDRAW_CONTEXT
from consent_service.contract.methods import Checkpoint
from consent_service.contract.terms import GRANT_CONTEXT, GrantTerms
from infra.eventlog.envelope import seal
from infra.eventlog.log import NewEvent
from infra.kernel.crypto import Ed25519Signer, b64u, sign_value
from infra.tlog.checkpoint import SignedTree, sign_checkpoint
from infra.tlog.merkle import hash_leaf, root_of
from infra.tlog.note import VerifierKey

LOG = Ed25519Signer.from_seed(bytes(range(32)))
VKEY = VerifierKey("assent.local/ledger", LOG.public)
SUBJECT = Ed25519Signer.from_seed(b"s" * 32)
STRANGER = Ed25519Signer.from_seed(b"x" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FACE, FILM, TAKE = "aa" * 32, "bb" * 32, "cc" * 32
GRANT, LEASE, RELEASE = "grt_1", "lse_1", "lse_2"

Json = dict[str, Any]


def terms(**limits: Any) -> Json:
    """Terms for ``face.image`` to partner ``prt_1``, a year from the day before."""
    value = {
        "subject": {
            "handle": "sub_1", "public_key": b64u(SUBJECT.public),
            "identity": {"method": "liveness", "assurance": "low", "verifier": "v", "at": NOON},
        },
        "grantee": {"partner": "prt_1"},
        "permissions": [{"modality": "face.image", "operation": "synthesize"}],
        "assets": [FACE],
        "scope": {
            "purposes": ["entertainment"], "description": "one film", "territories_allow": ["worldwide"],
            "channels": ["web"], "languages": ["en"],
        },
        "limits": {
            "not_before": NOON - timedelta(days=1), "not_after": NOON + timedelta(days=365), "max_uses": 9,
            "max_seconds": 9, "max_concurrent": 1, **limits,
        },
        "exclusions": [],
        "notice": {
            "uri": "urn:notice", "version": "1", "sha256": "dd" * 32, "locale": "en", "presented_at": NOON,
            "modalities": ["face.image"],
        },
        "retention": {"evidence_until": NOON + timedelta(days=999)},
    }  # fmt: skip
    return GrantTerms.model_validate(value).model_dump(mode="json")


class Story:
    """Entries in order; each method appends one. ``signer`` says whose key really signs."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, NewEvent]] = []

    def add(self, kind: str, stream: str, data: Json, *signatures: dict[str, str]) -> "Story":
        at = NOON + timedelta(seconds=len(self.entries))
        self.entries.append((stream, NewEvent(kind, deepcopy(data), at, signatures=signatures)))
        return self

    def party(self, handle: str, key: bytes | None) -> "Story":
        public = None if key is None else b64u(key)
        data = {"handle": handle, "kind": "subject", "public_key": public, "attributes": {}, "state": "active"}
        return self.add(kinds.PARTY_REGISTERED, f"party-{handle}", data)

    def grant(self, value: Json, signer: Ed25519Signer = SUBJECT) -> "Story":
        return self.add(
            kinds.GRANT_RECORDED,
            f"grant-{GRANT}",
            {"grant": GRANT, "terms": value},
            signed(signer, GRANT_CONTEXT, value),
        )

    def change(self, kind: str, action: str, signer: Ed25519Signer = SUBJECT) -> "Story":
        change = {"grant": GRANT, "action": action, "reason": "", "at": "2026-11-22T12:00:00Z"}
        data = {"grant": GRANT, "change": change}
        return self.add(kind, f"grant-{GRANT}", data, signed(signer, WITHDRAW_CONTEXT, change))

    def start(self, lease: str, **detail: Any) -> "Story":
        use = {
            "grant": GRANT,
            "subject": "sub_1",
            "modality": "face.image",
            "operation": "synthesize",
            "assets": [FACE],
        }
        details = [] if detail.pop("stock", False) else [use | detail]
        return self.add(
            kinds.SYNTHESIS_STARTED, f"job-{lease}", {"lease": lease, "details": details, "partner": "prt_1"}
        )

    def complete(self, lease: str, take: str) -> "Story":
        return self.add(kinds.SYNTHESIS_COMPLETED, f"job-{lease}", {"lease": lease, "output_sha256": take})

    def release(self, **changes: Any) -> "Story":
        data = {
            "lease": RELEASE, "output_sha256": FILM, "production": "prd_1", "takes": [TAKE], "grants": [GRANT],
            "subjects": ["sub_1"], "modalities": ["face.image"], "partner": "prt_1",
        }  # fmt: skip
        return self.add(kinds.OUTPUT_RELEASED, f"job-{RELEASE}", data | changes)

    def leaves(self) -> list[str]:
        versions: dict[str, int] = {}
        found = []
        for stream, new in self.entries:
            versions[stream] = versions.get(stream, 0) + 1
            found.append(seal(new, stream, versions[stream])[1].decode())
        return found


def signed(signer: Ed25519Signer, context: str, value: Json) -> dict[str, str]:
    return {"key": b64u(signer.public), "context": context, "signature": sign_value(signer, context, value)}


def covered_film(**limits: Any) -> Story:
    """Everything up to, and without, the release."""
    story = Story().add("consent.genesis.v1", "ledger", {"keys": {"log": str(VKEY)}})
    story.party("sub_1", SUBJECT.public).party("prt_1", None).grant(terms(**limits))
    return story.start(LEASE).complete(LEASE, TAKE).start(RELEASE)


def checkpoint(leaves: Sequence[str]) -> Checkpoint:
    root = root_of(hash_leaf(leaf.encode()) for leaf in leaves)
    note = sign_checkpoint(SignedTree(VKEY.name, len(leaves), root), LOG)
    return Checkpoint(note=note, vkey=str(VKEY), size=len(leaves))


def export(story: Story, dest: Path, bend: Callable[[list[str]], list[str]] = list) -> Path:
    """Export the story; ``bend`` changes the leaves before they are signed."""
    leaves = bend(story.leaves())
    write_export(leaves, checkpoint(leaves), dest)
    return dest
