"""A catalogue of grants as a file: JSON lines, each a signed grant or a request, or CSV that names such files.

Each item has a key, its own or the digest of what it says, so that an import that broke off is simply run again: what
was recorded answers as it did, and the rest follows.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from consent_service.contract.batches import BATCH_LIMIT
from consent_service.contract.terms import GrantTerms
from gateway.client.api import Api
from infra.kernel.canonical import canonical, sha256_hex
from infra.kernel.errors import Invalid

ROUTE = "/v1/grants/batch"
MOST_BYTES = 1_900_000
"""Of items in one request; the route takes 2 MiB."""
_FIELDS = frozenset({"key", "terms", "signature", "openings", "modality_signatures", "request"})

Item = dict[str, Any]


def read_catalogue(path: Path) -> list[Item]:
    """The items of a file, in order. ``.csv``: a column ``file`` (JSON of one item, beside the CSV), and maybe ``key``.

    Raises Invalid (``cli.bad_catalogue``) that names the line of what is no item, or has the key of another.
    """
    rows = _from_csv(path) if path.suffix == ".csv" else _from_lines(path)
    seen: dict[str, int] = {}
    found = []
    for line, value in rows:
        item = _item(value, path, line)
        if item["key"] in seen:
            raise _bad(path, line, f"the same as line {seen[item['key']]}")
        seen[item["key"]] = line
        found.append(item)
    return found


def send_catalogue(api: Api, items: Sequence[Item], *, size: int = BATCH_LIMIT) -> Iterator[list[dict[str, Any]]]:
    """Record items in batches; the answers of each batch as it is done."""
    for batch in in_batches(items, size):
        yield api.post(ROUTE, {"items": batch})["data"]


def in_batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Parts of at most ``size`` items and :data:`MOST_BYTES`."""
    batch: list[Item] = []
    total = 0
    for item in items:
        length = len(json.dumps(item))
        if batch and (len(batch) == size or total + length > MOST_BYTES):
            yield batch
            batch, total = [], 0
        batch.append(item)
        total += length
    if batch:
        yield batch


def _from_lines(path: Path) -> Iterator[tuple[int, Any]]:
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.strip():
            yield line, _json(text, path, line)


def _from_csv(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open(newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if not row.get("file"):
                raise _bad(path, line, "the column `file` names no file")
            value = _json((path.parent / str(row["file"])).read_text(encoding="utf-8"), path, line)
            yield line, ({**value, "key": row["key"]} if row.get("key") and isinstance(value, dict) else value)


def _json(text: str, path: Path, line: int) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _bad(path, line, "not JSON") from error


def _item(value: Any, path: Path, line: int) -> Item:
    if not isinstance(value, dict) or "terms" not in value or value.keys() - _FIELDS:
        raise _bad(path, line, "not an item: terms, and of a signed grant signature, openings, modality_signatures")
    try:
        GrantTerms.model_validate(value["terms"])
    except ValueError as error:
        raise _bad(path, line, "its terms are no terms of a grant") from error
    return {**value, "key": value.get("key") or sha256_hex(canonical(value))}


def _bad(path: Path, line: int, why: str) -> Invalid:
    return Invalid("cli.bad_catalogue", f"{path}, line {line}: {why}", fix="see docs/api.md, Many grants at once")
