from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from reviews.actions import reaffirm
from reviews.blind_review import blind_reviewer, visible_reviews
from reviews.models import Reaffirmation, Review, Reviewer, ReviewQuerySet
from reviews.review_due import REASONS, DueRow, DueRows
from web.read_only_admin import ReadOnlyAdminMixin
from web.row_ids import parse_row_id

ROWS_PER_PAGE = 50
CONFIRM = "reviews.add_reaffirmation"


class ReaffirmationInline(ReadOnlyAdminMixin, admin.TabularInline):
    model = Reaffirmation
    fields = ["on"]
    extra = 0


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("current", "Current"), ("replaced", "Replaced"), ("draft", "Draft")]

    def queryset(self, request: HttpRequest, reviews: Any) -> ReviewQuerySet:
        match self.value():
            case "current":
                return reviews.current()
            case "replaced":
                return reviews.published().filter(is_current=False)
            case "draft":
                return reviews.drafts()
        return reviews


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """Every review and revision, to view. They are written on the page of their tool."""

    list_display = [
        "tool", "reviewer", "revision", "state", "score", "verdict", "basis", "reviewed_on",
        "short_reason",
    ]  # fmt: skip
    list_filter = [StateFilter, "reviewer", "verdict", "basis", "reviewed_on"]
    list_select_related = ["tool", "reviewer"]
    search_fields = ["tool__name", "tool__slug", "body", "reason"]
    ordering = ["-reviewed_on", "-pk"]
    inlines = [ReaffirmationInline]
    fields = [
        "tool", "reviewer", ("revision", "state", "published_at"), ("score", "verdict", "basis"),
        ("tested_version", "reviewed_on"), "reason", "body",
    ]  # fmt: skip
    readonly_fields = ["state", "published_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return visible_reviews(super().get_queryset(request), blind_reviewer(request.user))

    @admin.display(description="state")
    def state(self, review: Review) -> str:
        if review.published_at is None:
            return "Draft"
        return "Current" if review.is_current else "Replaced"

    @admin.display(description="reason", ordering="reason")
    def short_reason(self, review: Review) -> str:
        return Truncator(review.reason).chars(60)

    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self._review_due_view)
        due = path("due/", self.admin_site.admin_view(view), name="reviews_review_due")
        return [due, *super().get_urls()]

    def _review_due_view(self, request: HttpRequest) -> HttpResponse:
        """List what is due; with POST, record that reviews were checked today and still stand."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = blind_reviewer(request.user)
        if request.method == "POST":
            self._confirm_today(request, own)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Reviews due",
            "own": own,
            "due_days": settings.REVIEW_DUE_DAYS,
            "can_confirm": request.user.has_perm(CONFIRM),
            **_due_page(request, own),
        }
        return TemplateResponse(request, "admin/reviews/review/due.html", context)

    def _confirm_today(self, request: HttpRequest, own: Reviewer | None) -> None:
        if not request.user.has_perm(CONFIRM):
            raise PermissionDenied
        ids = request.POST.getlist("review") or request.POST.getlist("selected")
        if None in map(parse_row_id, ids):
            raise BadRequest("The id of a review must be a number.")
        current = Review.objects.current().filter(pk__in=ids).in_panel_order()
        reviews = list(current.select_related("tool", "reviewer"))
        if own and any(review.reviewer != own for review in reviews):
            raise PermissionDenied
        for review in reviews:
            reaffirm(review=review)
        level = messages.SUCCESS if reviews else messages.WARNING
        messages.add_message(request, level, _confirmation(ids, reviews))


def _due_page(request: HttpRequest, own: Reviewer | None) -> dict[str, Any]:
    """Return what the page lists, and the filters that it was asked for."""
    panel = list(Reviewer.objects.active())
    slug = request.GET.get("reviewer", own.slug if own else "")
    reviewer = next((member for member in panel if member.slug == slug), None)
    reason = request.GET.get("reason", "")
    reason = reason if reason in REASONS else ""
    due = DueRows(reviewer=reviewer, reason=reason)
    rows: Paginator[DueRow] = Paginator(due, ROWS_PER_PAGE)  # type: ignore[arg-type]  # it slices and counts
    return {
        "page": rows.get_page(request.GET.get("p")),
        "panel": panel,
        "reviewer": reviewer,
        "reasons": REASONS,
        "reason": reason,
    }


def _confirmation(ids: list[str], reviews: list[Review]) -> str:
    if not ids:
        return "No reviews selected."
    if not reviews:
        return "Nothing was confirmed: a newer revision has replaced that review."
    if len(reviews) > 1:
        return f"Confirmed that {len(reviews)} reviews still stand."
    return f"Confirmed: the review of {reviews[0].tool} by {reviews[0].reviewer} still stands."
