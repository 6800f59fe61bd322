from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.postgres.search import SearchQuery, SearchVectorExact
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Q, QuerySet
from django.forms import Field as FormField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from tools.actions import check_fact_today, correct_ledger, lock_tools, recorded_changes
from tools.correction_form import CorrectionForm, can_be_corrected
from tools.csv_admin import CSVAdminMixin
from tools.desk_search import tools_named
from tools.facts import write_value
from tools.forms import FactForm, FactFormSet, FactPageForm
from tools.ledger import names_fact_kind
from tools.ledger_words import describe, reason_words
from tools.models import (
    Category,
    Fact,
    FactKind,
    FactQuerySet,
    LedgerEntry,
    LedgerEntryQuerySet,
    SearchSynonym,
)
from tools.models.fact import VALUE_WORDS
from tools.models.ledger_entry import REASON_WORDS
from tools.resources import FactResource
from web.autocomplete_select import IdAutocompleteMixin
from web.bulk_actions import BulkAction, BulkActionMixin
from web.desk_search import DeskQuery
from web.optimistic_locking import TOKEN_FIELD, VersionedAdminMixin
from web.read_only_admin import ReadOnlyAdminMixin
from web.row_ids import parse_row_id
from web.work_items import admin_list


@admin.register(Category)
class CategoryAdmin(VersionedAdminMixin):
    list_display = ["name", "slug", "position", "tools_link"]
    sortable_by = None  # few rows: in any order
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    @admin.display(description="tools")
    def tools_link(self, category: Category) -> SafeString:
        address = admin_list("tools_tool", category__id__exact=category.pk)
        return format_html('<a href="{}">List its tools</a>', address)


@admin.register(FactKind)
class FactKindAdmin(VersionedAdminMixin):
    list_display = [
        "name",
        "group",
        "value_type",
        "unit",
        "better",
        "is_filter",
        "position",
        "facts_link",
    ]
    list_filter = ["group", "value_type"]
    sortable_by = None  # few rows: in any order
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}

    def get_deleted_objects(
        self, objs: Iterable[FactKind], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, int], set[Any], list[Any]]:
        """Add change log entries that name a kind to what prevents its deletion."""
        kinds = list(objs)
        found, counts, missing, protected = super().get_deleted_objects(kinds, request)
        entries = [f"Change log: facts of {kind}" for kind in kinds if names_fact_kind(kind)]
        return found, counts, missing, [*protected, *entries]

    @admin.display(description="facts")
    def facts_link(self, kind: FactKind) -> SafeString:
        address = admin_list("tools_fact", kind__id__exact=kind.pk)
        return format_html('<a href="{}">List its facts</a>', address)


@admin.register(SearchSynonym)
class SearchSynonymAdmin(VersionedAdminMixin):
    list_display = ["term", "stands_for", "is_two_way"]
    sortable_by = None  # few rows: in any order
    search_fields = ["term", "stands_for"]


def without_shortcuts(field: Any) -> None:
    """Remove the links that add, change, delete and view the other row from the field of a foreign key."""
    for shortcut in ["add", "change", "delete", "view"]:
        setattr(field.widget, f"can_{shortcut}_related", False)


class FactInline(admin.TabularInline):
    model = Fact
    form = FactForm
    formset = FactFormSet
    template = "admin/tools/fact/tabular.html"
    fields = ["kind", "value", "source_url", "observed_on"]
    extra = 0

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "kind":
            without_shortcuts(field)
        return field


class FactAgeFilter(admin.SimpleListFilter):
    title = parameter_name = "age"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("due", "To check again")]

    def queryset(self, request: HttpRequest, facts: Any) -> FactQuerySet:
        return facts.due() if self.value() == "due" else facts


CHECK_FACTS = BulkAction(
    title="Checked today, same value",
    lead=(
        "Each fact keeps its value and gets the date of today. Do this after you have looked at the sources. "
        "The change log says “source checked”."
    ),
    now=lambda fact: f"{fact.tool}, checked on {fact.observed_on:%-d %B %Y}",
    run=lambda fact, answers: check_fact_today(fact=fact),
    done=lambda count: (
        ngettext("%(count)d fact checked.", "%(count)d facts checked.", count) % {"count": count}
    ),
)


@admin.register(Fact)
class FactAdmin(BulkActionMixin, IdAutocompleteMixin, CSVAdminMixin):  # type: ignore[misc]  # the library overrides Django's
    resource_classes = [FactResource]
    form = FactPageForm
    fields = ["tool", "kind", "value", "source_url", "observed_on", TOKEN_FIELD]
    list_display = ["tool", "kind", "value", "observed_on", "source"]
    list_filter = [FactAgeFilter, "observed_on", "kind"]
    list_select_related = ["tool", "kind"]
    search_fields = ["tool", "text"]
    search_help_text = "Search by the name of the tool, or by words of the value."
    ordering = ["observed_on", "pk"]
    autocomplete_fields = ["tool"]
    actions = ["check_facts"]

    class Media:
        js = ["js/admin-facts.js"]

    @admin.action(description="Selected facts: checked today, same value…", permissions=["change"])
    def check_facts(self, request: HttpRequest, queryset: QuerySet[Fact]) -> HttpResponse | None:
        return self.run_bulk_action(request, queryset, "check_facts", CHECK_FACTS)

    def search_sources(self, query: DeskQuery) -> list[Any]:
        has_words = SearchVectorExact(VALUE_WORDS, SearchQuery(query.words_text, config="simple"))
        return [Q(tool__in=tools_named(query).values("pk")), ~Q(text="") & Q(has_words)]

    def bulk_rows(self, request: HttpRequest) -> QuerySet[Fact]:
        return Fact.objects.select_related("tool", "kind").order_by("observed_on", "pk")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Fact | None:
        """A POST locks the tool of the fact, so that it sees what was saved before it."""
        pk = parse_row_id(object_id)
        if request.method == "POST" and pk is not None:
            lock_tools(list(Fact.objects.filter(pk=pk).values_list("tool_id", flat=True)))
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Fact, form: FactForm, change: bool) -> None:
        tools = [obj.tool_id]
        if change and (moved_from := form.initial["tool"]) != obj.tool_id:
            tools.append(moved_from)
        with recorded_changes(*tools):
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Fact) -> None:
        with recorded_changes(obj.tool_id):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Fact]) -> None:
        tools = sorted(set(queryset.values_list("tool_id", flat=True)))
        with recorded_changes(*tools):
            super().delete_queryset(request, queryset)

    @admin.display(description="value")
    def value(self, fact: Fact) -> str:
        return f"{write_value(fact)} {fact.kind.unit}".strip()

    @admin.display(description="source")
    def source(self, fact: Fact) -> str:
        return format_html('<a href="{}" rel="noopener">{}</a>', fact.source_url, fact.source_url)


class LedgerEntryAdmin(ReadOnlyAdminMixin, admin.ModelAdmin):
    """The change log, to view; new entries correct old ones.

    `reviews` registers it, hides what a reviewer may not see yet, and adds the names of the reviewers.
    """

    list_display = ["at", "tool", "kind", "what", "why"]
    list_display_links = ["at", "tool"]
    list_filter = ["kind", "at"]
    linked_lookups = ("tool__id__exact",)  # from the page of a tool
    # Not `old` and `new`: the state of an added tool holds the panel's figures, which may be hidden.
    search_fields = ["tool", "reason"]
    search_help_text = "Search by the name of the tool, or by words of the reason."
    fields = ["at", "tool", "kind", "what", "why"]
    readonly_fields = ["at", "tool", "kind", "what", "why"]
    change_form_template = "admin/tools/ledgerentry/change_form.html"

    def get_queryset(self, request: HttpRequest) -> LedgerEntryQuerySet:
        return cast(LedgerEntryQuerySet, super().get_queryset(request)).with_references()

    def search_sources(self, query: DeskQuery) -> list[Any]:
        has_words = SearchVectorExact(REASON_WORDS, query.sense)
        return [Q(tool__in=tools_named(query).values("pk")), ~Q(reason="") & Q(has_words)]

    @admin.display(description="what changed")
    def what(self, entry: LedgerEntry) -> str:
        return describe(entry).sentence

    @admin.display(description="reason")
    def why(self, entry: LedgerEntry) -> str:
        return reason_words(entry)

    def has_correct_permission(self, request: HttpRequest) -> bool:
        """The permission to change tools includes correcting their change log."""
        return self.has_view_permission(request) and request.user.has_perm("tools.change_tool")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        entry = self.get_object(request, object_id)
        can_correct = entry is not None and can_be_corrected(entry)
        context = {"can_correct": can_correct and self.has_correct_permission(request)}
        return super().change_view(request, object_id, form_url, context)

    def get_urls(self) -> list[URLPattern]:
        correct = self.admin_site.admin_view(self.correct_view)
        return [
            path("<int:entry_id>/correct/", correct, name="tools_ledgerentry_correct"),
            *super().get_urls(),
        ]

    def correct_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """GET shows the form for a correction; POST adds the correction to the change log."""
        if not self.has_correct_permission(request):
            raise PermissionDenied
        entry = get_object_or_404(self.get_queryset(request), pk=entry_id)
        if not can_be_corrected(entry):
            raise Http404("This entry has no value that could be corrected.")
        form = CorrectionForm(request.POST if request.method == "POST" else None, entry=entry)
        if request.method == "POST" and form.is_valid():
            correct_ledger(
                entry=entry,
                correction=form.codes,
                references=form.references,
                reason=form.cleaned_data["reason"],
            )
            self.log_change(request, entry, "Added a correction.")
            messages.success(request, f"Correction added to the change log of {entry.tool}.")
            return redirect(reverse("admin:tools_ledgerentry_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Correct an entry of the change log",
            "entry": entry,
            "said": describe(entry).sentence,
            "form": form,
        }
        status = 422 if form.errors else 200
        template = "admin/tools/ledgerentry/correct.html"
        return TemplateResponse(request, template, context, status=status)
