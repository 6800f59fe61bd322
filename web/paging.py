from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

MOST_PAGES = 20


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
    # How many rows there are; more than the pages show if the list is cut.
    total: int
    # Whether `total` is only how many are known of.
    is_more: bool = False

    def __iter__(self) -> Iterator[Row]:
        return iter(self.page.object_list)

    def __len__(self) -> int:
        return len(self.page.object_list)

    @property
    def shown(self) -> int:
        """How many rows all pages show together."""
        return self.page.paginator.count

    @property
    def is_cut(self) -> bool:
        """Whether there are rows that no page shows."""
        return self.is_more or self.total > self.shown

    @property
    def first_place(self) -> int:
        """The place of the first row of this page in the whole list, from 1."""
        return self.page.start_index()

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
        return f"?{urlencode(query, doseq=True)}" if query else "?"


def paged[Row: Model](rows: QuerySet[Row], number: str | None, *, per_page: int) -> Paged[Row]:
    """Return the page of `rows` with that `number` (untrusted), or the nearest existing one."""
    page = Paginator(rows, per_page).get_page(number)
    return Paged(page, {}, page.paginator.count)


class Sliceable[Row](Protocol):
    def __getitem__(self, part: slice, /) -> Iterable[Row]: ...


class CountedPaginator(Paginator):
    """A paginator that does not count its rows, because their number is known."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count  # in place of the cached property that counts


def paged_to_most[Row: Model](
    rows: Sliceable[Row],
    number: str | None,
    *,
    per_page: int,
    total: int,
    is_more: bool = False,
    query: dict[str, Any] | None = None,
) -> Paged[Row]:
    """Return a page as `paged` does, of a list of `total` rows, of which MOST_PAGES pages are shown.

    A deep page reads every row before it, so a list has to end somewhere. `query` is what else the URL of each page
    holds; nothing else of the request gets into a link.
    """
    shown = min(total, MOST_PAGES * per_page)
    page = CountedPaginator(rows, per_page, shown).get_page(number)
    return Paged(page, query or {}, total, is_more)
