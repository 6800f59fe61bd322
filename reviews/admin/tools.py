from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, Model
from django.forms import Field as FormField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.staff import staff_of
from reviews.admin.notes import NotesMixin
from reviews.admin.previews import preview_url
from reviews.admin.publication import BUTTONS, press
from reviews.admin.review_steps import StepLink, step_links
from reviews.admin.step_pages import write_url
from reviews.admin.tool_bulk import ToolBulkMixin
from reviews.admin.tool_form import ToolPageForm
from reviews.admin.tool_list import ToolListMixin, blind_reviewer_of
from reviews.admin.withdrawal import WithdrawalMixin
from reviews.blind_review import (
    reviewer_of,
    visible_ledger,
    writes_own_reviews_only,
)
from reviews.queries import with_reviewers
from reviews.scorecard import Line
from tools.actions import record_changes
from tools.admin import FactInline, without_shortcuts
from tools.csv_admin import CSVAdminMixin
from tools.ledger_state import state_of
from tools.ledger_words import describe, reason_words
from tools.models import Tool
from tools.resources import ToolResource
from web.autocomplete_select import IdAutocompleteMixin
from web.optimistic_locking import LockedOnPostMixin

LEDGER_ROWS = 20


@admin.register(Tool)
class ToolAdmin(  # type: ignore[misc]  # the CSV library overrides Django's attributes
    ToolListMixin,
    ToolBulkMixin,
    NotesMixin,
    WithdrawalMixin,
    LockedOnPostMixin,
    IdAutocompleteMixin,
    CSVAdminMixin,
):
    resource_classes = [ToolResource]
    form = ToolPageForm
    inlines = [FactInline]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["successor"]
    view_on_site = False  # The page has its own links: to the public page and to the preview.
    fieldsets = [
        (None, {"fields": ["name", "slug", "tagline", "category", "website"]}),
        ("Cost", {"fields": ["entry", "pricing"]}),
        ("Description", {"fields": ["description", "best_for", "skip_if"]}),
        ("Status", {"fields": [("status", "status_date"), "successor", "is_sample"]}),
        ("Logo", {"fields": ["logo_file"]}),
        ("Change log", {"fields": ["ledger_reason"]}),
    ]

    class Media:
        css = {"all": ["css/admin.css"]}
        js = ["js/admin-facts.js", "js/admin-unsaved.js"]

    # The form

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **kwargs: Any
    ) -> FormField | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("category", "successor"):
            without_shortcuts(field)
        return field

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ToolPageForm]:
        form = cast(type[ToolPageForm], super().get_form(request, obj, change, **kwargs))
        form.user = staff_of(request)
        form.can_review = request.user.has_perms(["reviews.add_review", "reviews.change_review"])
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Tool | None = None) -> Any:
        can_change = obj is None or self.has_change_permission(request, obj)
        is_published = obj is not None and obj.published_at is not None
        shown = {"Logo": can_change, "Change log": can_change and is_published}
        fieldsets = super().get_fieldsets(request, obj)
        return [(name, options) for name, options in fieldsets if shown.get(str(name), True)]

    def get_inlines(self, request: HttpRequest, obj: Tool | None) -> Any:
        return self.inlines if obj else []

    # Saving

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST":
            for button, permission in BUTTONS.items():
                if button in request.POST and not request.user.has_perm(permission):
                    raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Tool, form: ToolPageForm, change: bool) -> None:
        if not change:
            form.save_logo()
            obj.save()
            return
        form.before = state_of(Tool.objects.get(pk=obj.pk))
        if form.is_unchanged:
            obj.refresh_from_db(fields=[field.name for field in Tool._meta.concrete_fields])
            if form.save_logo():
                obj.save(update_fields=["logo"])
                form.done.append("logo")
        else:
            if form.save_logo():
                form.done.append("logo")
            obj.save()

    def save_related(
        self, request: HttpRequest, form: ToolPageForm, formsets: Any, change: bool
    ) -> None:
        """Save the facts, and record them and the tool's own changes as one event."""
        super().save_related(request, form, formsets, change)
        if not change:
            return
        reason = form.cleaned_data.get("ledger_reason", "")
        record_changes({form.instance.pk: form.before}, reasons={form.instance.pk: reason})
        if form.scorecard:
            form.done += form.scorecard.save()
        request.was_refused = False  # type: ignore[attr-defined]  # ours
        for button in BUTTONS:
            if button in request.POST:
                self._press(request, button, form)

    def _press(self, request: HttpRequest, button: str, form: ToolPageForm) -> None:
        """Everything typed is saved by now, and stays saved when the button is refused."""
        try:
            message = press(button, form)
        except ValidationError as error:
            request.was_refused = True  # type: ignore[attr-defined]  # ours
            for problem in error.messages:
                messages.error(request, f"{problem} What you typed was saved.")
        else:
            form.done.append(f"publication ({message.rstrip('.')})")
            messages.success(request, message)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        message = super().construct_change_message(request, form, formsets, add)
        if form.done:
            message += [{"changed": {"fields": form.done}}]
        return message

    def response_add(
        self, request: HttpRequest, obj: Tool, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead to the scorecard, which a tool has once it is saved."""
        goes_on = "_addanother" in request.POST or IS_POPUP_VAR in request.POST
        if goes_on or not self.has_change_permission(request, obj):
            return super().response_add(request, obj, post_url_continue)
        messages.success(
            request,
            f"{obj} was added as a draft. Next: fill in its scorecard and facts, then publish it.",
        )
        if "_preview" in request.POST:
            return HttpResponseRedirect(preview_url(staff_of(request), obj))
        page = reverse("admin:tools_tool_change", args=[obj.pk])
        return HttpResponseRedirect(f"{page}#scorecard")

    def response_change(self, request: HttpRequest, obj: Tool) -> HttpResponse:
        if "_preview" in request.POST:
            messages.success(request, f"{obj} was saved.")
            return HttpResponseRedirect(preview_url(staff_of(request), obj))
        if not any(button in request.POST for button in BUTTONS):
            return super().response_change(request, obj)
        page = reverse("admin:tools_tool_change", args=[obj.pk])
        was_refused = request.was_refused  # type: ignore[attr-defined]  # ours
        return HttpResponseRedirect(f"{page}?refused=1#scorecard" if was_refused else page)

    # The page

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Model | None = None,
    ) -> HttpResponse:
        if obj is not None and obj.pk:
            context |= self._page_context(request, context["adminform"].form)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _page_context(self, request: HttpRequest, form: ToolPageForm) -> dict[str, Any]:
        # As it is stored: validation wrote what was typed into the form's own instance.
        tool = form.stored
        for line in form.scorecard.lines if form.scorecard else []:
            if not line.is_hidden:
                line.steps = self._links_of(request, line)
        entries = with_reviewers(tool.ledger.with_references())
        ledger = visible_ledger(entries, blind_reviewer_of(request))[:LEDGER_ROWS]
        can_change = self.has_change_permission(request, tool)
        return {
            **self.notes_context(request, tool),
            "tool": tool,
            "scorecard": form.scorecard,
            "schedule": form.schedule,
            "refused": "refused" in request.GET,
            "ledger": [(entry, describe(entry).sentence, reason_words(entry)) for entry in ledger],
            "can_hand_in": request.user.has_perm("reviews.write_own_review"),
            "write_url": self._write_url(request, tool),
            "is_scheduled": bool(tool.published_at) and not tool.is_published,
            "can_publish_tool": can_change and request.user.has_perm("tools.publish_tool"),
            "can_publish_reviews": can_change and request.user.has_perm("reviews.publish_review"),
            "preview": preview_url(staff_of(request), tool),
            "public": tool.is_on_record and tool.get_absolute_url(),
        }

    def _links_of(self, request: HttpRequest, line: Line) -> list[StepLink]:
        user, is_edited = staff_of(request), line.form is not None
        reviews = [review for review in (line.draft, line.published) if review]
        return [
            link for review in reviews for link in step_links(user, review, is_edited=is_edited)
        ]

    def _write_url(self, request: HttpRequest, tool: Tool) -> str:
        """Return where a reviewer who cannot change the tool writes their review."""
        own = reviewer_of(request.user)
        is_own_only = writes_own_reviews_only(request.user)
        return write_url(tool) if is_own_only and own and own.is_active else ""
