"""Lists: ``?limit=1..100&starting_after=<id>`` or ``ending_before=<id>`` in, ``{object: "list", data, has_more,
next_page_url}`` out. Newest first either way: ``ending_before`` gives the page before, as a reader scrolls back.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from infra.kernel.errors import Invalid

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
        ending_before: Annotated[str | None, Query(max_length=64, description="id the next page began with")] = None,
    ) -> None:
        if starting_after is not None and ending_before is not None:
            raise Invalid("gateway.two_cursors", "a page starts after an id or ends before one, not both")
        self.limit, self.after, self.before = limit, starting_after, ending_before
        self._path, self._query = request.url.path, dict(request.query_params)

    @property
    def place(self) -> dict[str, Any]:
        """As the services' lists want it."""
        return {"limit": self.limit, "after": self.after, "before": self.before}

    def page(self, items: list[T], has_more: bool, edges: tuple[str, str] | None) -> Page[T]:
        """The page; ``edges`` are the ids of its first and last item. It goes on in the direction it was asked for."""
        url = None
        if has_more and edges is not None:
            on = ("starting_after", edges[1]) if self.before is None else ("ending_before", edges[0])
            url = f"{self._path}?{urlencode({**self._query, 'limit': str(self.limit), on[0]: on[1]})}"
        return Page(data=items, has_more=has_more, next_page_url=url)


def edges(ids: Sequence[str]) -> tuple[str, str] | None:
    """The first and the last of a page's ids."""
    return (ids[0], ids[-1]) if ids else None


TheCursor = Annotated[Cursor, Depends()]
