"""The previews of staff: what readers see after publication, and nothing of it before."""

import re
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from reviews.actions import publish_reviews, publish_tool
from reviews.models import PanelVerdict, Review, Reviewer
from tests.admin_client import make_staff, sign_in
from tests.factories import draft_review, make_reviewer, make_tool, publish_review
from tests.pages.reading import links, robots, words
from tools.actions import unpublish_tool
from tools.models import CatalogVersion, LedgerEntry, Tool
from votes.models import Tally

pytestmark = pytest.mark.django_db

TOOL = [
    "//head/title", "//meta[@name='description']", "//*[contains(@class, 'tool-verdict ')]",
    "//section[@aria-labelledby='scorecard']", "//section[@aria-labelledby='verdicts']",
    "//section[@aria-labelledby='ledger']", "//section[@aria-labelledby='about']",
    "//section[@aria-labelledby='facts']", "//*[@class='similar__name']",
]  # fmt: skip
COMPARISON = [
    "//head/title", "//meta[@name='description']", "//header[@class='comparison-hero']", "//div[@class='tool-cards']",
    "//section[@class='panel-scores']", "//div[@class='choose']", "//table[@class='decision']",
    "//section[@id='scorecard']",
]  # fmt: skip
# What can only be done with what is public.
PUBLIC_ONLY = "//p[@class='more'] | //div[@class='choose__vote'] | //a[@href='#add-tool']"
MARKS = "//mark[text()='draft']"


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Futurist", "Purist")]


@pytest.fixture
def tool(panel):
    """A published tool: two reviews, a draft of a first one, and a draft of a revision."""
    tool = make_tool(name="Zed", slug="zed")
    publish_review(tool, panel[0], 90)
    publish_review(tool, panel[1], 40, "skip")
    draft_review(tool, panel[2], 77, body="It is **fast**.").save()
    draft_review(
        tool, panel[0], 20, "skip", revision=2, reason="It lost a file.", body="No."
    ).save()
    return tool


@pytest.fixture
def rival(panel):
    rival = make_tool(name="Ada", slug="ada")
    for reviewer, score in zip(panel[:3], [70, 60, 75], strict=True):
        publish_review(rival, reviewer, score)
    return rival


def preview_of(tool):
    return reverse("tool_preview", args=[tool.pk])


def comparison_of(tool, **query):
    return reverse("comparison_preview", args=[tool.pk], query=query)


def parts(response, paths):
    """The HTML of the parts of a page, without what only a preview or only a public page has."""
    page = html.fromstring(response.content)
    for element in page.xpath(f"{PUBLIC_ONLY} | {MARKS}"):
        element.drop_tree()
    found = [page.xpath(path) for path in paths]
    return [
        re.sub(r"\s+", " ", html.tostring(element, encoding="unicode", with_tail=False)).strip()
        for elements in found
        for element in elements
    ]


def publish_drafts(tool):
    publish_reviews(tool=tool, reviews=Review.objects.drafts().filter(tool=tool).in_panel_order())
    publish_tool(tool=tool)


@pytest.fixture
def later(monkeypatch):
    """One instant, after everything else was made."""
    now = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: now)


def plain(pages):
    """Without the spaces around tags, which marks leave behind."""
    return [re.sub(r" ?(<[^>]+>) ?", r"\1", page) for page in pages]


def test_the_preview_of_a_tool_is_the_page_after_publication(client, editor, tool, rival, later):
    before = client.get(tool.get_absolute_url())
    preview = editor.get(preview_of(tool))
    publish_drafts(tool)
    after = client.get(tool.get_absolute_url())

    assert len(parts(after, TOOL)) == len(TOOL)
    assert plain(parts(preview, TOOL)) == plain(parts(after, TOOL))
    assert plain(parts(before, TOOL)) != plain(parts(after, TOOL))


def test_the_preview_of_a_draft_tool_is_its_page_after_publication(
    client, editor, panel, rival, later
):
    tool = make_tool(name="Zed", slug="zed", published=False)
    for place, reviewer in enumerate(panel):
        draft_review(tool, reviewer, 60 + place).save()

    preview = editor.get(preview_of(tool))
    publish_drafts(tool)
    after = client.get(tool.get_absolute_url())

    assert plain(parts(preview, TOOL)) == plain(parts(after, TOOL))
    assert "Panel ship" in words(preview)


def test_the_preview_of_a_comparison_is_the_page_after_publication(
    client, editor, tool, rival, later
):
    before = client.get("/compare/ada-vs-zed/")
    preview = editor.get(comparison_of(tool, tools="ada"))
    publish_drafts(tool)
    after = client.get("/compare/ada-vs-zed/")

    assert len(parts(after, COMPARISON)) == len(COMPARISON)
    assert plain(parts(preview, COMPARISON)) == plain(parts(after, COMPARISON))
    assert plain(parts(before, COMPARISON)) != plain(parts(after, COMPARISON))


def stored_rows():
    models = [Tool, Review, PanelVerdict, LedgerEntry, CatalogVersion, Tally]
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_preview_leaves_nothing_behind(editor, tool, rival, django_capture_on_commit_callbacks):
    before = stored_rows()

    with django_capture_on_commit_callbacks() as callbacks:
        editor.get(preview_of(tool))
        editor.get(comparison_of(tool, tools="ada"))

    assert callbacks == []
    assert stored_rows() == before


@pytest.mark.parametrize("page", [preview_of, lambda tool: comparison_of(tool, tools="ada")])
def test_the_rows_are_locked_while_the_page_is_read_and_not_while_it_is_rendered(
    editor, tool, rival, page
):
    Review.objects.drafts().update(handed_back_at=timezone.now(), handed_back_reason="Which one?")

    with CaptureQueriesContext(connection) as captured:
        editor.get(page(tool))

    statements = [query["sql"] for query in captured]
    rolled_back = [sql.startswith("ROLLBACK TO SAVEPOINT") for sql in statements]
    assert sum(rolled_back) == 1
    after = statements[rolled_back.index(True) + 1 :]
    assert [sql for sql in after if "SAVEPOINT" not in sql] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["tools_tool", "votes_tally"])
def test_a_preview_does_not_wait_for_somebody_who_saves_the_tool(table):
    editor, tool = sign_in(make_staff("Editor")), make_tool(published=False)

    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(f"SELECT 1 FROM {table} FOR UPDATE")
        response = editor.get(preview_of(tool))

    assert (response.status_code, response["Retry-After"]) == (503, "1")
    assert "Somebody is saving" in words(response)
    assert editor.get(preview_of(tool)).status_code == 200


def bar(response):
    (found,) = html.fromstring(response.content).xpath("//aside[@aria-label='Preview']")
    return " ".join(found.text_content().split())


def test_the_bar_says_what_is_a_draft_and_what_is_published(editor, tool, panel):
    draft_review(tool, panel[3], None, body="Not done.").save()
    Review.objects.filter(reviewer=panel[2], tool=tool).update(
        publish_at=timezone.now() + timedelta(days=1)
    )

    text = bar(editor.get(preview_of(tool)))

    assert text.startswith("Preview Readers see this after publication. Back to editing")
    assert (
        "Draft reviews, counted in as if they were published: Builder · Futurist (scheduled for"
        in text
    )
    assert "Not counted: the draft of Purist. Missing: score." in text
    assert "Zed is published: public page." in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"published": False}, "Zed is a draft."),
        ({"published": False, "tagline": ""}, "cannot be published yet. Missing: tagline."),
        ({"published_at": timedelta(days=1)}, "Zed is a draft and will be published on"),
    ],
)
def test_the_bar_says_when_a_tool_is_no_public_one(editor, fields, sentence):
    if at := fields.get("published_at"):
        fields = {"published_at": timezone.now() + at}
    tool = make_tool(name="Zed", **fields)

    page = editor.get(preview_of(tool))

    assert sentence in bar(page)
    assert "/vote/" not in page.text  # nobody can vote on a draft


def test_a_tool_without_drafts_is_what_readers_see(editor):
    assert "nothing to publish: readers see this already" in bar(
        editor.get(preview_of(make_tool()))
    )


def test_drafts_of_retired_reviewers_do_not_count(editor, tool, panel):
    Reviewer.objects.filter(pk=panel[2].pk).update(is_active=False)

    assert "Futurist" not in editor.get(preview_of(tool)).text


def test_drafts_are_marked_in_the_pages(editor, tool, rival):
    tool_page = html.fromstring(editor.get(preview_of(tool)).content)
    comparison = html.fromstring(editor.get(comparison_of(tool, tools="ada")).content)

    # In the table of the panel, and at the review.
    assert len(tool_page.xpath(MARKS)) == 2 * 2
    assert len(comparison.xpath(MARKS)) == 2


@pytest.mark.parametrize("page", [preview_of, lambda tool: comparison_of(tool, tools="ada")])
def test_nobody_keeps_or_indexes_a_preview_and_it_counts_no_vote(editor, tool, rival, page):
    response = editor.get(page(tool))

    assert "no-store" in response["Cache-Control"]
    assert (robots(response), response["X-Robots-Tag"]) == ("noindex", "noindex")
    for absent in ["/vote/", "share.png", 'rel="canonical"', "ld+json", "og:image", "/atom/"]:
        assert absent not in response.text


def test_a_typed_name_becomes_a_tool_of_the_comparison(editor, tool, rival):
    third = make_tool(name="Bolt", slug="bolt")

    one = editor.get(comparison_of(tool, add="Ada"))
    two = editor.get(comparison_of(tool, tools="ada", add="bolt"), follow=True)

    assert one["Location"] == comparison_of(tool, tools="ada")
    assert [card.tool for card in two.context["comparison"].cards] == [rival, third, tool]


def test_several_matches_are_a_choice(editor, tool, rival):
    make_tool(name="Bolt One", slug="bolt-one")
    make_tool(name="Bolt Two", slug="bolt-two")

    page = editor.get(comparison_of(tool, tools="ada", add="bolt"))

    assert comparison_of(tool, tools="ada,bolt-one") in links(page)
    assert comparison_of(tool, tools="ada,bolt-two") in links(page)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ({}, "Type the name of a published tool."),
        ({"tools": "zed"}, "Type the name of a published tool."),
        ({"tools": "nowhere", "add": "x"}, "No published tool matches"),
        ({"add": "' ( :* !" * 500}, "No published tool matches"),
        ({"tools": "hidden"}, "Type the name of a published tool."),
        ({"tools": "gone"}, "Type the name of a published tool."),
    ],
)
def test_without_a_published_tool_there_is_nothing_to_compare(editor, tool, query, text):
    make_tool(name="Hidden", slug="hidden", published=False)
    unpublish_tool(tool=make_tool(name="Gone", slug="gone"), reason="It was never there.")

    assert text in words(editor.get(comparison_of(tool, **query)))


def test_a_comparison_has_at_most_four_tools(editor, tool):
    slugs = [make_tool(name=f"Bolt {n}").slug for n in range(5)]

    page = editor.get(comparison_of(tool, tools=",".join(slugs)))
    full = editor.get(comparison_of(tool, tools=",".join(slugs), add="Bolt 4"))

    assert len(page.context["comparison"].cards) == 4
    assert "at most four tools" in words(full)


def test_a_preview_costs_four_queries_for_each_draft_whatever_the_catalogue(editor, panel):
    tool = make_tool(published=False)
    publish_review(make_tool(), panel[2])
    draft_review(tool, panel[0]).save()

    def count():
        with CaptureQueriesContext(connection) as captured:
            editor.get(preview_of(tool))
        return len(captured)

    with_one = count()
    draft_review(tool, panel[1]).save()
    for _ in range(5):
        publish_review(make_tool(), panel[2])

    # The revision that it replaces (twice), that is no longer current, and the review.
    assert (with_one, count()) == (41, 45)


@pytest.mark.parametrize("name", ["tool_preview", "comparison_preview", "own_review_preview"])
def test_previews_are_for_staff_who_may_see_tools(client, name):
    url = reverse(name, args=[make_tool(published=False).pk])

    stranger = client.get(url)
    intern = sign_in(make_staff()).get(url)

    assert (stranger.status_code, stranger["Location"]) == (302, f"/admin/login/?next={url}")
    assert intern.status_code == 403


@pytest.mark.parametrize("pk", ["0", "9" * 19, "9" * 5000])
@pytest.mark.parametrize("page", ["", "compare/", "own-review/"])
def test_a_preview_of_no_tool_is_not_found(editor, pk, page):
    assert editor.get(f"/preview/tools/{pk}/{page}").status_code == 404


@pytest.fixture
def bo():
    """The client of a reviewer who enters blind."""
    user = make_staff("Reviewer")
    make_reviewer("Bo", user=user)
    return sign_in(user)


def own_review_of(tool):
    return reverse("own_review_preview", args=[tool.pk])


def test_blind_entry_hides_previews_until_the_own_reviews_are_handed_in(bo, tool, rival):
    own = draft_review(tool, Reviewer.objects.get(slug="bo"), 33, body="Mine *alone*.")
    own.save()

    closed = [
        bo.get(url).status_code for url in [preview_of(tool), comparison_of(tool, tools="ada")]
    ]
    alone = bo.get(own_review_of(tool))
    Review.objects.filter(pk=own.pk).update(handed_in_at=timezone.now())
    opened = [
        bo.get(url).status_code for url in [preview_of(tool), comparison_of(tool, tools="ada")]
    ]

    assert closed == [403, 403]
    assert "Mine <em>alone</em>." in alone.text
    assert not re.search("It held up|It is <strong>fast|Builder|Futurist", alone.text)
    assert opened == [200, 403]  # that of the rival is still closed


def test_the_own_review_says_what_is_missing(bo, tool):
    own = draft_review(tool, Reviewer.objects.get(slug="bo"), None, body="So *far*.")
    none_yet = bar(bo.get(own_review_of(tool)))
    own.save()

    page = bo.get(own_review_of(tool))

    assert "You have no review of Zed yet." in none_yet
    assert "Missing: score." in bar(page)
    assert "So <em>far</em>." in page.text


def test_back_to_editing_leads_to_the_form_that_the_user_has(bo, editor, tool):
    write = reverse("admin:reviews_review_write", args=[tool.pk])
    change = reverse("admin:tools_tool_change", args=[tool.pk])

    assert f'href="{write}"' in bo.get(own_review_of(tool)).text
    assert f'href="{change}"' in editor.get(preview_of(tool)).text
