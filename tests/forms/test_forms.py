"""Every form of a tool, a comparison and a ranking says the same, over the whole sample catalogue with votes on it."""

from itertools import combinations

import pytest
from django.core.management import call_command

from reviews.actions import reaffirm
from reviews.models import Review
from tests.forms.api_form import ApiForm
from tests.forms.html_form import HtmlForm
from tests.forms.markdown_form import MarkdownForm
from tests.forms.mcp_form import McpForm
from tests.votes.ballots import make_vote, make_votes
from tools.models import Category, Tool
from votes.rankings.figures import RANKINGS
from votes.rankings.models import Ranking

# The readers of the other forms; a form that is added needs a reader here and nothing else.
FORMS = [ApiForm, McpForm, MarkdownForm]
# (ships, skips, held) of some tools: with a rank, with too few votes for one, and with held votes alone.
VOTES = {
    "aider": (17, 6, 2),
    "cline": (9, 4, 0),
    "chroma": (2, 11, 0),
    "crewai": (12, 1, 1),
    "ollama": (3, 1, 0),
    "amp": (0, 0, 3),
}


@pytest.fixture
def sample(db, settings):
    settings.API_LIMIT_NETWORK = (10_000, 10_000)
    call_command("import_catalog", settings.BASE_DIR / "sample/catalog.json", verbosity=0)
    for slug, (ships, skips, held) in VOTES.items():
        tool = Tool.objects.get(slug=slug)
        make_votes(tool, ships=ships, skips=skips)
        for _ in range(held):
            make_vote(tool, rule="pace")
    reaffirm(review=Review.objects.current().get(tool__slug="aider", reviewer__slug="builder"))
    RANKINGS.refresh()
    return sorted(Tool.objects.values_list("slug", flat=True))


@pytest.fixture
def page(client, sample):
    return HtmlForm(client)


@pytest.fixture
def forms(client, sample):
    return [form(client) for form in FORMS]


def test_every_tool_has_the_figures_of_its_page(page, forms, sample):
    assert len(sample) == 30
    for slug in sample:
        printed = page.tool(slug)
        for form in forms:
            assert form.tool(slug) == printed


def test_every_pair_has_the_figures_of_its_page(page, forms, sample):
    pairs = list(combinations(sample, 2))

    assert len(pairs) == 435
    for pair in pairs:
        printed = page.comparison(*pair)
        for form in forms:
            assert form.comparison(*pair) == printed


@pytest.mark.parametrize("ranking", Ranking.values)
def test_every_ranking_has_the_figures_of_its_page(page, forms, ranking):
    for category in [None, *Category.objects.values_list("slug", flat=True)]:
        printed = page.ranking(ranking, category)
        for form in forms:
            assert form.ranking(ranking, category) == printed


def test_the_readers_find_what_the_sample_has(page):
    """Two readers that find nothing would agree."""
    aider, cline = page.tool("aider"), page.tool("cline")
    comparison = page.comparison("aider", "cline")

    assert (aider.verdict, aider.ship_percent, aider.score, aider.spread) == (
        "Ship",
        75,
        "72.8",
        28,
    )
    assert (aider.community.ships, aider.community.skips, aider.community.held) == (17, 6, 2)
    assert aider.community.interval == (54, 87)
    assert len(aider.facts) == 5
    assert max(review.revision for review in cline.scorecard) == 2
    assert (comparison.pairs[0].mean, comparison.pairs[0].interval) == ("3", ("-23", "29"))
    assert [each.points for each in comparison.pairs[0].differences] == [8, 23, -4, -15]
    assert comparison.differing == ("Written in",)
    assert page.comparison("aider", "windsurf").pick == "aider"
    assert page.ranking("panel").ranks[4].rank == page.ranking("panel").ranks[5].rank == 5
    assert len(page.ranking("community").ranks) == 4
