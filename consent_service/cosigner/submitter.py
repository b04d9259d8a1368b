"""One witness and how far it is: submits the latest checkpoint with the proof it needs, verifies what comes back.

A witness that answers 409 names the size it has; the submission is repeated once from there. Errors:
:class:`Unavailable` (``consent.witness_away``) for one that does not answer, :class:`Conflict`
(``consent.witness_disagrees``) for one that has seen another history: a size that this log does not have, or a tree
that does not lead to ours. The second is never repaired here.
"""

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from consent_service.store.tree import Head
from infra.kernel.errors import Conflict, Invalid, Unavailable
from infra.tlog.note import unb64
from infra.tlog.policy import WitnessLine
from infra.tlog.witness_api import AddCheckpoint, cosignature_lines, parse_size

Proof = Callable[[int, int], tuple[bytes, ...]]
"""``(old, new)`` to the consistency proof."""


@dataclass(frozen=True)
class Endpoint:
    """One submission prefix and the policy lines of the keys that answer there."""

    url: str
    lines: tuple[WitnessLine, ...]


class Submitter:
    """``seen`` is the size the witness is known to have; 0 at first, which it corrects."""

    def __init__(self, endpoint: Endpoint, client: httpx.Client, prove: Proof) -> None:
        self.endpoint, self._client, self._prove = endpoint, client, prove
        self.seen = 0

    def submit(self, head: Head) -> dict[str, str]:
        """Cosignature lines over the head's note by policy name."""
        answer = self._post(head)
        if answer.status_code == httpx.codes.CONFLICT:
            self.seen = self._size_of(answer)
            if self.seen > head.size:
                raise self._disagrees("it has cosigned a larger tree", witnessed=self.seen, stored=head.size)
            answer = self._post(head)
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise self._disagrees("it has cosigned another history", witnessed=self.seen, stored=head.size)
        if answer.status_code != httpx.codes.OK:
            raise self._away(f"it answers {answer.status_code}: {answer.text.strip()[:200]}")
        lines = self._lines_of(head.note, answer.content)
        self.seen = head.size
        return lines

    def _post(self, head: Head) -> httpx.Response:
        proof = self._prove(self.seen, head.size) if 0 < self.seen < head.size else ()
        body = AddCheckpoint(self.seen, proof, head.note).text().encode()
        try:
            return self._client.post(f"{self.endpoint.url.rstrip('/')}/add-checkpoint", content=body)
        except httpx.HTTPError as error:
            raise self._away(type(error).__name__) from error

    def _size_of(self, answer: httpx.Response) -> int:
        try:
            return parse_size(answer.content)
        except Invalid as error:
            raise self._away("its 409 names no size") from error

    def _lines_of(self, note: str, answer: bytes) -> dict[str, str]:
        keys = {(line.key.name, line.key.key_id): line for line in self.endpoint.lines}
        try:
            found = cosignature_lines(note, answer, [line.key for line in self.endpoint.lines])
        except Invalid as error:
            raise self._away(error.detail) from error
        named = {keys[_signer(text)].name: text for text in found}
        if not named:
            raise self._away("its answer has no cosignature by its keys")
        return named

    def _away(self, reason: str) -> Unavailable:
        return Unavailable("consent.witness_away", "a witness did not cosign", url=self.endpoint.url, reason=reason)

    def _disagrees(self, reason: str, **info: int) -> Conflict:
        return Conflict(
            "consent.witness_disagrees", f"a witness disagrees: {reason}", url=self.endpoint.url,
            fix="compare the ledger with the witness's checkpoint before anything else is signed", **info,
        )  # fmt: skip


def _signer(line: str) -> tuple[str, bytes]:
    """Name and key id of a verified signature line."""
    _, name, encoded = line.rstrip("\n").split(" ")
    return name, unb64(encoded)[:4]
