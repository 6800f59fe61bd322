"""Lists of the desk that hold as many rows as there are votes or subscribers."""

from functools import cached_property

from django.contrib import admin
from django.core.paginator import Paginator

MOST = 2000


class LongListPaginator(Paginator):
    """Counts, and leads to, the first MOST rows. To count them all takes longer with each row."""

    @cached_property
    def count(self):
        return self.object_list.order_by()[:MOST].count()

    @property
    def is_cut(self):
        return self.count == MOST


class LongListMixin:
    """For a ModelAdmin: nothing of its list costs more when there are more rows."""

    paginator = LongListPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = []
    list_per_page = 100
    list_max_show_all = 0
