"""The names of what the consent ledger records. Formats only grow: a changed meaning gets a new version."""

PARTY_REGISTERED = "consent.party-registered.v1"

GRANT_RECORDED = "consent.grant-recorded.v1"
GRANT_SUSPENDED = "consent.grant-suspended.v1"
GRANT_RESUMED = "consent.grant-resumed.v1"
GRANT_WITHDRAWN = "consent.grant-withdrawn.v1"

FLAG_SHIPPED = "consent.flag-shipped.v1"
FLAG_CHANGED = "consent.flag-changed.v1"
FLAG_PROPOSED = "consent.flag-change-proposed.v1"
FLAG_APPROVED = "consent.flag-change-approved.v1"

DECISION_MADE = "consent.decision-made.v1"

SYNTHESIS_STARTED = "consent.synthesis-started.v1"
SYNTHESIS_COMPLETED = "consent.synthesis-completed.v1"
SYNTHESIS_ABORTED = "consent.synthesis-aborted.v1"
OUTPUT_RELEASED = "consent.output-released.v1"
