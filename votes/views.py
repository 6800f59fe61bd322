import json
from functools import partial
from http import HTTPStatus

from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.networks import network_hash
from accounts.readers import get_reader, make_reader, reader_id, set_cookie
from tools.models import Tool
from tools.queries import get_tool_or_404
from votes import actions, rules
from votes.audit import build_audit
from votes.box import VoteBox
from votes.forms import VoteForm
from votes.queries import offered_reasons, votes_of, with_tally
from web.client_address import client_address
from web.form_token import STALE_PAGE, is_from_our_page, make_form_token


@never_cache
@csrf_exempt  # checked by web.form_token: reading must set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request, slug):
    """The form page of a vote, and where it is cast."""
    return cast_vote(request, slug) if request.method == "POST" else vote_form(request, slug)


def vote_form(request, slug):
    tool = _shown(slug)
    return render(request, "votes/form.html", {"box": _box(tool, reader_id(request))})


def cast_vote(request, slug):
    tool = _votable(slug)
    reader = get_reader(request)
    if not is_from_our_page(request, reader_id(request)):
        return _refuse(request, tool, reader, HTTPStatus.FORBIDDEN, STALE_PAGE)
    form = VoteForm(request.POST)
    if not form.is_valid():
        words = " ".join(error for errors in form.errors.values() for error in errors)
        return _refuse(request, tool, reader, HTTPStatus.UNPROCESSABLE_ENTITY, words)
    network = network_hash(client_address(request))
    if empty := rules.exceeded_limits(reader, network):
        return _too_many(request, tool, reader, empty)
    reader = reader or make_reader(client_address(request))
    cast = partial(actions.cast_vote, tool=tool, network=network, **form.cleaned_data)
    try:
        vote = cast(reader=reader)
    except IntegrityError:  # the reader was forgotten in another tab since we looked
        reader = make_reader(client_address(request))
        vote = cast(reader=reader)
    told = "Your vote is kept, but does not count." if vote.rule else "Your vote is in."
    return set_cookie(_answer(request, tool, reader, told), reader)


@never_cache
@csrf_exempt
@require_POST
def withdraw_vote(request, slug):
    tool = _votable(slug)
    reader = get_reader(request)
    if not is_from_our_page(request, reader_id(request)):
        return _refuse(request, tool, reader, HTTPStatus.FORBIDDEN, STALE_PAGE)
    taken_back = votes_of(reader and reader.pk, [tool]).get(tool.pk)
    if reader:
        actions.withdraw_vote(reader=reader, tool=tool)
    undo = taken_back.choice if taken_back else ""
    return _answer(request, tool, reader, "Your vote is withdrawn.", undo=undo)


def _votable(slug):
    """The tool as far as a vote needs it: whoever votes without JavaScript gets no box of it."""
    return get_tool_or_404(Tool.objects.published().only("slug"), slug)


def _shown(slug):
    return get_tool_or_404(
        with_tally(Tool.objects.published().select_related("panel", "category")), slug
    )


def _box(tool, known_id, **told):
    votes = votes_of(known_id, [tool])
    return VoteBox(tool, votes.get(tool.pk), offered_reasons(), make_form_token(known_id), **told)


def _answer(request, tool, reader, message, *, undo="", status=HTTPStatus.OK):
    """The box as it is now, in every place of the page that shows it; a plain form gets a page."""
    if not request.htmx and status == HTTPStatus.OK:
        return HttpResponseRedirect(reverse("vote", args=[tool.slug]), status=303)
    known_id = reader.pk if reader else reader_id(request)
    box = _box(_shown(tool.slug), known_id, message=message, undo=undo)
    template = "votes/answer.html" if request.htmx else "votes/form.html"
    response = render(request, template, {"box": box}, status=status)
    response["HX-Trigger"] = json.dumps({"announce": {"value": message}})
    return response


def _refuse(request, tool, reader, status, message):
    return _answer(request, tool, reader, message, status=status)


def _too_many(request, tool, reader, empty):
    wait = max(bucket.retry_after for bucket in empty)
    message = f"That were many votes in a short time. Nothing was changed; try again in {wait} s."
    response = _refuse(request, tool, reader, HTTPStatus.TOO_MANY_REQUESTS, message)
    response["Retry-After"] = str(wait)
    return response


# Not a public_page: the audit also changes without the catalogue's state or the tally's version, as when
# a held vote changes its side or a member of staff their name. It is made anew each time.
@require_safe
@cache_control(public=True, no_cache=True)
def vote_audit(request, slug):
    """The public audit of a tool's votes: per day, what happened how often, and by which rule."""
    on_record = with_tally(Tool.objects.on_record().select_related("panel", "category"))
    tool = get_tool_or_404(on_record, slug)
    context = {
        "tool": tool,
        "audit": build_audit(tool, request.GET.get("page")),
        "section": "tools",
    }
    return render(request, "votes/audit.html", context)
