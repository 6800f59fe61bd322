"""The page that checks and sends an issue, and the test email that staff send to themselves."""

from collections.abc import Iterable
from smtplib import SMTPException
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.models import User
from accounts.staff import staff_of
from newsletter.admin.access import SEND
from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.test_email import AT_ONCE, PER_HOUR, TooManyTests, send_test_email
from newsletter.digest.sections import PARTS
from newsletter.issues import actions
from newsletter.issues.issue_content import count_items, issue_email_of
from newsletter.issues.preflight import Finding, errors_of, preflight
from newsletter.models import Issue, Subscriber
from web.date_time_input import DateTimeLocalInput, time_zone_note
from web.optimistic_locking import VersionedForm

NOW, LATER = "now", "later"


class SendForm(VersionedForm):
    """When an issue is sent, and that its warnings were read.

    Its version is the email itself: an issue is sent as the page showed it, or not at all.
    """

    conflict_message = "What would be sent changed after you opened this page, so nothing was sent. Check it again, then send."

    when = forms.ChoiceField(
        choices=[(NOW, "Now"), (LATER, "At the time below")], initial=NOW, widget=forms.RadioSelect
    )
    at = forms.DateTimeField(required=False, label="Time", widget=DateTimeLocalInput)
    anyway = forms.BooleanField(required=False, label="I have read the warnings: send anyway")

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        issue: Issue,
        issue_email: IssueEmail | None,
        has_warnings: bool,
    ) -> None:
        initial = {"at": issue.scheduled_for, "when": LATER if issue.scheduled_for else NOW}
        super().__init__(data, initial=initial)
        self.issue_email = issue_email
        self.fields["at"].help_text = time_zone_note()
        if not has_warnings:
            del self.fields["anyway"]

    def versioned_fields(self) -> list[str]:
        return []

    def stored_version(self) -> Iterable[str]:
        email = self.issue_email
        return [email.subject, email.preheader, email.html, email.text] if email else []

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if "anyway" in self.fields and not cleaned.get("anyway"):
            self.add_error("anyway", "Tick the box to confirm that you have read the warnings.")
        if cleaned.get("when") == LATER and "at" not in self.errors:
            at = cleaned.get("at")
            if at is None:
                self.add_error("at", "Choose a time.")
            elif at <= timezone.now():
                self.add_error("at", "The time is in the past.")
        return super().clean()


def send(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Show the findings, the number of recipients and the size (GET); send or schedule it (POST)."""
    if request.method == "POST" and not request.user.has_perm(SEND):
        raise PermissionDenied
    if not issue.is_editable:
        messages.warning(request, f"This issue is already {issue.get_state_display().lower()}.")
        return redirect("admin:newsletter_issue_change", issue.pk)
    with transaction.atomic():
        if request.method == "POST":
            # Nobody can edit it between the comparison below and the locking of its content.
            issue = Issue.objects.select_for_update(of=["self"]).get(pk=issue.pk)
        issue_email = issue_email_of(issue)
        findings = preflight(issue, issue_email)
        form = SendForm(
            request.POST if request.method == "POST" else None,
            issue=issue,
            issue_email=issue_email,
            has_warnings=len(errors_of(findings)) < len(findings),
        )
        if not errors_of(findings) and form.is_valid():
            _send_or_schedule(admin, request, issue, form.cleaned_data)
            return redirect("admin:newsletter_issue_change", issue.pk)
    return _page(admin, request, issue, issue_email, findings, form)


def send_test(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Send the issue to the member of staff who pressed the button."""
    staff = staff_of(request)
    problem = _try_test(staff, issue)
    if problem:
        messages.error(request, problem)
    else:
        admin.log_change(request, issue, f"Test email sent to {staff.email}.")
        messages.success(request, f"Test email sent to {staff.email}.")
    return redirect("admin:newsletter_issue_change", issue.pk)


def _try_test(staff: User, issue: Issue) -> str:
    """Send the test; return what staff have to know when that fails, else ""."""
    issue_email = issue_email_of(issue)
    if issue_email is None:
        return "The test was not sent: the issue has no changes to send."
    if not staff.email:
        return (
            "The test was not sent: your account has no email address. Ask an operator to add one."
        )
    try:
        send_test_email(issue_email=issue_email, staff=staff)
    except TooManyTests:
        return (
            f"The test was not sent: you can send {AT_ONCE} tests in a row and {PER_HOUR} an hour. "
            "Try again later."
        )
    except (OSError, SMTPException, ValueError) as error:
        return f"The test was not sent. The mail server answered: {error}"
    return ""


def _send_or_schedule(
    admin: ModelAdmin, request: HttpRequest, issue: Issue, cleaned: dict[str, Any]
) -> None:
    if cleaned["when"] == LATER:
        actions.schedule(issue=issue, at=cleaned["at"], staff=staff_of(request))
        message = f"Scheduled for {timezone.localtime(cleaned['at']):%-d %B %Y, %H:%M %Z}."
    else:
        actions.start_sending(issue=issue, staff=staff_of(request))
        message = "Sending started."
    admin.log_change(request, issue, message)
    messages.success(request, message)


def _page(
    admin: ModelAdmin,
    request: HttpRequest,
    issue: Issue,
    issue_email: IssueEmail | None,
    findings: list[Finding],
    form: SendForm,
) -> HttpResponse:
    errors = errors_of(findings)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Check and send",
        "issue": issue,
        "errors": errors,
        "warnings": findings[len(errors) :],
        "recipients": Subscriber.objects.active().filter(cadence=issue.cadence).count(),
        "figures": issue_email and _figures(issue_email),
        "form": form,
        "may_send": request.user.has_perm(SEND),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/newsletter/issue/send.html", context, status=status)


def _figures(issue_email: IssueEmail) -> dict[str, Any]:
    counts = count_items(issue_email.digest)
    return {
        "parts": [
            (PARTS[name], counts[name]) for name in issue_email.issue.parts if counts.get(name)
        ],
        "html": f"{len(issue_email.html.encode()) / 1000:.0f} kB",
        "text": f"{len(issue_email.text.encode()) / 1000:.0f} kB",
    }
