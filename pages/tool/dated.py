"""The page of a tool as it was at the end of a day (`?on=`), made like today's."""

from datetime import date

from django.http import HttpRequest, HttpResponse

from accounts.read_limits import limit_expensive_read
from pages.charts.score_history import score_history
from pages.charts.votes_per_day import vote_chart
from pages.dated import Dated, citation, no_page
from pages.tool.history import build_history
from pages.tool.score_moments import score_moments
from pages.tool.tool_page import ToolPage, fact_groups, panel_reviews, public_successor
from pages.tool.verdict_history import verdict_history
from reviews.models import Review, Reviewer
from reviews.past import Revision
from tools.models import Fact, FactKind, Tool
from tools.past_day import ON, InvalidDayError, NothingThenError, end_of, read_day
from votes.past import Past, read_past
from votes.queries import votes_per_day
from web.markdown_page import render_page


def tool_on_day(request: HttpRequest, tool: Tool) -> HttpResponse:
    """Show a published `tool` at the end of the day that the query names."""
    limit_expensive_read(request)
    today_url = tool.get_absolute_url()
    try:
        past = read_past([tool], read_day(request.GET.getlist(ON)))
    except (InvalidDayError, NothingThenError) as error:
        return no_page(request, error, today_url)
    screen = build_dated_page(past)
    context = {
        "screen": screen,
        "dated": Dated(past.day, today_url),
        "data_date": past.day.day,
        "cite": citation(screen.title, today_url, past.day),
        "section": "tools",
    }
    return render_page(request, "pages/dated/tool", context)


def build_dated_page(past: Past) -> ToolPage:
    """Build the page of the one tool of `past`.

    Without ranks, similar tools, and who had not reviewed it yet: nothing records them by day.
    """
    (tool,), day = past.tools, past.day
    moments = score_moments(tool, day.until)
    reviewed, _ = panel_reviews(map(_row, past.revisions[tool.pk]))
    return ToolPage(
        tool=tool,
        panel_reviews=reviewed,
        not_reviewed_by=[],
        facts=fact_groups(map(_fact_row, past.facts)),
        history=build_history(tool, day),
        similar=[],
        successor=public_successor(tool),
        ranks=[],
        votes=vote_chart(votes_per_day(tool, last=day.day), day.day),
        scores=score_history(moments, end_of(day.day)),
        verdicts=verdict_history(moments),
        on=day,
    )


def _row(revision: Revision) -> tuple[Reviewer, Review, date | None]:
    return revision.reviewer, revision.review, revision.confirmed_on


def _fact_row(fact: Fact) -> tuple[FactKind, Fact]:
    return fact.kind, fact
