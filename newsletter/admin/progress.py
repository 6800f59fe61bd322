"""The status of an issue: its progress, the actions of staff, and its uncertain deliveries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import ngettext
from django_htmx.http import HttpResponseClientRefresh

from accounts.staff import staff_of
from newsletter.delivery import sending_gate
from newsletter.delivery.progress import progress_of
from newsletter.delivery.sending_status import blocked_reason, describe_duration, missing_worker
from newsletter.issues import actions
from newsletter.models import Delivery, Issue
from web.requests import HtmxRequest

State = Issue.State
MAX_UNCERTAIN_SHOWN = 200


@dataclass(frozen=True)
class Action:
    """A button for an issue in one of `states`; `message` confirms the action."""

    label: str
    run: Callable[..., Issue]
    states: set[Issue.State]
    message: str


ACTIONS = {
    "pause": Action("Pause", actions.pause, {State.SENDING}, "Sending paused."),
    "resume": Action("Resume", actions.resume, {State.PAUSED}, "Sending resumed."),
    "unschedule": Action(
        "Cancel the schedule", actions.unschedule, {State.SCHEDULED}, "Back to draft."
    ),
}
CANCELLABLE = {State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED}


def status_context(issue: Issue) -> dict[str, Any]:
    is_sending = issue.state == State.SENDING
    missing = missing_worker() if is_sending else ""
    blocked = blocked_reason(sending_gate.get_gate())
    progress = progress_of(issue) if issue.number else None
    return {
        "progress": progress,
        "time_left": progress
        and not (blocked or missing)
        and describe_duration(progress.seconds_left),
        "actions": {
            name: action for name, action in ACTIONS.items() if issue.state in action.states
        },
        "can_cancel": issue.state in CANCELLABLE,
        "blocked_reason": blocked,
        "missing_worker": missing,
        "polls": is_sending,
    }


def progress(admin: ModelAdmin, request: HtmxRequest, issue: Issue) -> HttpResponse:
    """Return the counts for htmx; refresh the whole page when the state of the issue has changed."""
    if not request.htmx:
        return redirect("admin:newsletter_issue_change", issue.pk)
    if request.GET.get("state") != issue.state:
        return HttpResponseClientRefresh()
    context = {"issue": issue, **status_context(issue)}
    return TemplateResponse(request, "admin/newsletter/issue/progress.html", context)


def run_action(admin: ModelAdmin, request: HttpRequest, issue: Issue, name: str) -> HttpResponse:
    """Run one of ACTIONS. A repeated request changes nothing."""
    action = ACTIONS[name]
    if issue.state in action.states:
        action.run(issue=issue)
        admin.log_change(request, issue, action.message)
        messages.success(request, action.message)
    else:
        state = issue.get_state_display().lower()
        messages.warning(request, f"Nothing was changed: this issue is {state}.")
    return redirect("admin:newsletter_issue_change", issue.pk)


def cancel(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Ask for confirmation (GET), because it cannot be undone, and cancel the issue (POST)."""
    if request.method == "POST":
        if issue.state in CANCELLABLE:
            actions.cancel(issue=issue)
            admin.log_change(request, issue, "Issue cancelled.")
            messages.success(request, "Issue cancelled.")
        return redirect("admin:newsletter_issue_change", issue.pk)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Cancel this issue",
        "issue": issue,
        "progress": progress_of(issue) if issue.number else None,
    }
    return TemplateResponse(request, "admin/newsletter/issue/cancel.html", context)


def retry(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    count = actions.retry_rejected(issue=issue)
    if count:
        message = ngettext(
            "%(count)d rejected delivery was queued again.",
            "%(count)d rejected deliveries were queued again.",
            count,
        ) % {"count": count}
        admin.log_change(request, issue, message)
        messages.success(request, message)
    else:
        messages.warning(request, "Nothing was changed: there are no rejected deliveries.")
    return redirect("admin:newsletter_issue_change", issue.pk)


def uncertain(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    """List the uncertain deliveries; POST marks the chosen ones as sent, or sends them again."""
    deliveries = Delivery.objects.filter(issue=issue, state=Delivery.State.UNCERTAIN)
    if request.method == "POST":
        return _resolve_uncertain(admin, request, issue, deliveries)
    shown = deliveries.select_related("subscriber").order_by("changed_at", "pk")
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Uncertain deliveries",
        "issue": issue,
        "deliveries": shown[:MAX_UNCERTAIN_SHOWN],
        "limit": MAX_UNCERTAIN_SHOWN,
    }
    return TemplateResponse(request, "admin/newsletter/issue/uncertain.html", context)


def _resolve_uncertain(
    admin: ModelAdmin, request: HttpRequest, issue: Issue, uncertain: QuerySet[Delivery]
) -> HttpResponse:
    try:
        chosen = [UUID(pk) for pk in request.POST.getlist("delivery")]
        as_sent = {"sent": True, "again": False}[request.POST.get("as", "")]
    except (ValueError, KeyError):
        return HttpResponseBadRequest("Choose deliveries and one of the two buttons.")
    count = actions.resolve_uncertain(
        deliveries=uncertain.filter(pk__in=chosen), as_sent=as_sent, staff=staff_of(request)
    )
    if count:
        message = _resolved_message(count, as_sent=as_sent)
        admin.log_change(request, issue, message)
        messages.success(request, message)
    else:
        messages.warning(
            request, "Nothing was changed: none of the chosen deliveries is uncertain."
        )
    return redirect("admin:newsletter_issue_uncertain", issue.pk)


def _resolved_message(count: int, *, as_sent: bool) -> str:
    if as_sent:
        message = ngettext(
            "%(count)d delivery was marked as sent.",
            "%(count)d deliveries were marked as sent.",
            count,
        )
    else:
        message = ngettext(
            "%(count)d delivery was queued again.",
            "%(count)d deliveries were queued again.",
            count,
        )
    return message % {"count": count}
