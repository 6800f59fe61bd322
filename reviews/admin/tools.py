from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from reviews.blind_review import blind_reviewer, sees_others_of, visible_ledger, with_is_open
from reviews.forms import ScheduleForm
from reviews.missing import missing_a_reviewer, with_missing_reviewers
from reviews.models import Reviewer
from reviews.queries import with_panel
from reviews.scorecard import Scorecard
from tools.actions import change_tool, publish_tool, unpublish_tool
from tools.admin import FactInline, without_shortcuts
from tools.csv_admin import CSVAdminMixin
from tools.forms import ToolForm
from tools.models import Tool
from tools.resources import ToolResource
from web.optimistic_locking import LockedOnPostMixin

# Buttons of the tool's page besides Save, and who may press them.
BUTTONS = {
    "_publish_reviews": "reviews.publish_review",
    "_publish_tool": "tools.publish_tool",
    "_schedule_tool": "tools.publish_tool",
    "_unpublish_tool": "tools.publish_tool",
}
LEDGER_ROWS = 20


class ToolPageForm(ToolForm):
    """The whole page: the tool's fields, its scorecard, and when it shall be published."""

    user = None  # set by the admin, on the class that it makes for a request
    can_review = False
    scorecard = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.schedule = ScheduleForm(data if self.is_bound and "_schedule_tool" in data else None)
        if self.instance.pk:
            self.scorecard = Scorecard(
                tool=self.instance, user=self.user, data=data, can_change=self.can_review
            )

    def clean(self):
        cleaned = super().clean()
        if self.scorecard and not self.scorecard.is_valid():
            names = [
                str(line.reviewer)
                for line in self.scorecard.lines
                if line.form and line.form.is_bound and not line.form.is_valid()
            ]
            self.add_error(None, f"Nothing was saved. See the scorecard: {', '.join(names)}.")
        if self.schedule.is_bound and not self.schedule.is_valid():
            self.add_error(None, "Nothing was saved. See the time of publication.")
        return cleaned


class PublicationFilter(admin.SimpleListFilter):
    title = parameter_name = "publication"

    def lookups(self, request, model_admin):
        return [("published", "Published"), ("scheduled", "Scheduled"), ("draft", "Draft")]

    def queryset(self, request, tools):
        match self.value():
            case "published":
                return tools.published()
            case "scheduled":
                return tools.filter(published_at__gt=timezone.now())
            case "draft":
                return tools.filter(published_at__isnull=True)
        return tools


class MissingReviewerFilter(admin.SimpleListFilter):
    title = "missing a reviewer"
    parameter_name = "missing"

    def lookups(self, request, model_admin):
        panel = Reviewer.objects.active().values_list("pk", "name")
        return [("any", "Anyone"), *((str(pk), name) for pk, name in panel)]

    def queryset(self, request, tools):
        if self.value() == "any":
            return missing_a_reviewer(tools)
        if self.value() in dict(self.lookup_choices):
            return missing_a_reviewer(tools, int(self.value()))
        return tools


class ToolChangeList(ChangeList):
    """Sorts by what may be sorted by, and by nothing else that an address asks for."""

    def get_ordering_field(self, field_name):
        can_sort = self.sortable_by is None or field_name in self.sortable_by
        return super().get_ordering_field(field_name) if can_sort else None


@admin.register(Tool)
class ToolAdmin(LockedOnPostMixin, CSVAdminMixin, admin.ModelAdmin):
    resource_classes = [ToolResource]
    form = ToolPageForm
    inlines = [FactInline]
    list_display = [
        "name", "category", "verdict", "score", "missing", "last_review", "publication"
    ]  # fmt: skip
    list_filter = [
        PublicationFilter,
        "panel__verdict",
        MissingReviewerFilter,
        "category",
        "entry",
        "status",
    ]
    search_fields = ["name", "slug", "tagline"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["successor"]
    list_per_page = 50
    view_on_site = False  # The page has its own links: as readers see it, and as they will.
    fieldsets = [
        (None, {"fields": ["name", "slug", "tagline", "category", "website"]}),
        ("What it costs", {"fields": ["entry", "pricing"]}),
        ("Who it is for", {"fields": ["description", "best_for", "skip_if"]}),
        ("Status", {"fields": [("status", "status_date"), "successor", "is_sample"]}),
        ("For the ledger", {"fields": ["ledger_reason"]}),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}
        js = ["js/admin-facts.js", "js/admin-unsaved.js"]

    # The list

    def get_queryset(self, request):
        tools = with_missing_reviewers(with_panel(super().get_queryset(request)))
        return with_is_open(tools, self._blind(request))

    def get_changelist(self, request, **kwargs):
        return ToolChangeList

    def get_list_filter(self, request):
        """Django refuses an address that asks for a lookup over a relation and is not listed here."""
        if self._blind(request) is None:
            return self.list_filter
        return [item for item in self.list_filter if item != "panel__verdict"]

    def get_sortable_by(self, request):
        if self._blind(request) is None:
            return self.get_list_display(request)
        return ["name", "category", "publication"]

    @admin.display(description="panel verdict", ordering="panel__verdict")
    def verdict(self, tool):
        if not tool.is_open:
            return "Hidden"
        word = tool.panel.get_verdict_display()
        return format_html(
            '<span class="admin-verdict" data-verdict="{}">{}</span>', tool.panel.verdict, word
        )

    @admin.display(description="panel score", ordering="panel__score", empty_value="—")
    def score(self, tool):
        return tool.panel.score if tool.is_open else "Hidden"

    @admin.display(description="missing", empty_value="—")
    def missing(self, tool):
        return ", ".join(tool.missing_reviewers) or None

    @admin.display(description="last review", ordering="panel__last_reviewed_on", empty_value="—")
    def last_review(self, tool):
        return tool.panel.last_reviewed_on

    @admin.display(description="publication", ordering="published_at")
    def publication(self, tool):
        if tool.published_at is None:
            return "Draft"
        if tool.is_published:
            return "Published"
        return f"Scheduled, {timezone.localtime(tool.published_at):%-d %b %Y}"

    # The page of a tool

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("category", "successor"):
            without_shortcuts(field)
        return field

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.user = request.user
        form.can_review = request.user.has_perms(["reviews.add_review", "reviews.change_review"])
        return form

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not obj.published_at or not self.has_change_permission(request, obj):
            return fieldsets[:-1]
        return fieldsets

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST":
            for button, permission in BUTTONS.items():
                if button in request.POST and not request.user.has_perm(permission):
                    raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.save()
        elif form.is_unchanged:
            obj.refresh_from_db(fields=[field.name for field in Tool._meta.concrete_fields])
        else:
            change_tool(tool=obj, reason=form.cleaned_data.get("ledger_reason", ""))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            return
        form.done = form.scorecard.save()
        request.was_refused = False
        for button in BUTTONS:
            if button in request.POST:
                self._press(request, button, form)

    def _press(self, request, button, form):
        """Do what a button says, after everything typed was saved; a refusal leaves that saved."""
        tool = form.instance
        try:
            if button == "_publish_reviews":
                reviews = form.scorecard.publish()
                names = ", ".join(str(review.reviewer) for review in reviews)
                told = f"Published: {names}." if reviews else "There was no draft to publish."
            elif button == "_unpublish_tool":
                unpublish_tool(tool=tool)
                told = f"Readers do not see {tool} any more."
            else:
                at = form.schedule.at if button == "_schedule_tool" else None
                if tool.published_at and not tool.is_published:
                    unpublish_tool(tool=tool)
                publish_tool(tool=tool, at=at)
                told = (
                    f"Readers will see {tool} from {timezone.localtime(at):%-d %B %Y, %H:%M} on."
                    if at
                    else f"Readers see {tool} now."
                )
        except ValidationError as error:
            request.was_refused = True
            for message in error.messages:
                messages.error(request, f"{message} What you typed is kept as drafts.")
        else:
            form.done.append(f"publication ({told.rstrip('.')})")
            messages.success(request, told)

    def construct_change_message(self, request, form, formsets, add=False):
        message = super().construct_change_message(request, form, formsets, add)
        if done := getattr(form, "done", None):
            message += [{"changed": {"fields": done}}]
        return message

    def response_change(self, request, obj):
        if not any(button in request.POST for button in BUTTONS):
            return super().response_change(request, obj)
        refused = "?refused=1#scorecard" if request.was_refused else ""
        return HttpResponseRedirect(reverse("admin:tools_tool_change", args=[obj.pk]) + refused)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.pk:
            context |= self._about(request, context["adminform"].form, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _about(self, request, form, tool):
        """What the page shows besides the fields."""
        # The form has written what was typed into `tool`; the page tells of what is stored.
        published_at = form.stored.published_at
        ledger = visible_ledger(tool.ledger.all(), self._blind(request))
        can_change = self.has_change_permission(request, tool)
        return {
            "tool": form.stored,
            "scorecard": form.scorecard,
            "schedule": form.schedule,
            "refused": "refused" in request.GET,
            "ledger": ledger[:LEDGER_ROWS],
            "is_scheduled": bool(published_at) and not form.stored.is_published,
            "can_publish_tool": can_change and request.user.has_perm("tools.publish_tool"),
            "can_publish_reviews": can_change and request.user.has_perm("reviews.publish_review"),
            "preview": sees_others_of(request.user, tool)
            and reverse("tool_preview", args=[tool.pk]),
            "public": form.stored.is_published and tool.get_absolute_url(),
        }

    def _blind(self, request):
        """The reviewer that this request is blind for, looked up once."""
        if not hasattr(request, "blind_reviewer"):
            request.blind_reviewer = blind_reviewer(request.user)
        return request.blind_reviewer
