"""Erasing subjects, and telling them what is kept of them.

Commit point of an erasure: the transaction of :func:`erase_subject`, before which the signed request is noted outside
the database. A crash between the two leaves a request that the next start carries out; after the commit the subject's
key and openings are gone, and a database restored from a backup loses them again at the next start.
"""

from functools import partial
from typing import Any

from consent_service.contract.erasure import EraseSubject, SubjectErased
from consent_service.contract.privacy import GetOpenings, SubjectOpenings
from consent_service.domain import erasure, grants, parties
from consent_service.domain.signed import verify_fresh
from consent_service.usecases.parts import Parts


def erase_subject(parts: Parts, command: EraseSubject) -> SubjectErased:
    """Erase a subject; repeating it, signed anew or not, answers the first erasure."""
    subject = command.erasure.subject

    def work(tx: Any) -> dict[str, Any]:
        return dict(tx.once(f"erase:{subject}", subject, lambda: _erase(parts, tx, command, fresh=True)))

    answer = parts.log.run(work)
    return SubjectErased(subject=subject, recorded=parts.proofs.recorded(str(answer["entry"]), subject))


def erase_again(parts: Parts) -> int:
    """Carry out every noted erasure that this database does not know, or knows no more; returns how many those were."""
    return sum(parts.log.run(partial(_again, parts, command)) for command in parts.vault.erasures())


def openings(parts: Parts, query: GetOpenings) -> SubjectOpenings:
    """What opens the commitments about a subject; nothing once it was erased."""
    return SubjectOpenings(opened=tuple(parts.log.run(lambda tx: parts.vault.of_subject(tx, query.subject))))


def _again(parts: Parts, command: EraseSubject, tx: Any) -> int:
    subject = command.erasure.subject
    party = parts.views.parties(tx, [subject]).get(subject)
    if party is None or party.state == "erased":
        parts.vault.erase(tx, command)
        return 0
    tx.once(f"erase:{subject}", subject, lambda: _erase(parts, tx, command, fresh=False))
    return 1


def _erase(parts: Parts, tx: Any, command: EraseSubject, *, fresh: bool) -> dict[str, Any]:
    asked, now = command.erasure, parts.clock.now()
    held = parts.views.grants(tx, subjects=[asked.subject], lock="update")
    known = parts.views.parties(tx, [asked.subject, asked.by])
    subject = known.get(asked.subject)
    signed = erasure.verify_asked(command, subject, known.get(asked.by))
    if fresh:
        verify_fresh(asked.at, now)
    if subject is None:  # verify_asked has refused it
        return {}
    events = erasure.erased(command, subject, signed, now)
    stored = parts.append(tx, parties.stream(subject.handle), subject.version, events)
    for grant, event in erasure.ended(held, now):
        parts.append(tx, grants.stream(grant.id), grant.version, [event])
    parts.vault.erase(tx, command)
    return {"entry": stored[0].id, "ref": subject.handle}
