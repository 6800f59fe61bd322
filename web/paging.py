from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class PageLink:
    """One item of the page list; without a number, the gap between distant pages."""

    number: int | None
    url: str = ""


@dataclass(frozen=True)
class Paged[Row: Model]:
    """A page of a list and the URLs of its other pages."""

    page: Page[Row]
    query: dict[str, Any]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.page.object_list)

    def __len__(self) -> int:
        return len(self.page.object_list)

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def is_first(self) -> bool:
        return self.page.number == 1

    @property
    def previous(self) -> str:
        return self._url(self.page.number - 1) if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        return self._url(self.page.number + 1) if self.page.has_next() else ""

    @property
    def links(self) -> list[PageLink]:
        numbers = self.page.paginator.get_elided_page_range(
            self.page.number, on_each_side=1, on_ends=1
        )
        return [
            PageLink(number, self._url(number)) if isinstance(number, int) else PageLink(None)
            for number in numbers
        ]

    def _url(self, number: int) -> str:
        query = self.query | ({"page": number} if number > 1 else {})
        return f"?{urlencode(query)}" if query else "?"


def paged[Row: Model](
    rows: QuerySet[Row],
    number: str | None,
    *,
    per_page: int,
    query: dict[str, Any] | None = None,
) -> Paged[Row]:
    """Return the page of `rows` with that `number` (untrusted), or the nearest existing one.

    `query` is what else the URL of each page holds; nothing else of the request gets into a link.
    """
    return Paged(Paginator(rows, per_page).get_page(number), query or {})
