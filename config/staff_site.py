from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse

from accounts.forms import SignInForm

# Daily work first, what only operators look at last.
APPS = ["reviews", "tools", "votes", "newsletter", "accounts", "auth", "axes", "procrastinate"]
MODELS = {
    "tools": ["Tool", "Fact", "FactKind", "Category", "LedgerEntry"],
    "reviews": ["ReviewDue", "Review", "Reviewer"],
    "votes": ["Vote", "Reason", "Intervention"],
    "newsletter": ["Issue", "Subscriber", "Delivery", "SendingGate"],
}
# What the start page calls other people's models.
NAMES = {
    "ProcrastinateJob": "Jobs",
    "AccessAttempt": "Failed sign-ins",
    "AccessFailureLog": "Log of failed sign-ins",
    "AccessLog": "Log of sign-ins",
}


class StaffSite(AdminSite):
    login_form = SignInForm
    site_header = "Ship or Skip admin"
    site_title = "Ship or Skip admin"
    index_title = "Administration"
    empty_value_display = "—"

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "reviews":
                app["models"] += self._review_due(request)
            for model in app["models"]:
                model["name"] = NAMES.get(model["object_name"], model["name"])
            order = MODELS.get(app["app_label"], [])
            app["models"].sort(key=lambda model, order=order: _place(model["object_name"], order))
        return sorted(apps, key=lambda app: _place(app["app_label"], APPS))

    def _review_due(self, request: HttpRequest) -> list[dict[str, Any]]:
        if not request.user.has_perm("reviews.view_review"):
            return []
        return [
            {
                "name": "Reviews due",
                "object_name": "ReviewDue",
                "admin_url": reverse("admin:reviews_review_due", current_app=self.name),
                "add_url": None,
                "view_only": True,
                "perms": {"view": True},
            }
        ]


def _place(name: str, order: list[str]) -> int:
    return order.index(name) if name in order else len(order)
