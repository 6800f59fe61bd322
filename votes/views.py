from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.networks import CUSTOMER_IPV6_PREFIXES
from accounts.visitors import Visitor, reader_view
from tools.models import Tool
from tools.queries import get_tool_or_404
from votes import actions
from votes.actions import Voted
from votes.audit import build_audit
from votes.box import NO_VOTE, WITHDRAWN, BoxTool, MyVote, VoteBox
from votes.forms import InvalidVote, read_vote
from votes.models import Choice, Vote
from votes.queries import has_withdrawn, offered_reasons, vote_of, with_tally
from web.context import canonical_url
from web.requests import HtmxRequest
from web.responses import announce, moved_permanently, see_other
from web.return_path import read_return_path, with_return_path


# The function votes_cast consumes the limits of a vote.
@reader_view("GET", "HEAD", "POST", limit=None)
def vote(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """The page of a reader's vote on a tool, and where it is cast."""
    if request.method == "POST":
        return cast_vote(request, visitor, slug)
    return vote_form(request, visitor, slug)


def vote_form(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    """Show the vote, or the form with `?choice=` selected; after a withdrawal `?undo=` and `?reason=`."""
    tool = _shown(slug)
    if tool.slug != slug:
        return moved_permanently(request, reverse("vote", args=[tool.slug]))
    undo = _choice(request, "undo")
    if undo and not has_withdrawn(visitor.reader_id, tool, undo):
        undo = ""
    box = replace(_box(tool, visitor), undo=undo, undo_reason=request.GET.get("reason", ""))
    return _page(request, box, selected=_choice(request, "choice"))


def cast_vote(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    try:
        choice, reason = read_vote(request.POST)
    except InvalidVote as error:
        return _invalid(request, _box(_shown(slug), visitor).with_message(str(error)))
    vote, tool, position = _on_tool(
        actions.cast_vote, visitor, slug=slug, choice=choice, reason=reason
    )
    visitor.acted_as(vote.reader_id, position)
    if not request.htmx:
        return see_other(with_return_path(request, reverse("vote", args=[tool.slug])))
    mine = MyVote.of(vote)
    return _fragment(VoteBox(tool, mine, offered_reasons(vote.choice)), mine.outcome)


@reader_view("POST", limit=None)
def withdraw_vote(request: HtmxRequest, visitor: Visitor, slug: str) -> HttpResponse:
    vote, tool, visitor.last_write = _on_tool(actions.withdraw_vote, visitor, slug=slug)
    undo, reason = (vote.choice, _slug_of_reason(vote)) if vote.pk else ("", "")
    if not request.htmx:
        address = reverse("vote", args=[tool.slug])
        return see_other(with_return_path(request, address, undo=undo, reason=reason))
    box = VoteBox(tool, undo=undo, undo_reason=reason)
    return _fragment(box, WITHDRAWN if undo else NO_VOTE)


def _on_tool(action: Callable[..., Voted], visitor: Visitor, **values: Any) -> Voted:
    networks = visitor.networks(CUSTOMER_IPV6_PREFIXES)
    try:
        return action(reader_id=visitor.reader_id, networks=networks, **values)
    except Tool.DoesNotExist as error:
        raise Http404 from error


def _shown(slug: str) -> Tool:
    tools = Tool.objects.published().select_related("panel", "category")
    return get_tool_or_404(with_tally(tools), slug)


def _choice(request: HttpRequest, name: str) -> str:
    """The query parameter `name` if it is "ship" or "skip", else ""."""
    choice = request.GET.get(name, "")
    return choice if choice in Choice.values else ""


def _slug_of_reason(vote: Vote) -> str:
    """The reason with which the vote can be cast again: one that is still offered."""
    return vote.reason.slug if vote.reason and vote.reason.is_active else ""


def _box(tool: Tool, visitor: Visitor) -> VoteBox:
    vote = vote_of(visitor.reader_id, tool)
    if not vote:
        return VoteBox(BoxTool.of(tool))
    return VoteBox(BoxTool.of(tool), MyVote.of(vote), offered_reasons(vote.choice))


def _fragment(box: VoteBox, message: str) -> HttpResponse:
    """Every place of a page that shows votes on the tool; the rest of the page reads itself again."""
    html = render_to_string("votes/answer.html", {"box": box.with_message(message)})
    return announce(HttpResponse(html), message, "votes-changed")


def _invalid(request: HtmxRequest, box: VoteBox) -> HttpResponse:
    if not request.htmx:
        return _page(request, box, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    html = render_to_string("votes/answer.html", {"box": box})
    return announce(HttpResponse(html, status=HTTPStatus.UNPROCESSABLE_ENTITY), box.message)


def _page(
    request: HttpRequest, box: VoteBox, *, selected: str = "", status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    if not box.message:
        box = box.with_message(box.result)
    is_cast = box.vote is not None and box.vote.choice == selected
    context = {
        "box": box,
        "selected": "" if is_cast else selected,
        "choices": Choice.choices,
        "back": read_return_path(request),
    }
    return render(request, "votes/form.html", context, status=status)


# Not a public_page: the vote log also changes without the catalogue's or the tally's version, as when a
# held vote changes its side or a member of staff their name.
@require_safe
@cache_control(public=True, no_cache=True)
def vote_audit(request: HttpRequest, slug: str) -> HttpResponse:
    """The public vote log of a tool: per day, what happened how often, and by which rule."""
    on_record = with_tally(Tool.objects.on_record().select_related("panel", "category"))
    tool = get_tool_or_404(on_record, slug)
    if tool.slug != slug:
        return moved_permanently(request, reverse("vote_audit", args=[tool.slug]))
    audit = build_audit(tool, request.GET.get("page"))
    context = {
        "tool": tool,
        "audit": audit,
        "canonical_url": canonical_url(request, audit.page.number),
        "section": "tools",
    }
    return render(request, "votes/audit.html", context)
