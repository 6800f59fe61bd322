"""The form that asks for the newsletter, and the one that asks for a lost link.

Each answers one sentence, by the same few statements, whatever we know of the address: newsletter.requests.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.networks import network_hash
from accounts.readers import reader_id
from newsletter.models import MailRequest
from newsletter.signup import requests
from newsletter.signup.forms import AddressForm
from newsletter.subscribers.actions import ConsentSource
from newsletter.subscribers.consent_text import TEXT_VERSION
from web.client_address import client_address
from web.form_token import is_from_our_page, is_hasty, make_form_token, token_of_form

HASTY = timedelta(seconds=2)
ONCE_MORE = "Press the button once more, please: nothing was sent yet."
FRAGMENT = "newsletter/address_form.html"


@dataclass(frozen=True)
class Question:
    """What a form asks for an address for: where it stands, where its answer stands, and that answer."""

    wanted: str
    action: str
    page: str
    button: str
    done: str
    told: str


SIGN_UP = Question(
    wanted=MailRequest.Wanted.SUBSCRIPTION,
    action="newsletter",
    page="newsletter/signup_page.html",
    button="Subscribe",
    done="newsletter_asked",
    told=(
        "If we may write to that address, we have sent a mail to it. Open it and press its button: "
        "nothing else comes before. There is one such mail a day at most."
    ),
)
LOST_LINK = Question(
    wanted=MailRequest.Wanted.LINK,
    action="newsletter_link",
    page="newsletter/link_page.html",
    button="Send me my link",
    done="newsletter_link_asked",
    told=(
        "If we know that address, we have sent a mail with your link to it. There is one such mail a "
        "day at most."
    ),
)


@never_cache
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request):
    """The form page of the newsletter, and where every sign-up form posts to."""
    return _take_address(request, SIGN_UP) if request.method == "POST" else _ask(request, SIGN_UP)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def newsletter_link(request):
    """For who has no old mail: asks for the address that the link to the preferences goes to."""
    if request.method == "POST":
        return _take_address(request, LOST_LINK)
    return _ask(request, LOST_LINK)


@never_cache
@require_safe
def newsletter_asked(request):
    return _told(request, SIGN_UP)


@never_cache
@require_safe
def newsletter_link_asked(request):
    return _told(request, LOST_LINK)


def _take_address(request, question):
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _again(request, question, form, error=" ".join(form.errors.get("email", [])))
    if not is_from_our_page(request, reader_id(request)) or is_hasty(request, within=HASTY):
        return _again(request, question, form, message=ONCE_MORE)
    if form.is_of_a_machine:
        return _answer(request, question, form)
    network = network_hash(client_address(request))
    if empty := requests.exceeded_limits(network):
        return _too_many(request, question, form, empty)
    requests.ask_for_mail(
        email=form.cleaned_data["email"],
        wanted=question.wanted,
        source=ConsentSource(form.name, network),
        text_version=TEXT_VERSION,
    )
    return _answer(request, question, form)


def _answer(request, question, form):
    """The one sentence. A plain form is led to a page that says it."""
    if not request.htmx:
        return HttpResponseRedirect(reverse(question.done), status=303)
    return _ask(request, question, form, message=question.told)


def _again(request, question, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, **told):
    return _ask(request, question, form, status=status, **told)


def _too_many(request, question, form, empty):
    wait = max(bucket.retry_after for bucket in empty)
    message = f"Too many addresses came in a short time. Nothing was sent; try again in {wait} s."
    response = _again(request, question, form, HTTPStatus.TOO_MANY_REQUESTS, message=message)
    response["Retry-After"] = str(wait)
    return response


def _ask(request, question, form=None, *, status=HTTPStatus.OK, message="", error=""):
    """The form with what was typed, in its page; for HTMX the form alone, and its words said aloud."""
    reader = reader_id(request)
    context = {
        "action": reverse(question.action),
        "button": question.button,
        "form_name": form.name if form else "page",
        "typed": form.typed if form else "",
        "token": token_of_form(request, reader) if form else make_form_token(reader),
        "message": message,
        "error": error,
    }
    template = FRAGMENT if request.htmx else question.page
    response = render(request, template, context, status=status)
    if said := message or error:
        response["HX-Trigger"] = json.dumps({"announce": {"value": said}})
    return response


def _told(request, question):
    return render(request, "newsletter/requested.html", {"told": question.told})
