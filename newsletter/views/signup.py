"""The form that asks for the newsletter, and the one that asks for a lost link.

Each answers with one sentence, by the same few statements, whatever we know of the address
(`newsletter.signup.requests`).
"""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.networks import CUSTOMER_IPV6_PREFIXES
from accounts.visitors import Visitor, reader_view
from newsletter.models import MailRequest
from newsletter.signup import requests
from newsletter.signup.forms import AddressForm
from newsletter.subscribers.actions import ConsentSource
from newsletter.subscribers.consent_text import TEXT_VERSION
from web.requests import HtmxRequest
from web.responses import announce, see_other
from web.return_path import read_return_path, with_return_path

FRAGMENT = "newsletter/address_form.html"


@dataclass(frozen=True)
class Purpose:
    """What a form asks for an address for: its page, its button, and the one answer to every address."""

    wanted: str
    action: str
    page: str
    button: str
    done: str
    answer: str


SIGN_UP = Purpose(
    wanted=MailRequest.Wanted.SUBSCRIPTION,
    action="newsletter",
    page="newsletter/signup_page.html",
    button="Subscribe",
    done="newsletter_asked",
    answer=(
        "If we can send email to this address, you will get a confirmation link. Open it and confirm "
        "your subscription. We send one such email a day at most."
    ),
)
LOST_LINK = Purpose(
    wanted=MailRequest.Wanted.LINK,
    action="newsletter_link",
    page="newsletter/link_page.html",
    button="Send me my link",
    done="newsletter_link_asked",
    answer=(
        "If we know this address, we will send your link to it. We send one such email a day at most."
    ),
)


@reader_view("GET", "HEAD", "POST", limit=None)
def newsletter(request: HtmxRequest, visitor: Visitor) -> HttpResponse:
    """The form page of the newsletter, and where every sign-up form posts to."""
    return _answer(request, visitor, SIGN_UP)


@reader_view("GET", "HEAD", "POST", limit=None)
def newsletter_link(request: HtmxRequest, visitor: Visitor) -> HttpResponse:
    """Sends the link to the preferences to a subscriber who has no old email at hand."""
    return _answer(request, visitor, LOST_LINK)


@never_cache
@require_safe
def newsletter_asked(request: HttpRequest) -> HttpResponse:
    return _requested(request, SIGN_UP)


@never_cache
@require_safe
def newsletter_link_asked(request: HttpRequest) -> HttpResponse:
    return _requested(request, LOST_LINK)


def _answer(request: HtmxRequest, visitor: Visitor, purpose: Purpose) -> HttpResponse:
    if request.method != "POST":
        return _form(request, purpose)
    form = AddressForm(request.POST)
    if not form.is_valid():
        error = " ".join(map(str, form.errors.get("email", [])))
        return _form(request, purpose, form, error=error)
    if not form.is_filled_in_by_a_bot:
        _request_email(visitor, purpose, form)
    if request.htmx:
        return _form(request, purpose, form, message=purpose.answer)
    return see_other(with_return_path(request, reverse(purpose.done)))


def _request_email(visitor: Visitor, purpose: Purpose, form: AddressForm) -> None:
    requests.ask_for_mail(
        email=form.cleaned_data["email"],
        networks=visitor.networks(CUSTOMER_IPV6_PREFIXES),
        wanted=purpose.wanted,
        source=ConsentSource(form.name, visitor.network),
        text_version=TEXT_VERSION,
    )


def _form(
    request: HtmxRequest,
    purpose: Purpose,
    form: AddressForm | None = None,
    *,
    message: str = "",
    error: str = "",
) -> HttpResponse:
    """The form with what was typed, in its page; for htmx the form alone, and the result announced."""
    context = {
        "action": reverse(purpose.action),
        "button": purpose.button,
        "form_name": form.name if form else "page",
        "typed": form.typed if form else "",
        "message": message,
        "error": error,
    }
    template = FRAGMENT if request.htmx else purpose.page
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    response = render(request, template, context, status=status)
    return announce(response, message or error) if form else response


def _requested(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    context = {"answer": purpose.answer, "back": read_return_path(request)}
    return render(request, "newsletter/requested.html", context)
