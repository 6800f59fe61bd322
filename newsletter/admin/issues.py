from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from newsletter.admin import preview, progress, sending
from newsletter.admin.access import EDIT, SEND, require
from newsletter.admin.issue_form import IssueForm
from newsletter.digest.sections import PARTS
from newsletter.issues.drafting import draft_issue_now
from newsletter.issues.issue_content import count_items, digest_of
from newsletter.models import Cadence, Issue
from web.optimistic_locking import LockedOnPostMixin

READ, ASK, ACT = ["GET", "HEAD"], ["GET", "HEAD", "POST"], ["POST"]
VIEW = "newsletter.view_issue"
# What stands below an issue's address: (view, methods, who may).
PAGES = {
    "preview": (preview.preview, ASK, VIEW),
    "preview/mail": (preview.mail, READ, VIEW),
    "test": (sending.send_test, ACT, EDIT),
    "send": (sending.send, ASK, VIEW),
    "progress": (progress.progress, READ, VIEW),
    "cancel": (progress.cancel, ASK, SEND),
    "retry": (progress.retry, ACT, SEND),
    "uncertain": (progress.uncertain, ASK, SEND),
    **{verb: (partial(progress.press, verb=verb), ACT, SEND) for verb in progress.BUTTONS},
}


@admin.register(Issue)
class IssueAdmin(LockedOnPostMixin, admin.ModelAdmin):
    """Drafted by itself; written, looked at and let go by staff. Frozen once sending started."""

    form = IssueForm
    change_form_template = "admin/newsletter/issue/change_form.html"
    change_list_template = "admin/newsletter/issue/change_list.html"
    list_display = ["subject", "cadence", "time", "condition", "number", "why"]
    list_filter = ["state", "cadence"]
    actions = None
    actions_on_top = True
    readonly_fields = ["told_parts"]
    view_on_site = False  # Its page has its own link, once there is something to see.

    class Media:
        js = ["js/admin-unsaved.js"]

    def get_queryset(self, request):
        """Without what was frozen, which may be long; the page of one issue reads it when it needs it."""
        return super().get_queryset(request).defer("content")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """What was approved to go out at a time is changed only by who may approve."""
        if obj is None:
            return super().has_change_permission(request)
        is_approved = obj.state == Issue.State.SCHEDULED
        return (
            obj.is_open
            and super().has_change_permission(request, obj)
            and (not is_approved or request.user.has_perm(SEND))
        )

    # The list

    @admin.display(description="time")
    def time(self, issue):
        since, until = timezone.localtime(issue.since), timezone.localtime(issue.until)
        return f"{since:%-d %b} – {until:%-d %b %Y}"

    @admin.display(description="state")
    def condition(self, issue):
        if issue.scheduled_for:
            return f"Scheduled, {timezone.localtime(issue.scheduled_for):%-d %b %Y, %H:%M}"
        return issue.get_state_display()

    @admin.display(description="held because", empty_value="—")
    def why(self, issue):
        return issue.hold_reason or None

    @admin.display(description="parts")
    def told_parts(self, issue):
        return ", ".join(PARTS.get(part, part) for part in issue.parts)

    # Addresses

    def get_urls(self):
        pages = [
            path(f"<int:pk>/{name}/", self._page(*page), name=_url_name(name))
            for name, page in PAGES.items()
        ]
        draft = self.admin_site.admin_view(require_http_methods(ACT)(self._draft_now))
        return [
            path("draft-now/", draft, name="newsletter_issue_draft_now"),
            *pages,
            *super().get_urls(),
        ]

    def _page(self, view, methods, permission):
        @require_http_methods(methods)
        def answer(request, pk):
            require(request, permission)
            return view(self, request, get_object_or_404(Issue, pk=pk))

        return self.admin_site.admin_view(answer)

    def _draft_now(self, request):
        require(request, EDIT)
        cadence = request.POST.get("cadence")
        if cadence not in Cadence.values:
            raise BadRequest("An issue is weekly or monthly.")
        issue = draft_issue_now(cadence=cadence)
        if issue is None:
            messages.warning(
                request, "Nothing was drafted: there is an issue of this time already."
            )
            return redirect("admin:newsletter_issue_changelist")
        self.log_addition(request, issue, "Drafted before it was due.")
        return redirect("admin:newsletter_issue_change", issue.pk)

    # The page

    def get_fieldsets(self, request, obj=None):
        can_change = self.has_change_permission(request, obj)
        parts = "parts" if can_change else "told_parts"
        return [(None, {"fields": ["subject", "preheader", "intro", parts]})]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and not request.user.has_perm(EDIT):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        """Only what the form holds: the state may be the worker's by now."""
        fields = ["subject", "preheader", "intro", "parts"]
        if form.is_unchanged:
            obj.refresh_from_db(fields=fields)
        else:
            obj.save(update_fields=fields)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context |= self._about(request, obj)
            form = context["adminform"].form
            if obj.is_open and "parts" in form.fields:
                form.fields["parts"].widget.counts = count_items(digest_of(obj))
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request, obj):
        """The page again, where the preview and the check are."""
        messages.success(request, "Saved.")
        return redirect("admin:newsletter_issue_change", obj.pk)

    def _about(self, request, issue):
        may_send = request.user.has_perm(SEND)
        return {
            "issue": issue,
            "may_send": may_send,
            "may_edit": request.user.has_perm(EDIT),
            "public": issue.published_at and issue.get_absolute_url(),
            **progress.about(issue),
            "deliveries": issue.number
            and request.user.has_perm("newsletter.view_delivery")
            and reverse("admin:newsletter_delivery_changelist", query={"issue": issue.pk}),
        }


def _url_name(name):
    return f"newsletter_issue_{name.replace('/', '_').replace('-', '_')}"
