"""Shot grammar: how close, from where and with which move, from what is said and how. Only :func:`varied` knows the
shot before, and only of action, so that a shot that is put in or taken out never re-frames one that speaks.
"""

import re
from dataclasses import replace

from generation_service.contract.shots import CameraMove, ShotSize
from generation_service.domain.deeds import doing
from generation_service.domain.plan.model import Brief, Look, stable_number

_FEELINGS: dict[str, Look] = {
    "whisper": Look("CU", "push-in"),
    "afraid": Look("CU", "handheld", "high"),
    "angry": Look("CU", "push-in", "low"),
    "shout": Look("MCU", "handheld", "low"),
    "sad": Look("CU", "push-in"),
    "weary": Look("CU", "static", "high"),
    "excited": Look("MCU", "handheld"),
    "sarcastic": Look("MCU", "push-in"),
    "warm": Look("MCU", "static"),
}
_SHORT: dict[str, Look] = {
    "afraid": Look("ECU", "static"),
    "warm": Look("CU", "static"),
    "weary": Look("MCU", "static"),
}
"""Where few words are said: what fits better than the rule."""
_OPENERS: tuple[CameraMove, ...] = ("push-in", "pan-right", "tilt-up", "pan-left", "dolly-in", "dolly-right")
_VIEWS: tuple[CameraMove, ...] = ("pan-left", "pull-out", "dolly-left", "tilt-down", "push-in", "pan-right")
_WALKS = re.compile(r"\b(?:walk|stroll|stride|march|hurr|run|rac|chas|jog|wander|pac|danc)\w{0,4}\b", re.IGNORECASE)
SHORT_WORDS, LONG_WORDS = 4, 14


def of_speech(words: str, emotion: str, *, part: int, pair: bool) -> Look:
    """A single of who speaks (at MCU over the listener's shoulder, where there is one), or for a question a two-shot
    (MS), where ``pair`` can be shown together: a drawn figure beside a photo never is.
    ``part`` counts the shots of one speech, from 0: they alternate, because one face must not jump.
    """
    count = len(words.split())
    look = _FEELINGS.get(emotion)
    if look is None:
        look = _even(words.rstrip(), count, pair=pair)
    elif count <= SHORT_WORDS + 1:
        look = _SHORT.get(emotion, look)
    if part % 2:
        return Look("CU", "push-in", look.angle) if look.size == "MCU" else Look("MCU", "static", look.angle)
    return look


def _even(words: str, count: int, *, pair: bool) -> Look:
    if words.endswith(("…", "...", "—")):
        return Look("CU", "push-in")
    if words.endswith("!"):
        return Look("MCU", "handheld")
    if pair and count > SHORT_WORDS and words.endswith("?"):
        return Look("MS", "static")
    return Look("MCU", "push-in" if count >= LONG_WORDS else "static")


def of_opening(heading: str, *, people: int) -> Look:
    """The shot that shows where we are: wide, and wider still out of doors with nobody about."""
    bare = heading.strip().lower()
    move = _OPENERS[stable_number("open", bare) % len(_OPENERS)]
    outside = bare.startswith(("ext", "est", "."))
    widest = bare.startswith("est") or (outside and not people and stable_number("wide", bare) % 2 == 0)
    return Look("EWS" if widest else "WS", move)


def of_action(text: str, *, people: int, drawn: bool) -> Look:
    """A paragraph of action: the place without people, one of them at half length, two together, more from afar;
    whoever walks is followed, if drawn from head to foot.
    """
    if people == 0:
        return Look("WS", _VIEWS[stable_number("view", text) % len(_VIEWS)])
    if drawn and (people > 2 or _WALKS.search(text)):
        return Look("WS", ("dolly-right", "dolly-left")[stable_number("walk", text) % 2])
    return Look("MS", "static")


def of_voice_over(text: str) -> Look:
    """The place again while somebody unseen speaks."""
    at = stable_number("over", text)
    return Look("EWS" if at % 2 else "WS", _VIEWS[at % len(_VIEWS)])


REACTION = Look("CU", "push-in")
INSERT = Look("CU", "push-in")
_IN_THE_FACE = {"idle", "laughs", "nods", "turns", "looks", "listens"}
_OTHER: dict[ShotSize, ShotSize] = {"CU": "MCU", "MCU": "CU", "MS": "MCU"}


def varied(before: Brief | None, brief: Brief) -> Brief:
    """A brief of action at another size where it would cut from somebody's action to the same one's at the same."""
    if before is None or brief.directive.size or brief.doing or {brief.what, before.what} != {"action"}:
        return brief
    was = before.directive.size or before.look.size
    alone = brief.speaker is not None and before.speaker == brief.speaker and before.seen == brief.seen
    if not alone or brief.look.size != was or was not in _OTHER:
        return brief
    told = {doing(brief.action, brief.speaker or "", kind).split(" ")[0] for kind in ("man", "woman")}
    if was == "MS" and not told <= _IN_THE_FACE:
        return brief  # hands and what they hold are what is to be seen
    return replace(brief, look=replace(brief.look, size=_OTHER[was]))
