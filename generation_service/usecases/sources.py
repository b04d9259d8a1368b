"""What a production was submitted with, sealed under its own key, so that a new version can be made of it later.

The screenplay lies nowhere else and is never answered. It goes in the moment that key is destroyed.
"""

from typing import Any

from generation_service.contract.methods import SubmitProduction
from generation_service.domain.ports import Books
from infra.kernel.crypto import seal, unseal


def seal_source(books: Books, tx: Any, production: str, command: SubmitProduction) -> None:
    """Keep the command with the production's key; one that was refused has no key and is not kept."""
    key = books.keys.get(tx, production)
    if key is not None:
        books.sources.put(tx, production, seal(key, command.model_dump_json().encode(), _bound(production)))


def open_source(books: Books, tx: Any, production: str) -> SubmitProduction | None:
    """The command; None where the key is gone."""
    key, sealed = books.keys.get(tx, production), books.sources.get(tx, production)
    if key is None or sealed is None:
        return None
    return SubmitProduction.model_validate_json(unseal(key, sealed, _bound(production)))


def _bound(production: str) -> bytes:
    return b"source\x00" + production.encode()
