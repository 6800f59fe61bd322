from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from votes.models import Reason, Vote


@admin.register(Reason)
class ReasonAdmin(admin.ModelAdmin):
    """The closed list of chips. One that was given keeps its side and its slug, and stays."""

    fields = ["side", "label", "slug", "position", "is_active"]
    list_display = ["label", "side", "position", "is_active", "is_used"]
    list_display_links = ["label"]
    list_editable = ["position", "is_active"]
    list_filter = ["side", "is_active"]
    prepopulated_fields = {"slug": ["label"]}

    def get_queryset(self, request):
        used = Exists(Vote.objects.filter(reason=OuterRef("pk")))
        return super().get_queryset(request).annotate(used=used)

    @admin.display(description="was given", boolean=True)
    def is_used(self, reason):
        return reason.used

    def get_readonly_fields(self, request, obj=None):
        return ["side", "slug"] if obj and obj.used else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        """One by one, and only what no vote names: in bulk Django would first load all the votes."""
        return obj is not None and not obj.used and super().has_delete_permission(request, obj)

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)
