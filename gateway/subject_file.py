"""Everything the house holds about one subject, in one file (GDPR Art. 15): to read, and to verify offline.

It gathers what the services answer and writes a ZIP: ``index.html`` in plain words, the same as JSON, each ledger entry
with its proof, the openings of its commitments, and a consent record (TS 27560, DPV JSON-LD) for each grant.
"""

import asyncio
import html
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
from identity_service.contract import methods as identity
from identity_service.contract.methods import Asset, Party
from infra.kernel.rpc import Empty, Message

_PAGE, _AT_ONCE = 1024, 8
_GRANT_HEAD = ["permission", "state", "what", "to whom", "for", "until", "left"]
_USES = {
    "consent.synthesis-started.v1": "a use began", "consent.synthesis-completed.v1": "a use ended: a take was made",
    "consent.synthesis-aborted.v1": "a use was stopped", "consent.output-released.v1": "a film was published",
    "consent.grant-recorded.v1": "you gave a permission", "consent.grant-withdrawn.v1": "you withdrew a permission",
    "consent.grant-suspended.v1": "a permission was held",
    "consent.grant-resumed.v1": "a permission was let stand again",
    "consent.decision-made.v1": "somebody asked whether a use is permitted",
    "consent.party-registered.v1": "you were enrolled, or your entry changed",
    "consent.subject-erased.v1": "you were erased",
}  # fmt: skip


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
    party = found.party
    rows = [
        ("Your handle here", party.id), ("The name we keep", party.display_name), ("State", party.state),
        ("Enrolled through", party.partner or ""), ("Since", f"{party.created_at:%d %B %Y}"),
    ]  # fmt: skip
    texts = {one.entry: one.values for one in found.openings.opened}
    uses = [_entry(item.index, leaf, texts) for item, leaf in
            zip(found.history.proof.items, found.history.leaves, strict=False)]  # fmt: skip
    files = [[asset.kind, asset.sha256, asset.media_type, f"{asset.created_at:%d %B %Y}"] for asset in found.assets]
    grants = [_grant(grant) for grant in found.grants]
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>What is kept about you</title>"
        "<style>body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:"
        "collapse;width:100%}td,th{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top;"
        "overflow-wrap:anywhere}</style><h1>What is kept about you</h1>"
        "<p>This is everything that Assent holds about you: your data, and the "
        f"{len(found.history.leaves)} entries that concern you in the ledger <b>{html.escape(origin)}</b>. "
        "You may withdraw any permission at any time, and ask to be "
        "erased.</p>"
        + _table(["", ""], [list(row) for row in rows])
        + "<h2>Your reference files</h2>" + _table(["kind", "SHA-256", "type", "since"], files)
        + "<h2>Your permissions</h2>" + _table(_GRANT_HEAD, grants)
        + "<h2>Everything that happened</h2>" + _table(["entry", "when", "what", "what was typed"], uses)
        + "<h2>How to check this</h2><p>history.json proves that no entry is missing: <code>assent subject history "
        "history.json --prove --key &lt;verifier key&gt;</code> needs no network. Take the key from one you trust. "
        "Not proven: that a film nobody told the ledger of does not exist.</p></html>"
    )  # fmt: skip


def _grant(grant: GrantView) -> list[str]:
    terms = grant.terms
    return [
        grant.id, grant.state, ", ".join(one.modality for one in terms.permissions), terms.grantee.partner,
        f"{', '.join(terms.scope.purposes)}: {terms.scope.description}", f"{terms.limits.not_after:%d %B %Y}",
        f"{grant.uses_left} uses",
    ]  # fmt: skip


def _entry(index: int, leaf: str, texts: dict[str, dict[str, Any]]) -> list[str]:
    value = json.loads(leaf)
    typed = "; ".join(f"{at}: {text}" for at, text in texts.get(value["id"], {}).items())
    return [str(index), value["at"], _USES.get(value["type"], value["type"]), typed]


def _table(head: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return "<p>None.</p>"
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return "<table><tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in head) + f"</tr>{cells}</table>"


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
