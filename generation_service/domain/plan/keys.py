"""Keys across versions of a script: a shot whose words were edited keeps the key it had.

Keys are made of content, so a shot that is moved or has new neighbours keeps its own. An edited one would get another
key; where it stands between the same neighbours and shows the same, it is the shot that was there before.
"""

from collections.abc import Sequence
from dataclasses import replace

from generation_service.contract.shots import Shot
from generation_service.domain.plan.model import Plan


def rekeyed(plan: Plan, before: Sequence[Shot]) -> Plan:
    """The plan with the keys of the version ``before`` wherever a shot is the old one edited. Ids stay; one pass."""
    old_at = {shot.key: at for at, shot in enumerate(before) if shot.key}
    kept = {shot.key for shot in plan.shots if shot.key in old_at}
    renamed: dict[str, str] = {}
    run: list[Shot] = []
    low = -1
    for shot in (*plan.shots, None):
        if shot is not None and shot.key not in kept:
            run.append(shot)
            continue
        high = len(before) if shot is None else old_at[shot.key]
        renamed |= _matched(run, [one for one in before[low + 1 : high] if one.key and one.key not in kept])
        run, low = [], max(low, high)
    if not renamed:
        return plan
    shots = tuple(shot.model_copy(update={"key": renamed.get(shot.key, shot.key)}) for shot in plan.shots)
    return replace(plan, shots=shots)


def _matched(new: Sequence[Shot], old: Sequence[Shot]) -> dict[str, str]:
    """New key to old key for shots that stand in the same gap: the same words under another heading first, then what
    shows the same and says the most alike. At most 120 shots a film, so every pair may be looked at.
    """
    found: dict[str, str] = {}
    for alike in (_tail, _subject):
        for was in old:
            waiting = [one for one in new if one.key not in found and alike(one.key) == alike(was.key)]
            if waiting and was.key not in found.values():
                found[max(waiting, key=lambda one: _overlap(one, was)).key] = was.key
    return found


def _overlap(one: Shot, other: Shot) -> float:
    """Which part of the words of two shots is the same, 0 to 1."""
    mine, theirs = _spoken(one), _spoken(other)
    return len(mine & theirs) / max(1, len(mine | theirs))


def _spoken(shot: Shot) -> set[str]:
    return set(" ".join([shot.action, *(line.text for line in shot.lines)]).casefold().split())


def _tail(key: str) -> str:
    return key.rpartition("/")[2]


def _subject(key: str) -> str:
    """What a key's shot shows, without its words and number: ``int-kitchen-dawn/ana-3fa2c1`` is of ``ana``."""
    tail = _tail(key).partition(".")[0]
    subject, _, content = tail.rpartition("-")
    return subject if subject and len(content) == CONTENT_CHARS else tail


CONTENT_CHARS = 6
"""Characters of a key that stand for a shot's words."""
