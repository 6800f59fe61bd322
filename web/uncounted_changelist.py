"""Admin lists with as many rows as there are votes or subscribers: the rows are never counted."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest

# The rows that the pages lead to. To find others, staff filter the list.
MAX_ROWS = 2000


class UncountedChangeList(ChangeList):
    """Fetches the rows of a page and one more, and counts nothing: a count takes longer with each row.

    `result_count` is the number of rows known so far: on the last page, all of them.
    """

    show_full_result_count = False
    show_admin_actions = True
    can_show_all = False

    def get_results(self, request: HttpRequest) -> None:
        last_page = max(1, MAX_ROWS // self.list_per_page)
        self.page_num = min(max(self.page_num, 1), last_page)
        self.offset = (self.page_num - 1) * self.list_per_page
        # In the order of an index, whatever the address asks for; ties stay in the order of the index.
        rows = self.queryset.order_by(*self.model_admin.get_ordering(request))
        rows = list(rows[self.offset : self.offset + self.list_per_page + 1])
        if not rows and self.page_num > 1:
            raise IncorrectLookupParameters
        self.result_list = rows[: self.list_per_page]
        self.has_more = len(rows) > self.list_per_page
        self.is_cut = self.has_more and self.page_num == last_page
        # Equal, so that the search form does not print a total that is not known.
        self.result_count = self.full_result_count = self.offset + len(rows)
        self.multi_page = self.result_count > self.list_per_page
        known = self.offset + len(self.result_list) if self.is_cut else self.result_count
        self.paginator = Paginator(range(known), self.list_per_page)

    @property
    def range_text(self) -> str:
        """ "1–100", the positions of the page's rows in the list."""
        return f"{self.offset + 1}–{self.offset + len(self.result_list)}"


class UncountedChangeListMixin:
    """For a ModelAdmin whose `ordering` is that of an index: the list costs the same with any number of rows."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[list[str] | tuple[str, ...] | None] = ()
    list_per_page = 100
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return UncountedChangeList
