"""Lists: ``?limit=1..100&starting_after=<id>`` in, ``{object: "list", data, has_more, next_page_url}`` out."""

from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list, newest first. ``next_page_url`` is None on the last one."""

    object: str = "list"
    data: list[T]
    has_more: bool
    next_page_url: str | None = None


class Cursor:
    """Where a page starts and how long it is."""

    def __init__(
        self,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        starting_after: Annotated[str | None, Query(max_length=64, description="id the last page ended with")] = None,
    ) -> None:
        self.limit, self.after = limit, starting_after
        self._path, self._query = request.url.path, dict(request.query_params)

    def page(self, items: list[T], has_more: bool, last_id: str | None) -> Page[T]:
        """The page; ``last_id`` is the id of its last item."""
        url = None
        if has_more and last_id is not None:
            query = {**self._query, "limit": str(self.limit), "starting_after": last_id}
            url = f"{self._path}?{urlencode(query)}"
        return Page(data=items, has_more=has_more, next_page_url=url)


TheCursor = Annotated[Cursor, Depends()]
