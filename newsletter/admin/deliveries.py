from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from newsletter.admin.filters import CodeFilter, IssueFilter
from newsletter.models import Delivery, Subscriber
from web.read_only_admin import ReadOnlyAdminMixin


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """A read-only list. Rejected and uncertain deliveries are handled on the page of their issue."""

    list_display = [
        "recipient",
        "issue_link",
        "state",
        "reply_code",
        "reply",
        "tries",
        "changed_at",
    ]
    list_filter = ["state", IssueFilter, CodeFilter]
    search_fields = ["subscriber"]
    search_help_text = "Search by the start of an email address."
    # The order of the index delivery_issue_state, which serves the list, its filters and its pages.
    ordering = ["-issue_id", "-state", "-changed_at"]
    fields = [
        "id", ("subscriber", "issue"), ("state", "changed_at"), ("tries", "next_try_at"),
        ("code", "reply"),
    ]  # fmt: skip
    readonly_fields = ["id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        deliveries = super().get_queryset(request).select_related("issue", "subscriber")
        return deliveries.defer("issue__content", "issue__intro")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Delivery], search_term: str
    ) -> tuple[QuerySet[Delivery], bool]:
        if not search_term.strip():
            return queryset, False
        found = Subscriber.objects.address_starts_with(search_term)
        return queryset.filter(subscriber__in=found.values("pk")), False

    @admin.display(description="recipient", empty_value="Deleted subscriber")
    def recipient(self, delivery: Delivery) -> str | None:
        return delivery.subscriber.email if delivery.subscriber else None

    @admin.display(description="issue")
    def issue_link(self, delivery: Delivery) -> str:
        return format_html('<a href="?issue={}">{}</a>', delivery.issue_id, delivery.issue.subject)

    @admin.display(description="reply code")
    def reply_code(self, delivery: Delivery) -> str | None:
        if delivery.code is None:
            return None
        return format_html('<a href="?code={}">{}</a>', delivery.code, delivery.code)
