"""Claims about a subject's history, each verified offline before it is made."""

from typing import Any

from consent_service.client.keys import follow
from consent_service.client.subject_proof import open_history, verify_no_use, verify_standing
from consent_service.contract.subject_index import SubjectProof
from infra.kernel.errors import Invalid
from infra.tlog.note import parse_vkey


def checked_history(
    found: dict[str, Any], *, key: str | None = None, no_use: str | None = None, standing: str | None = None
) -> list[str]:
    """What holds of a history (the body of ``GET /v1/subjects/{subject}/history``), in plain words.

    ``key`` is the verifier key to trust (the gateway's own word when None), followed where the log has changed it since
    by the entries that changed it; ``no_use`` is ``A:B``, ``standing`` is
    ``<grant>:<size>``. Raises Invalid for a proof or a claim that does not hold.
    """
    changes = [(int(one["index"]), str(one["leaf"]).encode()) for one in found.get("key_changes", ())]
    keys = follow(parse_vkey(key or found["vkey"]), changes)
    history = open_history(SubjectProof.model_validate(found["proof"]), found["leaves"], keys)
    claims = [
        f"complete: {len(history.entries)} of the first {history.covers} ledger entries concern {history.subject}, "
        f"{len(history.grants())} grants and {len(history.uses())} uses among them; none is missing",
    ]
    if key is None:
        claims.append("the key is the gateway's word: name your own copy with --key")
    if no_use is not None:
        start, end = _pair(no_use)
        verify_no_use(history, int(start), int(end))
        claims.append(f"no use was running between entries {start} and {end}")
    if standing is not None:
        grant, size = _pair(standing)
        verify_standing(history, grant, int(size))
        claims.append(f"{grant} stood as of size {size}: recorded, signed, not withdrawn")
    return claims


def _pair(text: str) -> tuple[str, str]:
    left, colon, right = text.rpartition(":")
    if not colon or not left or not right.isdigit():
        raise Invalid("cli.bad_claim", f"not of the form A:B: {text}", fix="see --help")
    return left, right
