"""Lists of the admin that cost the same with any number of rows; `StaffSite` gives this to every list.

Rows are not counted, an order is that of an index, words are looked up in indexes, and a statement that takes too
long is stopped.
"""

from copy import copy
from functools import reduce
from operator import or_
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from web.desk_search import DeskQuery, candidate_ids
from web.time_limit import TookTooLong, time_limit

# The rows that the pages lead to. To find others, staff filter the list.
MAX_ROWS = 2000
MOST_MILLISECONDS = 3000


class BoundedChangeList(ChangeList):
    """Fetches the rows of a page and one more, and counts nothing: a count takes longer with each row.

    `result_count` is the number of rows known so far: on the last page, all of them.
    """

    show_full_result_count = False
    show_admin_actions = True
    can_show_all = False

    def get_ordering_field(self, field_name: Any) -> Any:
        """Only the columns in `sortable_by` have an order, whatever an address asks for."""
        can_sort = self.sortable_by is None or field_name in self.sortable_by
        return super().get_ordering_field(field_name) if can_sort else None

    def get_results(self, request: HttpRequest) -> None:
        last_page = max(1, MAX_ROWS // self.list_per_page)
        self.page_num = min(max(self.page_num, 1), last_page)
        self.offset = (self.page_num - 1) * self.list_per_page
        rows = self._read(request)
        if not rows and self.page_num > 1:
            raise IncorrectLookupParameters
        self.result_list = (
            self._editable(request, rows) if self.list_editable else rows[: self.list_per_page]
        )
        self.has_more = len(rows) > self.list_per_page
        self.is_cut = self.has_more and self.page_num == last_page
        # Equal, so that the search form does not print a total that is not known.
        self.result_count = self.full_result_count = self.offset + len(rows)
        self.multi_page = self.result_count > self.list_per_page
        known = self.offset + len(self.result_list) if self.is_cut else self.result_count
        self.paginator = Paginator(range(known), self.list_per_page)

    def _read(self, request: HttpRequest) -> list[Model]:
        """Return the rows of the page and one more; none, and `is_late`, if that took too long."""
        self.is_late = False
        try:
            with time_limit(MOST_MILLISECONDS):
                rows = self._found(request).order_by(*self._order(request))
                return list(rows[self.offset : self.offset + self.list_per_page + 1])
        except TookTooLong:
            self.is_late = True
            return []

    def _editable(self, request: HttpRequest, rows: list[Model]) -> QuerySet[Any]:
        """Return the page as the queryset that a formset needs."""
        ids = [row.pk for row in rows[: self.list_per_page]]
        return self.root_queryset.filter(pk__in=ids).order_by(*self._order(request))

    def _found(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows to be sorted: of those with the words of the search, a bounded number."""
        model_admin = cast(BoundedListMixin, self.model_admin)
        sources = model_admin.search_sources(DeskQuery.parse(self.query))
        if not sources or not self.query.strip():
            return self.queryset
        without_words = copy(self)
        without_words.query = ""
        filtered = without_words.get_queryset(request)
        ids = {pk for source in sources for pk in candidate_ids(filtered.filter(source))}
        return filtered.filter(pk__in=ids)

    def _order(self, request: HttpRequest) -> list[Any]:
        """Return the order of an index; ties stay in its order, so that no page sorts them."""
        if self.params.get(ORDER_VAR) and self._is_sorted_by_a_column():
            return self.get_ordering(request, self.queryset)
        return list(self.model_admin.get_ordering(request) or self.lookup_opts.ordering or [])

    def _is_sorted_by_a_column(self) -> bool:
        columns = dict(enumerate(self.list_display))
        asked = self.get_ordering_field_columns()
        return any(self.get_ordering_field(columns[index]) for index in asked if index in columns)

    @property
    def set_filters(self) -> int:
        """How many filters an address sets."""
        return sum(
            any(name in self.filter_params for name in spec.expected_parameters())
            for spec in self.filter_specs
        )

    @property
    def range_text(self) -> str:
        """ "1–100", the positions of the page's rows in the list."""
        return f"{self.offset + 1}–{self.offset + len(self.result_list)}"


class BoundedListMixin(admin.ModelAdmin):
    """The base of every list of the site. A ModelAdmin says what else an index carries.

    `ordering` and `sortable_by` are orders of indexes; `search_sources` finds rows by words.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[list[str] | tuple[str, ...] | None] = ()
    list_per_page = 100
    list_max_show_all = 0

    def search_sources(self, query: DeskQuery) -> list[Any]:
        """Return conditions on the rows of the list, of which an index finds each; [] to search as Django does."""
        return []

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return all that match, for actions and exports; the list sorts some (`BoundedChangeList`)."""
        sources = self.search_sources(DeskQuery.parse(search_term))
        if not sources or not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        manager = self.model._default_manager
        ids = [manager.filter(source).values("pk") for source in sources]
        return queryset.filter(reduce(or_, (Q(pk__in=found) for found in ids))), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList
