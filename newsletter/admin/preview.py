"""The preview of an issue as a profile or a subscriber would get it, without working personal links.

Only staff who may view subscribers can choose one of them: the preview shows an address and its preferences.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from newsletter.admin.access import VIEW_SUBSCRIBER, require
from newsletter.admin.profiles import Profile, profiles_of
from newsletter.delivery.issue_email import IssueEmail
from newsletter.delivery.test_email import NO_SUBSCRIBER_KEY
from newsletter.digest.digest import Digest, DigestFilter
from newsletter.digest.filters import digest_filters_of
from newsletter.issues.issue_content import digest_of, issue_email_of
from newsletter.models import Issue, Subscriber
from web.row_ids import parse_row_id

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
# The page with the frame may also frame the site's own responses.
FRAMING_CSP = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}
# An email has inline styles, which the site's policy forbids. So the framed email alone has a policy that
# allows them and nothing else: no script, no form, no external image, an origin of its own (sandbox), and
# only the admin may frame it.
EMAIL_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": SANDBOX,
}
WIDTHS = {"wide": "Wide", "phone": "Phone"}


@dataclass(frozen=True)
class Preview:
    """An issue as one profile or subscriber would get it."""

    issue: Issue
    digest: Digest | None
    profiles: list[Profile]
    profile: Profile
    subscriber: Subscriber | None

    @classmethod
    def of(cls, request: HttpRequest, issue: Issue) -> "Preview":
        digest = digest_of(issue)
        profiles = profiles_of(issue, digest)
        chosen = request.GET.get("profile")
        profile = next((each for each in profiles if each.code == chosen), profiles[0])
        return cls(issue, digest, profiles, profile, _subscriber(request))

    @property
    def email(self) -> IssueEmail | None:
        return issue_email_of(self.issue, self._digest_filter, self.digest) if self.digest else None

    @property
    def query(self) -> dict[str, str | int]:
        if self.subscriber:
            return {"subscriber": self.subscriber.pk}
        return {"profile": self.profile.code}

    @property
    def _digest_filter(self) -> DigestFilter:
        if self.subscriber is None:
            return self.profile.digest_filter
        return digest_filters_of([self.subscriber])[self.subscriber.pk]


@csp_override(FRAMING_CSP)
def preview(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Show the preview. POST finds a subscriber by email address, which must not be part of a URL."""
    if request.method == "POST":
        return _choose(request, issue)
    shown = Preview.of(request, issue)
    issue_email = shown.email
    width = request.GET.get("width")
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Preview",
        "issue": issue,
        "preview": shown,
        "subscriber": shown.subscriber,
        "may_choose": request.user.has_perm(VIEW_SUBSCRIBER),
        "preferences": _describe_preferences(shown),
        "issue_email": issue_email,
        "text": issue_email and issue_email.text_for(NO_SUBSCRIBER_KEY),
        "as_text": request.GET.get("part") == "text",
        "width": width if width in WIDTHS else "wide",
        "widths": WIDTHS,
        "sandbox": SANDBOX,
        "email_url": reverse(
            "admin:newsletter_issue_preview_mail", args=[issue.pk], query=shown.query
        ),
    }
    return TemplateResponse(request, "admin/newsletter/issue/preview.html", context)


@xframe_options_sameorigin
@csp_override(EMAIL_CSP)
def mail(admin: ModelAdmin, request: HttpRequest, issue: Issue) -> HttpResponse:
    """Return the HTML part alone. Its links open a new tab, because the site refuses to be framed."""
    issue_email = Preview.of(request, issue).email
    html = (
        issue_email.html_for(NO_SUBSCRIBER_KEY)
        if issue_email
        else "<!doctype html><title>Nothing to send</title>"
    )
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


def _choose(request: HttpRequest, issue: Issue) -> HttpResponse:
    require(request, VIEW_SUBSCRIBER)
    typed = request.POST.get("address", "").strip()
    found = Subscriber.objects.with_address(typed).first() if typed and "\0" not in typed else None
    if typed and found is None:
        messages.warning(request, "There is no subscriber with this address.")
    query = {"subscriber": found.pk} if found else {}
    return redirect(reverse("admin:newsletter_issue_preview", args=[issue.pk], query=query))


def _subscriber(request: HttpRequest) -> Subscriber | None:
    if "subscriber" not in request.GET:
        return None
    require(request, VIEW_SUBSCRIBER)
    pk = parse_row_id(request.GET["subscriber"])
    return Subscriber.objects.filter(pk=pk).first() if pk is not None else None


def _describe_preferences(shown: Preview) -> str:
    """Return whose email is shown, and for a subscriber with which preferences, as sentences."""
    subscriber = shown.subscriber
    if subscriber is None:
        return f"Shown for a made-up subscriber: {shown.profile.label}."
    if subscriber.only_bookmarks:
        content = "only changes to bookmarks"
    else:
        names = ", ".join(category.name for category in subscriber.categories.all())
        content = names or "all categories"
    return f"{subscriber.email} is {subscriber.get_state_display().lower()}. Preferences: {subscriber.get_cadence_display().lower()}, {content}."
