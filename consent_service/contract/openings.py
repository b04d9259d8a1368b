"""The salts that come with a signed statement, one for each text that is committed to instead of recorded."""

from typing import Annotated

from pydantic import Field, StringConstraints

from infra.kernel.rpc import Message

EntryId = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
]
Salt = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class Openings(Message):
    """``entry`` is the id (UUIDv7) that the ledger entry will have: commitments are bound to it. ``salts`` are 32
    random bytes each, base64url, by the JSON pointer of the text.
    """

    entry: EntryId
    salts: dict[str, Salt] = Field(default_factory=dict, max_length=16)
