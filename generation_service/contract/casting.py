"""Casting in words, as a script or a command line says it: ``stock/mara+voice/odile``, ``subject/sub_…+face/<sha>``.

Data only: no word here gives anybody a permission. A subject named without references gets them when the film is
submitted.
"""

import re

from generation_service.contract.methods import CastMember

_KINDS = {"stock": "stock", "voice": "stock_voice", "subject": "subject", "face": "face"}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[\w.-]{1,80}")
_BARE_SUBJECT = re.compile(r"""([\w .'-]{1,60}?)["']?\s*[=:]\s*["']?subject/(sub_[\w-]{1,80})(?![\w+ -]*\+)""")
FORMS = "stock/mara, stock/mara+voice/odile or subject/sub_…"


def read_member(words: str) -> CastMember | None:
    """Who ``words`` cast; None where they say nothing that can be understood.

    A voice is a stock voice by name or a subject's sample by its SHA-256; ``voice-from-face`` asks for the voice to be
    inferred from the face.
    """
    told: dict[str, str | bool] = {}
    for part in words.replace(" ", "").split("+"):
        kind, _, value = part.partition("/")
        if part == "voice-from-face":
            told["voice_from_face"] = True
        elif kind in _KINDS and _ID.fullmatch(value):
            told["voice" if kind == "voice" and _DIGEST.fullmatch(value) else _KINDS[kind]] = value
        else:
            return None
    return CastMember.model_validate(told) if "stock" in told or "subject" in told else None


def named_subjects(script: str) -> dict[str, str]:
    """Subjects that a script of any form casts without references, by the name of whom they play."""
    return {name.strip(): handle for name, handle in _BARE_SUBJECT.findall(script)}
