from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.postgres.search import SearchVectorExact
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from accounts.staff import staff_of
from reviews.actions import UNDO, reaffirm, undo_reaffirmation
from reviews.admin.step_pages import StepPagesMixin
from reviews.blind_review import (
    blind_reviewer,
    reviewer_of,
    visible_reviews,
    writes_own_reviews_only,
)
from reviews.models import Reaffirmation, Review, Reviewer, ReviewQuerySet
from reviews.models.review import BODY_WORDS
from reviews.review_due import REASONS, DueRow, DueRows
from reviews.text_difference import mark_words
from tools.desk_search import tools_named
from tools.oldest_tools import MOST_TOOLS, last_of_oldest_tools
from web.desk_search import DeskQuery
from web.read_only_admin import ReadOnlyAdminMixin
from web.row_ids import parse_row_id

ROWS_PER_PAGE = 50
CONFIRM = "reviews.add_reaffirmation"


class ReaffirmationInline(ReadOnlyAdminMixin, admin.TabularInline):
    model = Reaffirmation
    verbose_name_plural = "Confirmations that the review still stands"
    fields = ["on", "by", "on_behalf"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reaffirmation]:
        return super().get_queryset(request).select_related("by")


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("current", "Current"),
            ("replaced", "Replaced"),
            ("draft", "Draft"),
            ("handed-in", "Handed in"),
            ("scheduled", "Scheduled"),
        ]

    def queryset(self, request: HttpRequest, reviews: Any) -> ReviewQuerySet:
        match self.value():
            case "current":
                return reviews.current()
            case "replaced":
                return reviews.published().filter(is_current=False)
            case "draft":
                return reviews.drafts()
            case "handed-in":
                return reviews.handed_in()
            case "scheduled":
                return reviews.filter(publish_at__isnull=False)
        return reviews


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdminMixin, StepPagesMixin):
    """Every review and revision, to view. They are written on the page of their tool."""

    list_display = [
        "tool", "reviewer", "state", "score", "verdict", "reviewed_on", "basis", "revision",
        "short_reason",
    ]  # fmt: skip
    list_filter = [StateFilter, "reviewer", "verdict", "basis", "reviewed_on"]
    list_select_related = ["tool", "reviewer"]
    search_fields = ["body"]
    search_help_text = "Search by words of the text, or by the name of the tool."
    ordering = ["-reviewed_on", "-pk"]
    inlines = [ReaffirmationInline]
    fields = [
        "tool", "reviewer", ("revision", "state", "published_at"), ("score", "verdict", "basis"),
        ("tested_version", "reviewed_on"), "reason", "body", "difference", "corrected",
        "handed_back_at", "handed_back_reason",
    ]  # fmt: skip
    readonly_fields = [
        "state", "published_at", "difference", "corrected", "handed_back_at", "handed_back_reason",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return visible_reviews(super().get_queryset(request), blind_reviewer(request.user))

    def search_sources(self, query: DeskQuery) -> list[Any]:
        named = Q(tool__in=tools_named(query).values("pk"))
        return [SearchVectorExact(BODY_WORDS, query.sense), named]

    @admin.display(description="state")
    def state(self, review: Review) -> str:
        if review.published_at:
            return "Current" if review.is_current else "Replaced"
        if review.publish_at:
            return "Scheduled"
        return "Handed in" if review.handed_in_at else "Draft"

    @admin.display(description="changes since the previous revision")
    def difference(self, review: Review) -> str | SafeString:
        before = Review.objects.published().filter(
            tool=review.tool_id, reviewer=review.reviewer_id, revision__lt=review.revision
        )
        earlier = before.order_by("revision").last()
        if earlier is None:
            return "This is the first revision."
        return _old_and_new(mark_words(earlier.body, review.body))

    @admin.display(description="corrected typing errors")
    def corrected(self, review: Review) -> str | SafeString:
        corrections = review.corrections.select_related("by")
        parts = [
            (
                timezone.localtime(correction.at).strftime("%-d %B %Y, %H:%M %Z"),
                correction.by or "an import",
                _old_and_new(mark_words(correction.old_body, correction.new_body)),
            )
            for correction in corrections
        ]
        return format_html_join("", "<p>{} by {}</p>{}", parts) or "Never."

    @admin.display(description="reason")
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
            if not request.user.has_perm(CONFIRM):
                raise PermissionDenied
            act = self._undo if "undo" in request.POST else self._confirm_today
            act(request)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Reviews due",
            "own": own,
            "due_days": settings.REVIEW_DUE_DAYS,
            "confirms_for": _confirms_for(request),
            "can_confirm": request.user.has_perm(CONFIRM),
            "undoable": self._undoable(request),
            **_due_page(request, own),
        }
        return TemplateResponse(request, "admin/reviews/review/due.html", context)

    def _confirm_today(self, request: HttpRequest) -> None:
        ids = request.POST.getlist("review") or request.POST.getlist("selected")
        if None in map(parse_row_id, ids):
            raise BadRequest("The id of a review must be a number.")
        current = Review.objects.current().filter(pk__in=ids).in_panel_order()
        reviews = list(current.select_related("tool", "reviewer"))
        only = _confirms_for(request)
        if only is not None and any(review.reviewer_id != only for review in reviews):
            raise PermissionDenied
        for review in reviews:
            made = reaffirm(review=review, by=staff_of(request))
            whose = f"on behalf of {review.reviewer}" if made.on_behalf else "their own review"
            self.log_change(request, review.tool, f"Confirmed: still stands, {whose}.")
        level = messages.SUCCESS if reviews else messages.WARNING
        messages.add_message(request, level, _confirmation(ids, reviews))

    def _undoable(self, request: HttpRequest) -> QuerySet[Reaffirmation]:
        """Return what the user confirmed within the last hour, newest first."""
        recent = Reaffirmation.objects.filter(
            by=staff_of(request), made_at__gt=timezone.now() - UNDO
        )
        return recent.select_related("review__tool", "review__reviewer").order_by("-made_at")[
            :ROWS_PER_PAGE
        ]

    def _undo(self, request: HttpRequest) -> None:
        """Undo a confirmation of the user's own."""
        pk = parse_row_id(request.POST["undo"])
        made = Reaffirmation.objects.select_related("review__tool", "review__reviewer")
        reaffirmation = get_object_or_404(made, pk=pk, by=staff_of(request))
        review = reaffirmation.review
        try:
            undo_reaffirmation(reaffirmation=reaffirmation)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return
        self.log_change(
            request, review.tool, f"Undone: confirmation of the review by {review.reviewer}."
        )
        messages.success(
            request, f"Undone: the review of {review.tool} by {review.reviewer} is not confirmed."
        )


def _confirms_for(request: HttpRequest) -> int | None:
    """Return the id of the only reviewer whose reviews the user may confirm; None for anybody's."""
    if not writes_own_reviews_only(request.user) and blind_reviewer(request.user) is None:
        return None
    own = reviewer_of(request.user)
    return own.pk if own else 0


def _old_and_new(marked: SafeString) -> SafeString:
    return format_html('<div class="admin-body admin-marked">{}</div>', marked)


def _due_page(request: HttpRequest, own: Reviewer | None) -> dict[str, Any]:
    """Return what the page lists, and the filters that it was asked for."""
    panel = list(Reviewer.objects.active())
    slug = request.GET.get("reviewer", own.slug if own else "")
    reviewer = next((member for member in panel if member.slug == slug), None)
    reason = request.GET.get("reason", "")
    reason = reason if reason in REASONS else ""
    after = parse_row_id(request.GET.get("after", "")) or 0
    due = DueRows(reviewer=reviewer, reason=reason, after=after)
    rows: Paginator[DueRow] = Paginator(due, ROWS_PER_PAGE)  # type: ignore[arg-type]  # it slices and counts
    return {
        "page": rows.get_page(request.GET.get("p")),
        "after": after,
        "next_after": last_of_oldest_tools(after=after),
        "most_tools": number_format(MOST_TOOLS, force_grouping=True),
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
