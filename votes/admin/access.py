from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from web.read_only_admin import ReadOnlyAdminMixin

INTERVENE = "votes.intervene"


class InterveneMixin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """Rows that are viewed. A POST on their list needs the permission to intervene."""

    def has_intervene_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(INTERVENE)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        can_intervene = self.has_intervene_permission(request)
        if request.method == "POST" and not can_intervene:
            raise PermissionDenied
        context = {"can_intervene": can_intervene} | (extra_context or {})
        return super().changelist_view(request, context)
