"""The list of tools: its columns, its filters, and what a reviewer who enters blind does not see."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.postgres.search import SearchVectorExact
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.staff import staff_of
from reviews.admin.notes import NotesFilter
from reviews.blind_review import blind_reviewer, with_is_open
from reviews.missing import missing_a_reviewer, with_missing_reviewers
from reviews.models import Reviewer
from reviews.queries import with_panel
from reviews.staff_notes import with_open_notes
from tools.desk_search import tools_named
from tools.models import Tool, ToolQuerySet
from tools.models.tool import TAGLINE_WORDS
from web.desk_search import DeskQuery


class PublicationFilter(admin.SimpleListFilter):
    title = parameter_name = "publication"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [
            ("published", "Published"),
            ("scheduled", "Scheduled"),
            ("withdrawn", "Withdrawn"),
            ("draft", "Draft"),
        ]

    def queryset(self, request: HttpRequest, tools: Any) -> ToolQuerySet:
        match self.value():
            case "published":
                return tools.published()
            case "scheduled":
                return tools.filter(published_at__gt=timezone.now())
            case "withdrawn":
                return tools.withdrawn()
            case "draft":
                return tools.filter(published_at__isnull=True, withdrawn_at__isnull=True)
        return tools


class MissingReviewerFilter(admin.SimpleListFilter):
    title = "missing reviewer"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        panel = Reviewer.objects.active().values_list("pk", "name")
        return [("any", "Any reviewer"), *((str(pk), name) for pk, name in panel)]

    def queryset(self, request: HttpRequest, tools: QuerySet[Tool]) -> QuerySet[Tool]:
        value = self.value() or ""
        if value == "any":
            return missing_a_reviewer(tools)
        if value in dict(self.lookup_choices):
            return missing_a_reviewer(tools, int(value))
        return tools


class ToolListMixin(admin.ModelAdmin):
    # What decides what to do next comes first: a phone shows the first columns.
    list_display = [
        "name", "verdict", "score", "publication", "missing", "notes", "category", "last_review",
    ]  # fmt: skip
    list_filter = [
        PublicationFilter,
        "panel__verdict",
        MissingReviewerFilter,
        "category",
        "entry",
        "status",
        NotesFilter,
    ]
    search_fields = ["name", "slug", "tagline"]
    sortable_by = ("name", "publication")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tool]:
        tools = with_open_notes(super().get_queryset(request), staff_of(request))
        return with_is_open(with_missing_reviewers(with_panel(tools)), blind_reviewer_of(request))

    def search_sources(self, query: DeskQuery) -> list[Any]:
        says = SearchVectorExact(TAGLINE_WORDS, query.sense)
        return [Q(pk__in=tools_named(query).values("pk")), says]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Django refuses an address that filters over a relation and is not listed here."""
        if blind_reviewer_of(request) is None:
            return list(self.list_filter)
        return [item for item in self.list_filter if item != "panel__verdict"]

    @admin.display(description="panel verdict")
    def verdict(self, tool: Any) -> str | SafeString:
        if not tool.is_open:
            return "Hidden"
        return format_html(
            '<span class="admin-verdict" data-verdict="{}">{}</span>',
            tool.panel.verdict,
            tool.panel.get_verdict_display(),
        )

    @admin.display(description="panel score", empty_value="—")
    def score(self, tool: Any) -> Decimal | str | None:
        return tool.panel.score if tool.is_open else "Hidden"

    @admin.display(description="missing reviewers", empty_value="—")
    def missing(self, tool: Any) -> str | None:
        return ", ".join(tool.missing_reviewers) or None

    @admin.display(description="last review", empty_value="—")
    def last_review(self, tool: Tool) -> date | None:
        return tool.panel.last_reviewed_on

    @admin.display(description="publication", ordering="published_at")
    def publication(self, tool: Tool) -> str:
        if tool.is_withdrawn:
            return "Withdrawn"
        if tool.published_at is None:
            return "Draft"
        if tool.is_published:
            return "Published"
        return f"Scheduled for {timezone.localtime(tool.published_at):%-d %b %Y, %H:%M %Z}"

    @admin.display(description="notes", empty_value="—")
    def notes(self, tool: Any) -> int | None:
        return tool.open_notes or None


def blind_reviewer_of(request: HttpRequest) -> Reviewer | None:
    """Return the reviewer whose opinion the user of `request` enters blind; looked up once."""
    if not hasattr(request, "blind_reviewer"):
        request.blind_reviewer = blind_reviewer(request.user)  # type: ignore[attr-defined]  # ours
    return request.blind_reviewer  # type: ignore[attr-defined]  # ours
