"""The checker of the verifiable index: it is made again from the ledger's entries and compared. It never repairs.

An entry that cannot be read leaves nothing to compare with; that is a finding of its own, not the end of the check.
"""

from collections.abc import Iterator

import psycopg

from consent_service.store.subject_index import check_index
from infra.kernel.errors import AssentError


def check_subjects(conn: psycopg.Connection) -> Iterator[str]:
    """What does not hold, in plain words, in the caller's snapshot."""
    try:
        yield from check_index(conn)
    except (AssentError, ValueError, KeyError, TypeError, AttributeError):
        yield "the index per subject cannot be made again from the entries"
