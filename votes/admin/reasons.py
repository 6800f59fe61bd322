from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse

from votes.models import Reason, Vote


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin):
    """The reasons that readers can add to a vote. One in use keeps its side and slug, and stays."""

    fields = ["side", "label", "slug", "position", "is_active"]
    list_display = ["label", "side", "position", "is_active", "is_used"]
    list_display_links = ["label"]
    list_editable = ["position", "is_active"]
    list_filter = ["side", "is_active"]
    prepopulated_fields = {"slug": ["label"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reason]:
        used = Exists(Vote.objects.filter(reason=OuterRef("pk")))
        return super().get_queryset(request).annotate(used=used)

    @admin.display(description="in use", boolean=True)
    def is_used(self, reason: Any) -> bool:
        return reason.used

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["side", "slug"] if obj and obj.used else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One by one, and only without votes: in bulk Django would first load all the votes."""
        return obj is not None and not obj.used and super().has_delete_permission(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)
