"""A thousand racing attempts at a grant of a hundred uses: a hundred win, on a real database, and the ledger agrees."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from consent_service.contract import events as kinds
from consent_service.contract.decisions import IssuePermit, Lease
from consent_service.contract.methods import GetGrant
from consent_service.contract.permits import PermitClaims
from consent_service.domain import permits
from consent_service.usecases import decisions, grants
from infra.kernel.crypto import b64u
from infra.kernel.errors import AssentError
from infra.kernel.ids import new_id
from tests.consent_service.house import House, request, use

ATTEMPTS, USES, AT_ONCE = 1000, 100, 12


def test_exactly_a_hundred_of_a_thousand_racing_leases_win(stone_house: House) -> None:
    house = stone_house
    grant = house.grant(limits__max_uses=USES, limits__max_concurrent=1000)
    used = use(house.subject)
    decision = decisions.decide(house.parts, request(used))
    tokens = _tokens(house, decision.id, used)
    began = time.monotonic()

    def attempt(token: str) -> Any:
        try:
            return house.open(token)
        except AssentError as error:
            return error.code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(attempt, tokens))
    assert time.monotonic() - began < 30
    counted = Counter(one if isinstance(one, str) else "opened" for one in outcomes)
    assert counted == {"opened": USES, "consent.uses_exhausted": ATTEMPTS - USES}
    assert len({one.id for one in outcomes if isinstance(one, Lease)}) == USES
    assert grants.get_grant(house.parts, GetGrant(grant=grant)).uses_left == 0
    log: Any = house.parts.log
    with log._pool.connection() as conn:
        [(started,)] = conn.execute("SELECT count(*) FROM events WHERE type = %s", [kinds.SYNTHESIS_STARTED]).fetchall()
    assert started == USES


def _tokens(house: House, decision: str, used: Any) -> list[str]:
    """One permit per job, all signed before the race: the first as the service issues it, the rest for other jobs."""
    first = decisions.issue_permit(
        house.parts,
        IssuePermit.model_validate(
            {"decision": decision, "job": "job_0", "uses": (used,), "features": ["allow.video_generation"],
             "worker_key": b64u(house.worker.public)}
        ),
    ).token  # fmt: skip
    claims: PermitClaims = house.parts.permits.verify(first)
    others = (claims.model_copy(update={"sub": f"job_{n}", "jti": new_id("pmt")}) for n in range(1, ATTEMPTS))
    return [first, *(permits.encode(other, house.parts.signer) for other in others)]
