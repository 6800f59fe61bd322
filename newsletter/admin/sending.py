"""The page that checks an issue and lets it go, and the test that staff send to themselves."""

from collections.abc import Iterable
from smtplib import SMTPException
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from newsletter.admin.access import SEND
from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.test_email import AT_ONCE, PER_HOUR, TooMany, send_test_email
from newsletter.digest.sections import PARTS
from newsletter.issues import actions
from newsletter.issues.issue_content import count_items, digest_of, issue_email_of
from newsletter.issues.preflight import errors_of, preflight
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


def send(admin, request, issue):
    """GET shows what is wrong, to how many it would go, and the figures; POST lets it go."""
    if request.method == "POST" and not request.user.has_perm(SEND):
        raise PermissionDenied
    if not issue.is_open:
        messages.warning(request, f"This issue is {issue.get_state_display().lower()} already.")
        return redirect("admin:newsletter_issue_change", issue.pk)
    with transaction.atomic():
        if request.method == "POST":
            # Nobody edits it between what is compared here and what is frozen.
            issue = Issue.objects.select_for_update(of=["self"]).get(pk=issue.pk)
        digest = digest_of(issue)
        issue_email = IssueEmail(issue, digest) if digest else None
        findings = preflight(issue, issue_email)
        form = SendForm(
            request.POST if request.method == "POST" else None,
            issue=issue,
            issue_email=issue_email,
            has_warnings=len(errors_of(findings)) < len(findings),
        )
        if not errors_of(findings) and form.is_valid():
            _let_go(admin, request, issue, form.cleaned_data)
            return redirect("admin:newsletter_issue_change", issue.pk)
    return _page(admin, request, issue, issue_email, findings, form)


def send_test(admin, request, issue):
    """Mail the issue to who pressed the button."""
    issue_email = issue_email_of(issue)
    to = request.user.email
    if issue_email is None:
        messages.error(request, "There is nothing to send: the issue has nothing to say.")
    elif not to:
        messages.error(request, "Your account has no email address: ask an operator to enter it.")
    else:
        try:
            send_test_email(issue_email=issue_email, staff=request.user)
        except TooMany:
            words = f"Not sent: at most {AT_ONCE} tests at once, and {PER_HOUR} in an hour."
            messages.error(request, words)
        except (OSError, SMTPException, ValueError) as problem:
            messages.error(request, f"The mail server did not take it: {problem}")
        else:
            admin.log_change(request, issue, f"Sent a test to {to}.")
            messages.success(request, f"A test is on its way to {to}.")
    return redirect("admin:newsletter_issue_change", issue.pk)


def _let_go(admin, request, issue, answer):
    if answer["when"] == LATER:
        actions.schedule(issue=issue, at=answer["at"], staff=request.user)
        told = f"Scheduled for {timezone.localtime(answer['at']):%-d %B %Y, %H:%M}."
    else:
        actions.start_sending(issue=issue, staff=request.user)
        told = "Sending started."
    admin.log_change(request, issue, told)
    messages.success(request, told)


def _page(admin, request, issue, issue_email, findings, form):
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


def _figures(issue_email):
    counts = count_items(issue_email.digest)
    return {
        "parts": [
            (PARTS[name], counts[name]) for name in issue_email.issue.parts if counts.get(name)
        ],
        "html": f"{len(issue_email.html.encode()) / 1000:.0f} kB",
        "text": f"{len(issue_email.text.encode()) / 1000:.0f} kB",
    }
