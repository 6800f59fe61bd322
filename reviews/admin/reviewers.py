from django.contrib import admin

from reviews.models import Reviewer
from web.optimistic_locking import VersionedAdminMixin


@admin.register(Reviewer)
class ReviewerAdmin(VersionedAdminMixin):
    list_display = ["name", "position", "is_active", "kind", "motto", "user"]
    list_filter = ["is_active", "kind"]
    list_select_related = ["user"]
    search_fields = ["name", "slug", "motto"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (None, {"fields": ["name", "slug", ("position", "is_active"), "kind", "user"]}),
        ("Public profile", {"fields": ["motto", "bio", "excited_about", "tired_of"]}),
    ]
