"""axe-core finds no barrier on any kind of page, in either theme."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from dump.publishing import publish_dump
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue
from tests.votes.ballots import make_votes
from tools.actions import change_tool

# Without what axe-core would do to imported stylesheets: it puts their text into the page, which our CSP refuses.
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/", "/tools/", "/tools/?q=nothing", "/tools/ada/", "/tools/cleo/", "/tools/aad/", "/categories/coding/",
    "/compare/", "/compare/?q=a", "/compare/ada-vs-bert/", "/compare/ada-vs-bert/?diff=1",
    "/compare/ada-vs-bert-vs-cleo/", "/compare/ada-vs-nobody/", "/reviewers/", "/reviewers/builder/", "/changes/",
    "/method/", "/voting/", "/privacy/", "/tools/ada/vote/", "/tools/ada/votes/", "/tools/ada/bookmark/",
    "/bookmarks/", "/bookmarks/import/", "/stack/", "/bookmarks/transfer/", "/bookmarks/feed/", "/bookmarks/forget/",
    "/newsletter/", "/newsletter/issues/", "/newsletter/issues/1/", "/newsletter/unsubscribe/x/", "/nowhere/",
    "/api/", "/data/", "/mcp/", "/tools/ada/?on={today}", "/compare/ada-vs-bert/?on={today}", "/tools/ada/?on=2020-01-01",
    "/tools/ada/?on=x",
]  # fmt: skip


# What is closed is not looked at.
OPEN_ALL = "for (const each of document.querySelectorAll('main details')) each.open = true"


@pytest.fixture
def site(live_server, settings, tmp_path):
    """The address of a site with some of everything."""
    settings.DATA_DIR = str(tmp_path)
    coding = make_category(name="Coding", slug="coding")
    ada = make_tool(
        name="Ada", slug="ada", category=coding, best_for="All.", website="https://ada.example/"
    )
    bert = make_tool(name="Bert", slug="bert", category=coding, skip_if="You are in a hurry.")
    make_tool(name="Cleo", slug="cleo", category=coding, status="discontinued", successor=ada)
    for number, name in enumerate(["Builder", "Skeptic", "Founder"]):
        reviewer = make_reviewer(name, motto="Show me.")
        publish_review(ada, reviewer, 90 - number, body="A long first sentence. " * 9)
        publish_review(bert, reviewer, 40 + number, "skip")
    bert.pricing = "More than before."
    change_tool(tool=bert, reason="It costs more.")
    make_fact(ada, make_fact_kind(), "MIT")
    make_issue(full_digest())
    make_votes(ada, 7, 4)
    publish_dump(tmp_path)
    return live_server.url


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_barrier(page, site, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    axe, found = Axe(), []

    for path in PAGES:
        page.goto(site + path.format(today=timezone.now().date()))
        page.evaluate(OPEN_ALL)
        for violation in axe.run(page, options=OPTIONS).response["violations"]:
            nodes = [node["html"][:120] for node in violation["nodes"][:3]]
            found.append((path, violation["id"], nodes))

    assert found == []
