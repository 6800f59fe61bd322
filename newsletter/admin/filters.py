from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from newsletter.models import Delivery
from web.row_ids import parse_row_id


class IssueFilter(admin.SimpleListFilter):
    """One issue, chosen by a link in the list or on the issue's page. Makes no query of its own."""

    title = parameter_name = "issue"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        chosen = request.GET.get(self.parameter_name)
        return [(chosen, f"Issue with id {chosen}")] if chosen else []

    def queryset(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
        value = self.value()
        if not value:
            return deliveries
        return deliveries.filter(issue=parse_row_id(value))


class CodeFilter(admin.SimpleListFilter):
    """The mail server's last reply: a group of codes, or one code chosen by a link in the list."""

    title = "reply code"
    parameter_name = "code"
    GROUPS = {
        "2": ("Accepted (2xx)", (200, 299)),
        "4": ("Temporary refusal (4xx)", (400, 499)),
        "5": ("Permanent refusal (5xx)", (500, 599)),
        "none": ("No reply", None),
    }

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        lookups = [(group, label) for group, (label, _) in self.GROUPS.items()]
        chosen = request.GET.get(self.parameter_name)
        if chosen and chosen not in self.GROUPS:
            lookups.append((chosen, chosen))
        return lookups

    def queryset(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
        value = self.value()
        if not value:
            return deliveries
        if value in self.GROUPS:
            _, codes = self.GROUPS[value]
            return deliveries.filter(code__range=codes) if codes else deliveries.filter(code=None)
        is_code = value.isdecimal() and len(value) == 3
        return deliveries.filter(code=int(value)) if is_code else deliveries.none()
