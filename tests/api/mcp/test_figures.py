"""Over the sample: what the MCP tools say is what the API says, to the last figure."""

from itertools import combinations

import pytest
from django.core.management import call_command

from tests.api.mcp.calls import call, comparison_figures, tool_figures
from tests.votes.ballots import make_votes
from tools.models import Tool

pytestmark = pytest.mark.django_db
EVERY = 5  # of 435 pairs one in five is compared


@pytest.fixture
def sample(settings):
    settings.API_LIMIT_NETWORK = (10_000, 10_000)
    call_command("import_catalog", settings.BASE_DIR / "sample/catalog.json", verbosity=0)
    for place, tool in enumerate(Tool.objects.published().order_by("slug")[::4]):
        make_votes(tool, ships=2 * place, skips=place)


def slugs():
    return list(Tool.objects.published().order_by("slug").values_list("slug", flat=True))


def test_the_figures_of_every_tool_are_those_of_the_api(client, sample):
    for slug in slugs():
        said = client.get(f"/api/v1/tools/{slug}/").json()

        answer = call(client, "get_tool", slug=slug)

        assert tool_figures(answer) == said
        panel, community = said["panel"], said["community"]
        assert f"{said['name']}: {panel['verdict_text']}" in answer["text"]
        if panel["reviews"]:
            assert f"{panel['ships']} ship / {panel['skips']} skip" in answer["text"]
            assert f"score {panel['score']}, spread {panel['spread']}" in answer["text"]
        if community["votes"]:
            low, high = (int(100 * end + 0.5) for end in community["interval"])
            words = f"{community['ship_percent']}% ship, 95% interval {low}–{high}%, n = {community['votes']}"
            assert words in answer["text"]


def test_the_figures_of_comparisons_are_those_of_the_api(client, sample):
    pairs = list(combinations(slugs(), 2))
    assert len(pairs) == 435

    for first, second in pairs[::EVERY]:
        said = client.get(f"/api/v1/comparisons/{first}-vs-{second}/").json()

        answer = call(client, "compare", slugs=[second, first])

        assert comparison_figures(answer) == said
        assert said["bottom_line"]["sentence"] in answer["text"]


def test_the_changes_are_those_of_the_api(client, sample):
    said = client.get("/api/v1/ledger/?limit=100").json()

    answer = call(client, "changes_since", since="2026-01-01", limit=100)

    assert answer["changes"] == said["items"]
    assert answer["since"] == said["since"]
