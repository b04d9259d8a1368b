"""A grant as a consent record of ISO/IEC TS 27560:2023 in the W3C Data Privacy Vocabulary (JSON-LD). Pure.

Shape and terms follow the DPV guide to TS 27560 (profile ``dpv-27560:record``). What DPV has no word for is named under
``assent:``. It describes what was agreed; the ledger's entry, not this file, is the evidence.
"""

from typing import Any

from consent_service.contract.ledger import GrantView
from infra.kernel.clock import rfc3339

CONTEXT = "https://w3id.org/dpv/schema/dpv-27560"
_PREFIXES = {
    "assent": "urn:assent:terms:", "dct": "http://purl.org/dc/terms/", "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#", "loc": "https://w3id.org/dpv/loc#", "pd": "https://w3id.org/dpv/pd#",
    "skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
"""Named in the record too, so that its terms can be told apart where the context cannot be fetched."""
_STATUS = {
    "requested": "dpv:ConsentRequested", "granted": "dpv:ConsentGiven", "resumed": "dpv:ConsentGiven",
    "narrowed": "dpv:ConsentGiven", "suspended": "dpv:ConsentInvalidated", "withdrawn": "dpv:ConsentWithdrawn",
    "expired": "dpv:ConsentExpired", "invalidated": "dpv:ConsentInvalidated",
}  # fmt: skip
_PURPOSES = {
    "advertising": "dpv:Advertising", "education": "dpv:ServiceProvision", "entertainment": "dpv:ServiceProvision",
    "news": "dpv:PublicRelations", "internal": "dpv:OrganisationGovernance", "accessibility": "dpv:ServiceProvision",
    "personal": "dpv:ServiceProvision",
}  # fmt: skip
_DATA = {
    "face.image": "pd:FacialImage", "face.video": "pd:FacialImage", "body": "pd:PhysicalCharacteristic",
    "voice.clone": "pd:VoiceBiometric", "voice.convert": "pd:VoiceBiometric", "lipsync": "pd:FacialImage",
    "voice.inferred_from_face": "pd:FacialImage", "performance": "pd:Behavioral",
}  # fmt: skip


def consent_record(grant: GrantView, origin: str) -> dict[str, Any]:
    """The record of one grant. ``origin`` names the ledger that holds its entry."""
    terms = grant.terms
    signed = "dpv:ExpressedConsent" if terms.notice.expression != "spoken" else "dpv:ExplicitlyExpressedConsent"
    return {
        "@context": [CONTEXT, _PREFIXES],
        "@id": f"urn:assent:{grant.id}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": grant.id,
        "dct:conformsTo": f"{CONTEXT}#record",
        "dpv:hasDataSubject": {"@id": f"urn:assent:{terms.subject.handle}", "@type": "dpv:DataSubject"},
        "dpv:hasDataController": {"@id": f"urn:assent:{terms.grantee.partner}", "@type": "dpv:DataController"},
        "dpv:hasLegalBasis": "eu-gdpr:A6-1-a",
        "dpv:hasJurisdiction": _jurisdictions(terms.scope.territories_allow),
        "dpv:hasProcess": _process(grant),
        "dpv:hasNotice": {
            "@id": terms.notice.uri, "@type": "dpv:ConsentNotice", "dct:hasVersion": terms.notice.version,
            "dct:language": terms.notice.locale, "assent:sha256": terms.notice.sha256,
            "assent:presentedAt": _time(rfc3339(terms.notice.presented_at)),
        },
        "dpv:hasConsentStatus": _statuses(grant, signed),
        "dpv:hasRight": ["eu-gdpr:A7-3", "eu-gdpr:A15", "eu-gdpr:A17"],
        "assent:terms": terms.model_dump(mode="json"),
        "assent:ledgerEntry": {"assent:origin": origin, "assent:index": grant.ledger_index},
    }  # fmt: skip


def _process(grant: GrantView) -> dict[str, Any]:
    terms = grant.terms
    kinds = dict.fromkeys(_DATA[permission.modality] for permission in terms.permissions)
    return {
        "@type": "dpv:Process",
        "dct:description": terms.scope.description,
        "dpv:hasPurpose": [
            {"@type": _PURPOSES.get(purpose, "dpv:Purpose"), "skos:prefLabel": purpose}
            for purpose in terms.scope.purposes
        ],
        "dpv:hasPersonalData": [{"@type": kind, "dpv:hasDataSource": "dpv:DataSubject"} for kind in kinds],
        "dpv:hasProcessing": [
            {"@type": "dpv:Generate", "assent:modality": one.modality, "assent:operation": one.operation}
            for one in terms.permissions
        ],
        "dpv:hasRecipient": [f"urn:assent:{terms.grantee.partner}"],
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageDuration", "dpv:hasDuration": {
                "assent:biometricsDaysAfterLastUse": terms.retention.delete_biometrics_days_after_last_use,
                "assent:evidenceUntil": _time(rfc3339(terms.retention.evidence_until))}},
        ],
        "dpv:hasDuration": {
            "@type": "dpv:UntilTimeDuration", "assent:from": _time(rfc3339(terms.limits.not_before)),
            "assent:until": _time(rfc3339(terms.limits.not_after)),
        },
    }  # fmt: skip


def _statuses(grant: GrantView, signed: str) -> list[dict[str, Any]]:
    """Given, and what it is now where that is something else."""
    given = {
        "@type": "dpv:ConsentGiven", "dpv:isIndicatedAtTime": _time(rfc3339(grant.recorded_at)),
        "dpv:isIndicatedBy": f"urn:assent:{grant.terms.subject.handle}", "dpv:hasIndicationMethod": signed,
    }  # fmt: skip
    now = _STATUS[grant.state]
    if now == "dpv:ConsentGiven":
        return [given]
    changed = grant.changed_at or grant.terms.limits.not_after
    return [given, {"@type": now, "dpv:isIndicatedAtTime": _time(rfc3339(changed))}]


def _jurisdictions(territories: tuple[str, ...]) -> list[str]:
    return ["loc:World" if code == "worldwide" else f"loc:{code}" for code in territories]


def _time(text: str) -> dict[str, str]:
    return {"@type": "xsd:dateTime", "@value": text}
