"""Subjects: enrolling, and their reference files. A partner sees the subjects it enrolled and no others."""

from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile

from consent_service.contract.erasure import EraseSubject, SubjectErased
from gateway.auth import Caller, ReadsConsent, TheParts, WritesConsent
from gateway.forms import ErasureForm, SubjectForm
from gateway.idempotency import TheCommand
from gateway.paging import Page, TheCursor, edges
from gateway.parts import Parts
from gateway.problems import responses
from gateway.subject_file import SubjectHistory, gather, history_of, subject_file
from gateway.uploads import take_in
from identity_service.contract import methods as identity
from identity_service.contract.methods import Asset, AssetKind, Party
from infra.kernel.errors import Invalid, NotFound

router = APIRouter(prefix="/v1/subjects", tags=["subjects"])

_ZIP = {"content": {"application/zip": {}}, "description": "the file"}
Upload = Annotated[UploadFile, File(description="the file, at most 32 MiB")]


async def visible_subject(parts: Parts, caller: Caller, subject: str) -> Party:
    """The subject, or ``NotFound`` when there is none this caller may see."""
    party = await parts.rpc.call(identity.get_party, identity.GetParty(id=subject))
    if party.kind != "subject" or caller.partner not in {None, party.partner}:
        raise NotFound("gateway.no_such_subject", "no such subject", subject=subject)
    return party


@router.post("", status_code=201, responses=responses(400, 403, 422))
async def enrol(form: SubjectForm, caller: WritesConsent, parts: TheParts, command: TheCommand) -> Party:
    """Enrol a person by their own public key. The private key never leaves the subject's device."""
    return await parts.rpc.call(
        identity.enrol_subject,
        identity.EnrolSubject(
            command_id=command.id_for(caller.id), partner=caller.id, display_name=form.display_name,
            public_key=form.public_key, age_class=form.age_class,
        ),
    )  # fmt: skip


@router.get("", responses=responses(403, 422))
async def list_subjects(caller: ReadsConsent, parts: TheParts, cursor: TheCursor) -> Page[Party]:
    """Subjects, newest first."""
    found = await parts.rpc.call(
        identity.list_parties,
        identity.ListParties(kind="subject", partner=caller.partner, **cursor.place),
    )
    return cursor.page(list(found.parties), found.has_more, edges([party.id for party in found.parties]))


@router.get("/{subject}", responses=responses(403, 404))
async def get_subject(subject: str, caller: ReadsConsent, parts: TheParts) -> Party:
    """One subject."""
    return await visible_subject(parts, caller, subject)


@router.get("/{subject}/assets", responses=responses(403, 404))
async def list_assets(subject: str, caller: ReadsConsent, parts: TheParts) -> Page[Asset]:
    """The subject's reference files: digests and measurements, never the files."""
    await visible_subject(parts, caller, subject)
    found = await parts.rpc.call(identity.list_assets, identity.ListAssets(subject=subject))
    return Page(data=list(found.assets), has_more=False)


@router.post("/{subject}/face", status_code=201, responses=responses(400, 403, 404, 413, 415, 422))
async def upload_face(subject: str, file: Upload, caller: WritesConsent, parts: TheParts, command: TheCommand) -> Asset:
    """A portrait: PNG, JPEG or WEBP with exactly one face. It is re-encoded and sealed."""
    return await _upload(subject, file, caller, parts, command, kind="face")


@router.post("/{subject}/voice", status_code=201, responses=responses(400, 403, 404, 413, 415, 422))
async def upload_voice(
    subject: str, file: Upload, caller: WritesConsent, parts: TheParts, command: TheCommand
) -> Asset:
    """A voice sample: WAV, FLAC or MP3, neither silent nor clipped. It is re-encoded and sealed."""
    return await _upload(subject, file, caller, parts, command, kind="voice")


async def _upload(
    subject: str, file: UploadFile, caller: Caller, parts: Parts, command: TheCommand, *, kind: AssetKind
) -> Asset:
    await visible_subject(parts, caller, subject)
    return await take_in(parts, file, subject=subject, kind=kind, command_id=command.id_for(caller.id))


@router.get("/{subject}/history", responses=responses(403, 404, 503))
async def history(
    subject: str, caller: ReadsConsent, parts: TheParts, at_least: Annotated[int, Query(ge=0)] = 0
) -> SubjectHistory:
    """Every ledger entry that concerns the subject, with the proof that none is missing (to be verified offline)."""
    await visible_subject(parts, caller, subject)
    return await history_of(parts, subject, at_least=at_least)


@router.get("/{subject}/export", response_class=Response, responses={**responses(403, 404, 503), 200: _ZIP})
async def export(subject: str, caller: ReadsConsent, parts: TheParts) -> Response:
    """Everything that is kept about the subject in one file (GDPR Art. 15): a page to read, JSON, entries with proofs,
    and a consent record (ISO/IEC TS 27560, DPV JSON-LD) for each grant.
    """
    found = await gather(parts, await visible_subject(parts, caller, subject))
    data = subject_file(found, found.history.vkey.split("+")[0])
    headers = {"Content-Disposition": f'attachment; filename="{subject}.zip"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/zip", headers=headers)


@router.post("/{subject}/erasure", status_code=201, responses=responses(400, 403, 404, 422))
async def erase(subject: str, form: ErasureForm, parts: TheParts, command: TheCommand) -> SubjectErased:
    """Erase a subject for ever, signed by the subject or an operator (context ``assent/erasure/v1``). Needs no API key:
    the signature is the authentication. The ledger's entries stay; what told whose they are dies.
    """
    if form.erasure.subject != subject:
        raise Invalid("gateway.other_subject", "the signed request is about somebody else", pointer="/erasure/subject")
    asked = EraseSubject(command_id=command.id_for(f"erase {subject}"), erasure=form.erasure, signature=form.signature)
    return await parts.rpc.call(identity.erase_subject, asked)
