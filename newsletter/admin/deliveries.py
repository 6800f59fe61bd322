from django.contrib import admin
from django.utils.html import format_html

from newsletter.admin.filters import CodeFilter, IssueFilter
from newsletter.models import Delivery, Subscriber
from web.read_only_admin import ReadOnlyAdminMixin
from web.uncounted_changelist import UncountedChangeListMixin


@admin.register(Delivery)
class DeliveryAdmin(UncountedChangeListMixin, ReadOnlyAdminMixin, admin.ModelAdmin):
    """Every delivery, to read. What is uncertain or was rejected is dealt with on its issue's page."""

    list_display = ["to", "of_issue", "state", "answer", "reply", "tries", "changed_at"]
    list_filter = ["state", IssueFilter, CodeFilter]
    search_fields = ["subscriber"]
    search_help_text = "How the address begins"
    # As delivery_issue_state has it: one index serves the list, its filters and its pages.
    ordering = ["-issue_id", "-state", "-changed_at"]
    fields = [
        "id", ("subscriber", "issue"), ("state", "changed_at"), ("tries", "next_try_at"),
        ("code", "reply"),
    ]  # fmt: skip
    readonly_fields = ["id"]

    def get_queryset(self, request):
        deliveries = super().get_queryset(request).select_related("issue", "subscriber")
        return deliveries.defer("issue__content", "issue__intro")

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        found = Subscriber.objects.whose_address_begins(search_term)
        return queryset.filter(subscriber__in=found.values("pk")), False

    @admin.display(description="to", empty_value="A subscriber who had their data deleted")
    def to(self, delivery):
        return delivery.subscriber and delivery.subscriber.email

    @admin.display(description="issue")
    def of_issue(self, delivery):
        return format_html('<a href="?issue={}">{}</a>', delivery.issue_id, delivery.issue.subject)

    @admin.display(description="code")
    def answer(self, delivery):
        if delivery.code is None:
            return None
        return format_html('<a href="?code={}">{}</a>', delivery.code, delivery.code)
