from django.contrib.admin import AdminSite
from django.urls import reverse

from accounts.forms import SignInForm

# The daily work first; what only operators look at last.
APPS = ["reviews", "tools", "votes", "newsletter", "accounts", "auth", "axes", "procrastinate"]
MODELS = {
    "tools": ["Tool", "Fact", "FactKind", "Category", "LedgerEntry"],
    "reviews": ["ReviewDue", "Review", "Reviewer"],
    "votes": ["Vote", "Reason", "Intervention"],
    "newsletter": ["Issue", "Subscriber", "Delivery", "SendingGate"],
}


class StaffSite(AdminSite):
    login_form = SignInForm
    site_header = "Ship or Skip — editorial desk"
    site_title = "Ship or Skip desk"
    index_title = "Desk"
    empty_value_display = "—"

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "reviews":
                app["models"] += self._review_due(request)
            wanted = MODELS.get(app["app_label"], [])
            app["models"].sort(
                key=lambda model, wanted=wanted: _place(model["object_name"], wanted)
            )
        return sorted(apps, key=lambda app: _place(app["app_label"], APPS))

    def _review_due(self, request):
        if not request.user.has_perm("reviews.view_review"):
            return []
        return [
            {
                "name": "Review due",
                "object_name": "ReviewDue",
                "admin_url": reverse("admin:reviews_review_due", current_app=self.name),
                "add_url": None,
                "view_only": True,
                "perms": {"view": True},
            }
        ]


def _place(name, wanted):
    return wanted.index(name) if name in wanted else len(wanted)
