"""An issue that is on its way: progress, the buttons that steer it, and what nobody can know."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from newsletter.delivery import sending_gate
from newsletter.delivery.progress import progress_of
from newsletter.issues import actions
from newsletter.models import Delivery, Issue

State = Issue.State
SHOWN_UNCERTAIN = 200


@dataclass(frozen=True)
class Button:
    """What staff may do to an issue in one of `states`; `told` is said when it did something."""

    label: str
    act: callable
    states: set
    told: str


BUTTONS = {
    "pause": Button("Pause", actions.pause, {State.SENDING}, "Paused."),
    "resume": Button("Resume", actions.resume, {State.PAUSED}, "Going on."),
    "unschedule": Button(
        "Do not send at that time", actions.unschedule, {State.SCHEDULED}, "A draft again."
    ),
}
CANCELLABLE = {State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED}


def about(issue):
    """What the issue's page shows of its way: nothing while it is a draft."""
    gate = sending_gate.get_gate()
    waits = why_nothing_is_sent(gate)
    progress = progress_of(issue) if issue.number else None
    return {
        "progress": progress,
        "time_left": progress and not waits and in_words(progress.seconds_left),
        "buttons": [
            (verb, button) for verb, button in BUTTONS.items() if issue.state in button.states
        ],
        "can_cancel": issue.state in CANCELLABLE,
        "gate_reason": waits,
        "polls": issue.state == State.SENDING,
    }


def why_nothing_is_sent(gate):
    if gate.trip_reason:
        return f"Nothing is mailed: {gate.trip_reason}"
    if sending_gate.is_restored_copy(gate):
        return "Nothing is mailed: this database is not the one that sent last. Was it restored?"
    if gate.paused_until and gate.paused_until > timezone.now():
        return "The mail server is gone. Sending goes on by itself."
    return ""


def in_words(seconds):
    """ "about 3 minutes"; "" for None."""
    if seconds is None:
        return ""
    for unit, length in [("hour", 3600), ("minute", 60)]:
        if seconds >= 1.5 * length:
            return f"about {_counted(round(seconds / length), unit)}"
    return f"about {_counted(max(seconds, 1), 'second')}"


def _counted(number, unit):
    return f"{number} {unit}{'s' * (number != 1)}"


def progress(admin, request, issue):
    """The numbers alone, for htmx; the whole page again once the issue got to another state."""
    if not request.htmx:
        return redirect("admin:newsletter_issue_change", issue.pk)
    if request.GET.get("was") != issue.state:
        return HttpResponseClientRefresh()
    context = {"issue": issue, **about(issue)}
    return TemplateResponse(request, "admin/newsletter/issue/progress.html", context)


def press(admin, request, issue, verb):
    """Press one of BUTTONS. Pressed twice it happens once."""
    button = BUTTONS[verb]
    if issue.state in button.states:
        button.act(issue=issue)
        admin.log_change(request, issue, button.told)
        messages.success(request, button.told)
    else:
        state = issue.get_state_display().lower()
        messages.warning(request, f"Nothing was changed: this issue is {state}.")
    return redirect("admin:newsletter_issue_change", issue.pk)


def cancel(admin, request, issue):
    """GET asks, because there is no way back; POST does it."""
    if request.method == "POST":
        if issue.state in CANCELLABLE:
            actions.cancel(issue=issue)
            admin.log_change(request, issue, "Cancelled.")
            messages.success(request, "Cancelled.")
        return redirect("admin:newsletter_issue_change", issue.pk)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Cancel this issue",
        "issue": issue,
        "progress": progress_of(issue) if issue.number else None,
    }
    return TemplateResponse(request, "admin/newsletter/issue/cancel.html", context)


def retry(admin, request, issue):
    count = actions.retry_rejected(issue=issue)
    if count:
        told = f"Queued again: {count} rejected."
        admin.log_change(request, issue, told)
        messages.success(request, told)
    else:
        messages.warning(request, "Nothing was changed: nothing is rejected.")
    return redirect("admin:newsletter_issue_change", issue.pk)


def uncertain(admin, request, issue):
    """The uncertain deliveries by name; POST settles the chosen ones, as sent or to be sent again."""
    waiting = Delivery.objects.filter(issue=issue, state=Delivery.State.UNCERTAIN)
    if request.method == "POST":
        return _resolve_uncertain(admin, request, issue, waiting)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Uncertain deliveries",
        "issue": issue,
        "deliveries": waiting.select_related("subscriber").order_by("changed_at", "pk")[
            :SHOWN_UNCERTAIN
        ],
        "most": SHOWN_UNCERTAIN,
    }
    return TemplateResponse(request, "admin/newsletter/issue/uncertain.html", context)


def _resolve_uncertain(admin, request, issue, waiting):
    try:
        chosen = [UUID(pk) for pk in request.POST.getlist("delivery")]
        as_sent = {"sent": True, "again": False}[request.POST.get("as")]
    except (ValueError, KeyError):
        return HttpResponseBadRequest(
            "A delivery is named by its number, and settled in one of two ways."
        )
    deliveries = waiting.filter(pk__in=chosen)
    count = actions.resolve_uncertain(deliveries=deliveries, as_sent=as_sent, staff=request.user)
    if count:
        told = f"{count} settled as {'sent' if as_sent else 'not sent, and queued again'}."
        admin.log_change(request, issue, told)
        messages.success(request, told)
    else:
        messages.warning(request, "Nothing was changed: none of the chosen is uncertain.")
    return redirect("admin:newsletter_issue_uncertain", issue.pk)
