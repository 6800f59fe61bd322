from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from accounts.models import SignInEvent, User
from accounts.sign_in.limits import forget_attempts
from accounts.sign_in.log import record
from accounts.sign_in.second_factor import remove_second_factor
from accounts.staff import staff_of
from web.client_address import client_address
from web.read_only_admin import ReadOnlyAdminMixin


@admin.register(User)
class StaffUserAdmin(UserAdmin):
    """Django's, and the page on which an operator removes somebody's lost second factor."""

    change_form_template = "admin/accounts/user/change_form.html"
    sortable_by = None  # few rows: in any order
    readonly_fields = ["last_login", "date_joined"]
    # Django's asks whether there is a password. This site has no other way to sign in.
    add_form = UserCreationForm
    add_fieldsets = [(None, {"fields": ["username", "password1", "password2"]})]

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self._reset_second_factor)
        reset = path(
            "<int:pk>/reset-second-factor/",
            self.admin_site.admin_view(view),
            name="accounts_user_reset_second_factor",
        )
        return [reset, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        can_reset = staff_of(request).is_superuser and bool(user and user.has_second_factor)
        context = {**(extra_context or {}), "can_reset_second_factor": can_reset}
        return super().change_view(request, object_id, form_url, context)

    def _reset_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        operator = staff_of(request)
        if not operator.is_superuser:
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        if user == operator:
            return redirect("admin:security")  # where a code is asked for
        if request.method == "POST":
            self._reset(request, user, operator)
            return redirect("admin:accounts_user_change", user.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": user,
            "title": f"Reset the second factor of {user}",
        }
        return TemplateResponse(request, "admin/accounts/user/reset_second_factor.html", context)

    def _reset(self, request: HttpRequest, user: User, operator: User) -> None:
        forget_attempts(user)
        if not remove_second_factor(user):
            messages.warning(request, f"Nothing was changed: {user} has no second factor.")
            return
        record(
            SignInEvent.Kind.SECOND_FACTOR_RESET,
            user=user,
            address=client_address(request),
            by=operator,
        )
        self.log_change(request, user, "Second factor reset.")
        messages.success(request, f"Second factor of {user} removed. Their sessions have ended.")


@admin.register(SignInEvent)
class SignInEventAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """The sign-in log."""

    list_display = ["at", "user", "kind", "network_code", "by"]
    list_filter = ["kind"]
    list_select_related = ["user", "by"]
    fields = ["at", "user", "kind", "network_code", "by"]
    ordering = ["-at", "-id"]

    @admin.display(description="network", empty_value="—")
    def network_code(self, event: SignInEvent) -> str | None:
        """Equal for entries of one network and day; nobody can read an address from it."""
        return bytes(event.network).hex()[:8] if event.network else None
