"""The checker of stored cosignatures: each is one witness's line over its checkpoint, and verifies. It never repairs.

Keys come from the policy of whoever checks, by the names of witnesses in it. A line of one that it does not name
(it was taken out since, or none is given) is held against its form alone: one line, of a key that is not the log's.
A quorum is made of lines that are there.
"""

from collections.abc import Iterator

import psycopg

from consent_service.store.cosigned import SQL
from infra.kernel.errors import AssentError
from infra.tlog.checkpoint import parse_checkpoint
from infra.tlog.cosignature import read_cosignatures
from infra.tlog.note import split_note
from infra.tlog.policy import Policy

_PAGE = 1024


def check_cosigned(conn: psycopg.Connection, policy: Policy | None = None) -> Iterator[str]:
    """What does not hold, in plain words, in the caller's snapshot."""
    with conn.cursor(name="fsck_cosigned", binary=True) as cursor:
        cursor.itersize = _PAGE
        cursor.execute(SQL["all_lines"])
        for size, witness, line, note in cursor:
            problem = _problem(note, line, witness, policy)
            if problem:
                yield f"the cosignature of {witness} over checkpoint {size} {problem}"
    for size, missing in conn.execute(SQL["quorums_without_lines"]):
        yield f"the quorum over checkpoint {size} counts {', '.join(missing)}, who did not sign it"


def _problem(note: str, line: str, witness: str, policy: Policy | None) -> str:
    known = policy.witnesses.get(witness) if policy else None
    try:
        text, before = split_note(note)
        _, after = split_note(note + line)
        if len(after) != len(before) + 1 or after[-1][0] == parse_checkpoint(text).origin:
            return "is not one line of a witness"
        if known is not None and not read_cosignatures(note + line, [known.key]):
            return "is another key's"
    except AssentError as error:
        return f"does not verify: {error.code}"
    return ""
