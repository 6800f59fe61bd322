from typing import Any

from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest

from reviews.models import Reviewer
from web.optimistic_locking import VersionedAdminMixin


@admin.register(Reviewer)
class ReviewerAdmin(VersionedAdminMixin):
    """Only operators tie accounts to reviewers: a tie decides whose scores somebody sees, and when."""

    list_display = ["name", "position", "is_active", "kind", "motto", "user"]
    list_filter = ["is_active", "kind"]
    sortable_by = None  # few rows: in any order
    list_select_related = ["user"]
    search_fields = ["name", "slug", "motto"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", ("position", "is_active"), "kind", "user"]}),
        ("Public profile", {"fields": ["motto", "bio", "excited_about", "tired_of"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if request.user.is_superuser else ["user"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new reviewer comes last, and is not in the panel before somebody ticks *active*."""
        last = Reviewer.objects.aggregate(last=Max("position"))["last"]
        initial = {"is_active": False, "position": 0 if last is None else last + 1}
        return initial | super().get_changeform_initial_data(request)
