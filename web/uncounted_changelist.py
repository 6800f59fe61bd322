"""Lists of the desk that hold as many rows as there are votes or subscribers."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest

# Rows that pages lead to; whoever looks for another narrows the list.
MOST = 2000


class UncountedChangeList(ChangeList):
    """Asks for the rows of a page and one more, once, and counts nothing: that takes longer with each row.

    `result_count` is how many rows are known of: all of them on the last page.
    """

    show_full_result_count = False
    show_admin_actions = True
    can_show_all = False

    def get_results(self, request: HttpRequest) -> None:
        last_page = max(1, MOST // self.list_per_page)
        self.page_num = min(max(self.page_num, 1), last_page)
        self.before = (self.page_num - 1) * self.list_per_page
        # As an index has it, whatever an address asks for; rows that tie stay as they lie in the index.
        rows = self.queryset.order_by(*self.model_admin.get_ordering(request))
        rows = list(rows[self.before : self.before + self.list_per_page + 1])
        if not rows and self.page_num > 1:
            raise IncorrectLookupParameters
        self.result_list = rows[: self.list_per_page]
        self.has_more = len(rows) > self.list_per_page
        self.is_cut = self.has_more and self.page_num == last_page
        # The same, so that the search form does not tell of a number that is not known.
        self.result_count = self.full_result_count = self.before + len(rows)
        self.multi_page = self.result_count > self.list_per_page
        known = self.before + len(self.result_list) if self.is_cut else self.result_count
        self.paginator = Paginator(range(known), self.list_per_page)

    @property
    def shown(self) -> str:
        """ "1–100", the places of the page's rows in the list."""
        return f"{self.before + 1}–{self.before + len(self.result_list)}"


class UncountedChangeListMixin:
    """For a ModelAdmin with an `ordering` that an index has: nothing costs more when there are more rows."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[list[str] | tuple[str, ...] | None] = ()
    list_per_page = 100
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UncountedChangeList
