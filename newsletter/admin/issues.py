from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from newsletter.admin import preview, progress, sending
from newsletter.admin.access import EDIT, SEND, require
from newsletter.admin.issue_form import IssueForm
from newsletter.digest.sections import PARTS
from newsletter.issues.drafting import draft_issue_now
from newsletter.models import Cadence, Issue
from web.optimistic_locking import LockedOnPostMixin

READ, FORM, ACTION = ["GET", "HEAD"], ["GET", "HEAD", "POST"], ["POST"]
VIEW = "newsletter.view_issue"
# The pages below an issue's URL: (view, methods, permission).
PAGES: dict[str, tuple[Callable[..., HttpResponse], list[str], str]] = {
    "preview": (preview.preview, FORM, VIEW),
    "preview/mail": (preview.mail, READ, VIEW),
    "test": (sending.send_test, ACTION, EDIT),
    "send": (sending.send, FORM, VIEW),
    "progress": (progress.progress, READ, VIEW),
    "cancel": (progress.cancel, FORM, SEND),
    "retry": (progress.retry, ACTION, SEND),
    "uncertain": (progress.uncertain, FORM, SEND),
    **{name: (partial(progress.run_action, name=name), ACTION, SEND) for name in progress.ACTIONS},
}


@admin.register(Issue)
class IssueAdmin(LockedOnPostMixin, admin.ModelAdmin):
    """Issues are drafted automatically; staff edit, check and send them. Sending freezes the content."""

    form = IssueForm
    change_form_template = "admin/newsletter/issue/change_form.html"
    change_list_template = "admin/newsletter/issue/change_list.html"
    search_fields = ["subject"]
    list_display = ["subject", "cadence", "period", "state_and_time", "number", "why_on_hold"]
    list_filter = ["state", "cadence"]
    actions = None
    actions_on_top = True
    readonly_fields = ["part_names"]
    view_on_site = False  # the page has its own link to a public issue

    class Media:
        js = ["js/admin-unsaved.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        """Leave out the frozen content, which may be long, until a page needs it."""
        return super().get_queryset(request).defer("content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        """A scheduled issue is approved, so only staff who may approve can change it."""
        if obj is None:
            return super().has_change_permission(request)
        is_approved = obj.state == Issue.State.SCHEDULED
        return (
            obj.is_editable
            and super().has_change_permission(request, obj)
            and (not is_approved or request.user.has_perm(SEND))
        )

    # The list

    @admin.display(description="period")
    def period(self, issue: Issue) -> str:
        since, until = timezone.localtime(issue.since), timezone.localtime(issue.until)
        return f"{since:%-d %b} – {until:%-d %b %Y}"

    @admin.display(description="state")
    def state_and_time(self, issue: Issue) -> str:
        if issue.scheduled_for:
            return f"Scheduled for {timezone.localtime(issue.scheduled_for):%-d %b %Y, %H:%M %Z}"
        return issue.get_state_display()

    @admin.display(description="why it is on hold", empty_value="—")
    def why_on_hold(self, issue: Issue) -> str | None:
        return issue.hold_reason or None

    @admin.display(description="parts")
    def part_names(self, issue: Issue) -> str:
        return ", ".join(PARTS.get(part, part) for part in issue.parts)

    # URLs

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(f"<int:pk>/{name}/", self._page(*page), name=_url_name(name))
            for name, page in PAGES.items()
        ]
        draft = self.admin_site.admin_view(require_http_methods(ACTION)(self._draft_now))
        return [
            path("draft-now/", draft, name="newsletter_issue_draft_now"),
            *pages,
            *super().get_urls(),
        ]

    def _page(self, view: Callable, methods: list[str], permission: str) -> Callable:
        @require_http_methods(methods)
        def answer(request: HttpRequest, pk: int) -> HttpResponse:
            require(request, permission)
            return view(self, request, get_object_or_404(Issue, pk=pk))

        return self.admin_site.admin_view(answer)

    def _draft_now(self, request: HttpRequest) -> HttpResponse:
        require(request, EDIT)
        cadence = request.POST.get("cadence")
        if cadence not in Cadence.values:
            raise BadRequest("The cadence must be weekly or monthly.")
        issue = draft_issue_now(cadence=Cadence(cadence))
        if issue is None:
            messages.warning(
                request, "No draft was created: there is already an issue for this period."
            )
            return redirect("admin:newsletter_issue_changelist")
        self.log_addition(request, issue, "Draft created before it was due.")
        return redirect("admin:newsletter_issue_change", issue.pk)

    # The page

    def get_fieldsets(self, request: HttpRequest, obj: Issue | None = None) -> list[tuple]:
        texts = ["preheader", "intro", "is_announcement"]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ["subject", *texts, "part_names"]})]
        return [
            (None, {"fields": ["subject", "suggestion", *texts, "parts"]}),
            ("Items", {"fields": ["edits"]}),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and not request.user.has_perm(EDIT):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Issue, form: IssueForm, change: bool) -> None:
        """Save only the form's fields: a worker may have changed the state in the meantime."""
        fields = IssueForm.Meta.fields
        if form.is_unchanged:
            obj.refresh_from_db(fields=fields)
        else:
            obj.save(update_fields=fields)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Issue | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context |= self._status(request, obj)
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request: HttpRequest, obj: Issue) -> HttpResponse:
        """Stay on the page, which links to the preview and the checks, unless the preview was asked for."""
        messages.success(request, "Saved.")
        if "_preview" in request.POST:
            return redirect("admin:newsletter_issue_preview", obj.pk)
        return redirect("admin:newsletter_issue_change", obj.pk)

    def _status(self, request: HttpRequest, issue: Issue) -> dict[str, Any]:
        may_send = request.user.has_perm(SEND)
        return {
            "issue": issue,
            "may_send": may_send,
            "may_edit": request.user.has_perm(EDIT),
            "public": issue.published_at and issue.get_absolute_url(),
            **progress.status_context(issue),
            "deliveries": issue.number
            and request.user.has_perm("newsletter.view_delivery")
            and reverse("admin:newsletter_delivery_changelist", query={"issue": issue.pk}),
        }


def _url_name(name: str) -> str:
    return f"newsletter_issue_{name.replace('/', '_').replace('-', '_')}"
