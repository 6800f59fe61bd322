"""An issue as a chosen subscriber would get it. No preview holds a link that is anybody's."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from newsletter.delivery.test_email import NOBODYS_KEY
from newsletter.digest.digest import EVERYTHING
from newsletter.digest.filters import digest_filters_of
from newsletter.issues.issue_content import issue_email_of
from newsletter.models import Subscriber
from web.row_ids import parse_row_id

SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
# The page that holds the frame may frame the site's own answers: nothing else is added.
FRAMING = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}
# A mail carries its style within it, which our policy refuses everywhere, and rightly. So the mail alone is
# answered under a policy of its own: inline style, and nothing else at all: no script, no form, no picture from
# elsewhere, an origin of its own (sandbox), and only the desk may frame it.
MAIL = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": SANDBOX,
}
WIDTHS = {"wide": "Wide", "phone": "Phone"}


@csp_override(FRAMING)
def preview(admin, request, issue):
    """The preview's page; POST names a subscriber by address (which has no place in an address of ours)."""
    if request.method == "POST":
        return _choose(request, issue)
    subscriber = _subscriber(request)
    issue_email = issue_email_of(issue, _choices(subscriber))
    width = request.GET.get("width")
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": "Preview",
        "issue": issue,
        "subscriber": subscriber,
        "wants": _wants(subscriber),
        "issue_email": issue_email,
        "text": issue_email and issue_email.text_for(NOBODYS_KEY),
        "as_text": request.GET.get("part") == "text",
        "width": width if width in WIDTHS else "wide",
        "widths": WIDTHS,
        "sandbox": SANDBOX,
    }
    return TemplateResponse(request, "admin/newsletter/issue/preview.html", context)


@xframe_options_sameorigin
@csp_override(MAIL)
def mail(admin, request, issue):
    """The HTML part and nothing around it. Links open a page of their own: the site refuses to be framed."""
    issue_email = issue_email_of(issue, _choices(_subscriber(request)))
    html = (
        issue_email.html_for(NOBODYS_KEY)
        if issue_email
        else "<!doctype html><title>Nothing to say</title>"
    )
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


def _choose(request, issue):
    typed = request.POST.get("address", "").strip()
    found = Subscriber.objects.with_address(typed).first() if typed and "\0" not in typed else None
    if typed and found is None:
        messages.warning(request, "Nobody has this address.")
    query = {"subscriber": found.pk} if found else {}
    return redirect(reverse("admin:newsletter_issue_preview", args=[issue.pk], query=query))


def _subscriber(request):
    pk = parse_row_id(request.GET.get("subscriber", ""))
    return Subscriber.objects.filter(pk=pk).first() if pk is not None else None


def _choices(subscriber):
    return digest_filters_of([subscriber])[subscriber.pk] if subscriber else EVERYTHING


def _wants(subscriber):
    if subscriber is None:
        return "Everything, as who chose nothing gets it."
    if subscriber.only_bookmarks:
        about = "only changes to bookmarks"
    else:
        names = ", ".join(category.name for category in subscriber.categories.all())
        about = names or "all categories"
    return f"{subscriber.get_state_display()}, {subscriber.get_cadence_display().lower()}: {about}."
