"""A script in any of its three forms, read to one: scenes, and a cast in which the order's word counts before the
script's own.
"""

from dataclasses import replace

from generation_service.contract.methods import CastMember, SubmitProduction
from generation_service.domain.prompt import read_prompt
from generation_service.domain.screenplay import Screenplay, cue_key, read_screenplay
from generation_service.domain.storyboard import read_storyboard

READERS = {"fountain": read_screenplay, "storyboard": read_storyboard, "prompt": read_prompt}


def read_script(command: SubmitProduction) -> tuple[SubmitProduction, Screenplay]:
    """The order with everybody cast who is cast anywhere, and the scenes; ``notes`` of the screenplay name what the
    order overruled. Raises ``generation.screenplay_invalid``.
    """
    play = READERS[command.format](command.screenplay, command.cast)
    ordered = {cue_key(name): member for name, member in command.cast.items()}
    notes = tuple(
        f"{name}: the script says {who(member)}, the order says {who(ordered[cue_key(name)])}; the order counts"
        for name, member in play.cast.items()
        if cue_key(name) in ordered and who(ordered[cue_key(name)]) != who(member)
    )
    own = {name: member for name, member in _once(play).items() if cue_key(name) not in ordered}
    return command.model_copy(update={"cast": {**command.cast, **own}}), replace(play, notes=(*play.notes, *notes))


def _once(play: Screenplay) -> dict[str, CastMember]:
    """The script's cast, one entry for each name however it is written; the last one counts."""
    found: dict[str, tuple[str, CastMember]] = {}
    for name, member in play.cast.items():
        found[cue_key(name)] = (name, member)
    return dict(found.values())


def who(member: CastMember) -> str:
    """A cast member in a word or two."""
    return f"stock/{member.stock}" if member.stock else f"subject/{member.subject}"
