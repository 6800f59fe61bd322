from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from reviews.actions import reaffirm
from reviews.blind_review import blind_reviewer, visible_reviews
from reviews.models import Reaffirmation, Review, Reviewer
from reviews.review_due import WHYS, DueRows
from web.read_only_admin import ReadOnlyAdminMixin
from web.row_ids import parse_row_id

ROWS_PER_PAGE = 50


class ReaffirmationInline(ReadOnlyAdminMixin, admin.TabularInline):
    model = Reaffirmation
    fields = ["on"]
    extra = 0


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("current", "Current"), ("replaced", "Replaced"), ("draft", "Draft")]

    def queryset(self, request, reviews):
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
    """Every review and revision, to read. They are written on the page of their tool."""

    list_display = [
        "tool", "reviewer", "revision", "state", "score", "verdict", "basis", "reviewed_on", "why"
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

    def get_queryset(self, request):
        return visible_reviews(super().get_queryset(request), blind_reviewer(request.user))

    @admin.display(description="state")
    def state(self, review):
        if review.published_at is None:
            return "Draft"
        return "Current" if review.is_current else "Replaced"

    @admin.display(description="reason", ordering="reason")
    def why(self, review):
        return Truncator(review.reason).chars(60)

    def get_urls(self):
        due = self.admin_site.admin_view(self.review_due_view)
        return [path("due/", due, name="reviews_review_due"), *super().get_urls()]

    def review_due_view(self, request):
        return require_http_methods(["GET", "HEAD", "POST"])(self._review_due)(request)

    def _review_due(self, request):
        """List what is due; with POST, record that reviews were looked at today and still stand."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = blind_reviewer(request.user)
        if request.method == "POST":
            self._reaffirm_today(request, own)
            return HttpResponseRedirect(request.get_full_path())
        panel = list(Reviewer.objects.active())
        wanted = request.GET.get("reviewer", own.slug if own else "")
        reviewer = next((person for person in panel if person.slug == wanted), None)
        why = request.GET.get("why", "")
        why = why if why in WHYS else ""
        rows = Paginator(DueRows(reviewer=reviewer, why=why), ROWS_PER_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Review due",
            "page": rows.get_page(request.GET.get("p")),
            "panel": panel,
            "reviewer": reviewer,
            "whys": WHYS,
            "why": why,
            "own": own,
            "due_days": settings.REVIEW_DUE_DAYS,
            "can_reaffirm": request.user.has_perm("reviews.add_reaffirmation"),
        }
        return TemplateResponse(request, "admin/reviews/review/due.html", context)

    def _reaffirm_today(self, request, own):
        if not request.user.has_perm("reviews.add_reaffirmation"):
            raise PermissionDenied
        wanted = request.POST.getlist("review") or request.POST.getlist("selected")
        if None in map(parse_row_id, wanted):
            raise BadRequest("The id of a review must be a number.")
        reviews = Review.objects.current().filter(pk__in=wanted).in_panel_order()
        reviews = reviews.select_related("tool", "reviewer")
        if own and any(review.reviewer != own for review in reviews):
            raise PermissionDenied
        for review in reviews:
            reaffirm(review=review)
        if not wanted:
            messages.warning(request, "Nothing was chosen.")
        elif not reviews:
            messages.warning(request, "That review was replaced meanwhile.")
        elif len(reviews) == 1:
            review = reviews[0]
            messages.success(request, f"Re-affirmed today: {review.reviewer} on {review.tool}.")
        else:
            messages.success(request, f"Re-affirmed today: {len(reviews)} reviews.")
