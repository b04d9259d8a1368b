"""Everything the house holds about one subject, in one file (GDPR Art. 15): to read, and to verify offline.

It gathers what the services answer and writes a ZIP: ``index.html`` in plain words, the same as JSON, each ledger entry
with its proof, the openings of its commitments, and a consent record (TS 27560, DPV JSON-LD) for each grant.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent_service.contract import methods as consent
from consent_service.contract.ledger import Entry, GrantView
from consent_service.contract.privacy import GetOpenings, SubjectOpenings
from consent_service.contract.subject_index import ProveSubject, SubjectEntries, SubjectProof
from gateway.consent_record import consent_record
from gateway.parts import Parts
from gateway.subject_page import Happened, subject_page
from identity_service.contract import methods as identity
from identity_service.contract.methods import Asset, Party
from infra.kernel.rpc import Empty, Message

_PAGE, _AT_ONCE = 1024, 8


class SubjectHistory(Message):
    """Every ledger entry that concerns a subject, with the proof that none is missing. ``leaves`` are the exact entries
    in the order of ``proof.items``; ``vkey`` is what the log says it signs with: compare it with your own copy.
    ``key_changes`` are the entries that lead from an older key of the log to this one.
    """

    proof: SubjectProof
    leaves: tuple[str, ...]
    vkey: str
    key_changes: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """What is told to the subject."""

    party: Party
    assets: Sequence[Asset]
    grants: Sequence[GrantView]
    openings: SubjectOpenings
    history: SubjectHistory
    proofs: dict[int, str]


async def history_of(parts: Parts, subject: str, *, at_least: int = 0) -> SubjectHistory:
    """The subject's history as the ledger's index proves it."""
    proof = await parts.rpc.call(consent.prove_subject, ProveSubject(subject=subject, at_least=at_least))
    entries: list[Entry] = []
    while len(entries) < len(proof.items):
        query = SubjectEntries(subject=subject, start=len(entries), limit=min(_PAGE, len(proof.items) - len(entries)))
        page = await parts.rpc.call(consent.get_subject_entries, query)
        if not page.entries:
            break
        entries += page.entries
    checkpoint = await parts.rpc.call(consent.get_checkpoint, Empty())
    return SubjectHistory(
        proof=proof, leaves=tuple(entry.leaf for entry in entries), vkey=checkpoint.vkey,
        key_changes=checkpoint.key_changes,
    )  # fmt: skip


async def gather(parts: Parts, party: Party) -> Gathered:
    """Ask every service what it holds."""
    history = await history_of(parts, party.id)
    assets = await parts.rpc.call(identity.list_assets, identity.ListAssets(subject=party.id))
    openings = await parts.rpc.call(consent.get_openings, GetOpenings(subject=party.id))
    return Gathered(
        party, assets.assets, await _grants(parts, party.id), openings, history, await _proofs(parts, history)
    )


async def _grants(parts: Parts, subject: str) -> list[GrantView]:
    found: list[GrantView] = []
    while True:
        after = found[-1].id if found else None
        page = await parts.rpc.call(consent.list_grants, consent.ListGrants(subject=subject, limit=100, after=after))
        found += page.grants
        if not page.has_more or not page.grants:
            return found


async def _proofs(parts: Parts, history: SubjectHistory) -> dict[int, str]:
    places, gate = [item.index for item in history.proof.items], asyncio.Semaphore(_AT_ONCE)

    async def one(index: int) -> str:
        async with gate:
            return (await parts.rpc.call(consent.get_proof, consent.GetProof(index=index))).tlog_proof

    return dict(zip(places, await asyncio.gather(*map(one, places)), strict=True))


def subject_file(found: Gathered, origin: str) -> bytes:
    """The ZIP's bytes."""
    files: dict[str, str] = {
        "index.html": _page(found, origin),
        "subject.json": _json(found.party.model_dump(mode="json")),
        "assets.json": _json([asset.model_dump(mode="json") for asset in found.assets]),
        "grants.json": _json([grant.model_dump(mode="json") for grant in found.grants]),
        "openings.json": _json(found.openings.model_dump(mode="json")),
        "history.json": _json(found.history.model_dump(mode="json")),
    }
    for grant in found.grants:
        files[f"records/{grant.id}.jsonld"] = _json(consent_record(grant, origin))
    for item, leaf in zip(found.history.proof.items, found.history.leaves, strict=False):
        files[f"entries/{item.index}.json"] = leaf
        files[f"entries/{item.index}.tlog-proof"] = found.proofs[item.index]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def _page(found: Gathered, origin: str) -> str:
    typed = {one.entry: one.values for one in found.openings.opened}
    entries = [
        Happened(item.index, leaf, typed.get(json.loads(leaf)["id"], {}))
        for item, leaf in zip(found.history.proof.items, found.history.leaves, strict=False)
    ]
    covers = int(json.loads(found.history.proof.commitment)["data"]["size"])
    return subject_page(found.party, found.assets, found.grants, entries, origin=origin, covers=covers)


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
