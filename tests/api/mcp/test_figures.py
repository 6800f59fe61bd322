"""Over the sample: the text of an answer has the figures of the API, and its changes are those of the API.

The figures in the fields are compared in tests/forms.
"""

from itertools import combinations

import pytest
from django.core.management import call_command

from tests.api.mcp.calls import call
from tests.votes.ballots import make_votes
from tools.models import Tool

pytestmark = pytest.mark.django_db
EVERY = 20  # pairs


@pytest.fixture
def sample(settings):
    settings.API_LIMIT_NETWORK = (10_000, 10_000)
    call_command("import_catalog", settings.BASE_DIR / "sample/catalog.json", verbosity=0)
    for place, tool in enumerate(Tool.objects.published().order_by("slug")[::4]):
        make_votes(tool, ships=2 * place, skips=place)


def slugs():
    return list(Tool.objects.published().order_by("slug").values_list("slug", flat=True))


def test_the_text_about_a_tool_has_its_figures(client, sample):
    for slug in slugs():
        said = client.get(f"/api/v1/tools/{slug}/").json()

        answer = call(client, "get_tool", slug=slug)

        panel, community = said["panel"], said["community"]
        assert f"{said['name']}: {panel['verdict_text']}" in answer["text"]
        if panel["reviews"]:
            assert f"{panel['ships']} ship / {panel['skips']} skip" in answer["text"]
            assert f"score {panel['score']}, spread {panel['spread']}" in answer["text"]
        if community["is_ranked"]:
            low, high = (int(100 * end + 0.5) for end in community["interval"])
            words = f"{community['ship_percent']}% ship, 95% interval {low}–{high}%, n = {community['votes']}"
            assert words in answer["text"]


def test_the_text_of_a_comparison_begins_with_its_bottom_line(client, sample):
    for first, second in list(combinations(slugs(), 2))[::EVERY]:
        said = client.get(f"/api/v1/comparisons/{first}-vs-{second}/").json()

        answer = call(client, "compare", slugs=[second, first])

        assert answer["text"].startswith(said["bottom_line"]["sentence"])


def test_the_changes_are_those_of_the_api(client, sample):
    said = client.get("/api/v1/ledger/?limit=100").json()

    answer = call(client, "changes_since", since="2026-01-01", limit=100)

    assert answer["changes"] == said["items"]
    assert answer["since"] == said["since"]
