from collections.abc import Callable
from typing import Any, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import ChangePasswordForm
from accounts.sign_in import security_page
from accounts.sign_in.clear_pages import clear_pages
from accounts.sign_in.throttled import throttled
from accounts.sign_in.views import SignInView, enter_code
from accounts.staff import staff_of
from config.desk_search import search_desk
from config.start_page import start_page
from web.admin_lists import BoundedListMixin
from web.admin_query import CheckedQueryMixin
from web.desk_search import DeskQuery

# Daily work first, what only operators look at last.
APPS = ["reviews", "tools", "votes", "newsletter", "accounts", "auth", "procrastinate"]
MODELS = {
    "tools": ["Tool", "Fact", "FactKind", "Category", "SearchSynonym", "LedgerEntry"],
    "reviews": ["ReviewDue", "Review", "Reviewer"],
    "votes": ["Vote", "Reason", "Intervention"],
    "newsletter": ["Issue", "Subscriber", "Delivery", "SendingGate"],
    "accounts": ["User", "SignInEvent"],
}
# What the start page calls some models.
NAMES = {
    "ProcrastinateJob": "Jobs",
    "SignInEvent": "Sign-in log",
}


class StaffSite(AdminSite):
    password_change_form = ChangePasswordForm
    site_header = "Ship or Skip admin"
    site_title = "Ship or Skip admin"
    index_title = "Start page"
    empty_value_display = "—"

    def register(
        self, model_or_iterable: Any, admin_class: type[ModelAdmin] | None = None, **options: Any
    ) -> None:
        """Register with what holds for every list, those of other people too.

        `CheckedQueryMixin` comes first; what a class says of its list replaces the defaults of `BoundedListMixin`.
        """
        bases = [base for base in (CheckedQueryMixin, admin_class, BoundedListMixin) if base]
        strict = type("StrictAdmin", tuple(bases), {})
        strict.__name__ = (admin_class or ModelAdmin).__name__
        super().register(model_or_iterable, strict, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Let nobody in whose role demands a second factor, before they have added one."""
        return super().has_permission(request) and not request.user.lacks_second_factor  # type: ignore[union-attr]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        form = require_http_methods(["GET", "HEAD", "POST"])
        add = "security/second-factor/"
        return [
            path("search/", self.admin_view(require_safe(self.desk_search)), name="desk_search"),
            path("login/code/", self._page(form(enter_code)), name="sign_in_code"),
            path("security/", self._own(require_safe(security_page.security)), name="security"),
            path(add, self._own(form(security_page.add)), name="add_second_factor"),
            path(
                "security/second-factor/remove/",
                self._own(form(security_page.remove)),
                name="remove_second_factor",
            ),
            path(
                "security/recovery-codes/",
                self._own(form(security_page.renew_codes)),
                name="renew_recovery_codes",
            ),
            path(
                "security/sign-out-everywhere/",
                self._own(require_POST(security_page.sign_out_everywhere)),
                name="sign_out_everywhere",
            ),
            *super().get_urls(),
        ]

    @method_decorator([never_cache, csrf_protect])
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST" and super().has_permission(request):
            target = SignInView(request=request).get_success_url()
            # Not redirect(): that looks for a view of this name first.
            page = target if self.has_permission(request) else reverse("admin:add_second_factor")
            return HttpResponseRedirect(page)
        context = {
            **self._context(request),
            "title": "Sign in",
            "app_path": request.get_full_path(),
        }
        view = SignInView.as_view(extra_context=context | (extra_context or {}))
        return cast(HttpResponse, view(request))

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return clear_pages(super().logout(request, extra_context))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, start_page(staff_of(request)) | (extra_context or {}))

    def desk_search(self, request: HttpRequest) -> HttpResponse:
        query = DeskQuery.parse(request.GET.get("q", ""))
        context = {
            **self._context(request),
            "title": f"Search: {query.text}" if query.text else "Search",
            "query": query,
            "groups": search_desk(staff_of(request), query),
        }
        return TemplateResponse(request, "admin/search.html", context)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        view = throttled(super().password_change)
        return cast(TemplateResponse, view(request, extra_context))

    def _page(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Give `view` the context that the templates of this site print."""
        return never_cache(lambda request: view(request, self._context(request)))

    def _own(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Let any member of staff in, also one who lacks the second factor that their role demands."""
        page = self._page(view)

        @never_cache
        def answer(request: HttpRequest) -> HttpResponse:
            is_staff = super(StaffSite, self).has_permission(request)
            return (
                page(request)
                if is_staff
                else redirect_to_login(request.get_full_path(), "admin:login")
            )

        return answer

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        request.current_app = self.name
        return {**self.each_context(request), "subtitle": None}

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
