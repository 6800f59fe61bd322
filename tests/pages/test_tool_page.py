from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from reviews.actions import reaffirm
from tests.clock import Clock
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.pages.json_ld import structured_data
from tests.pages.reading import links, words
from tools.actions import change_tool
from votes.models import VoteDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Futurist")]


def test_the_page_says_verdict_figures_and_coverage(client, panel):
    tool = make_tool(slug="tool")
    publish_review(tool, panel[0], 90)
    publish_review(tool, panel[1], 61, "skip")

    text = words(client.get("/tools/tool/"))

    assert (
        "Panel ship The share of current reviews that say ship, in whole percent. 50 % (1 of 2)"
        in text
    )
    assert "Panel score The mean of the scores, with one decimal. 75.5" in text
    assert "Spread The highest score minus the lowest. 29" in text
    assert "Reviewed by 2 of 3" in text
    assert "Not reviewed yet by Futurist . Missing reviews are not counted." in text


def test_a_retired_reviewer_who_did_not_review_is_not_missed(client, panel):
    make_reviewer("Emeritus", is_active=False)
    make_tool(slug="tool")

    text = words(client.get("/tools/tool/"))

    assert "No reviewer has scored this tool yet." in text
    assert "Emeritus" not in text


def test_a_revised_review_shows_its_reason_and_the_earlier_one(client, panel):
    tool = make_tool(slug="tool")
    publish_review(tool, panel[0], 40, "skip", body="It lost my data.")
    publish_review(tool, panel[0], 80, body="It keeps my data.", reason="Version 2 writes a log.")

    text = words(client.get("/tools/tool/"))

    assert "It keeps my data. Why it changed: Version 2 writes a log." in text
    assert "1 earlier review 40/100 · Skip" in text
    assert "It lost my data." in text


def test_a_draft_review_is_not_shown(client, panel):
    tool = make_tool(slug="tool")
    tool.reviews.create(reviewer=panel[0], score=12, body="Half a thought.", verdict="skip")

    text = words(client.get("/tools/tool/"))

    assert "Half a thought." not in text
    assert "The panel has not reviewed this tool yet" in text


def test_a_reaffirmed_review_says_when(client, panel):
    review = publish_review(
        make_tool(slug="tool"), panel[0], reviewed_on=timezone.localdate() - timedelta(days=30)
    )
    reaffirm(review=review, on=review.reviewed_on)
    assert "Still stands on" not in words(client.get("/tools/tool/"))

    reaffirm(review=review, on=timezone.localdate())

    assert f"Still stands on {timezone.localdate():%-d %b %Y}" in words(client.get("/tools/tool/"))


def test_a_verdict_that_nobody_checked_for_long_is_marked(client, panel, settings):
    settings.REVIEW_DUE_DAYS = 30
    tool, today = make_tool(slug="tool"), timezone.localdate()
    old = today - timedelta(days=30)
    review = publish_review(tool, panel[0], reviewed_on=old - timedelta(days=1))
    publish_review(tool, panel[1], reviewed_on=old)
    mark = "This verdict may be out of date. The panel last checked it on"
    assert f"{mark} {old:%-d %B %Y}" in words(client.get("/tools/tool/"))

    reaffirm(review=review, on=today - timedelta(days=29))

    assert mark not in words(client.get("/tools/tool/"))


def test_a_verdict_is_marked_with_the_day_of_the_cache_and_not_of_the_time_zone(
    client, settings, monkeypatch
):
    settings.TIME_ZONE, settings.REVIEW_DUE_DAYS = "Pacific/Auckland", 30
    clock = Clock(monkeypatch, datetime(2026, 11, 20, 9, tzinfo=UTC))
    publish_review(make_tool(slug="tool"), make_reviewer(), reviewed_on=date(2026, 10, 22))

    def is_marked(hours):
        clock.move(datetime(2026, 11, 20, tzinfo=UTC) + timedelta(hours=hours))
        return "may be out of date" in words(client.get("/tools/tool/"))

    # In Auckland the next day begins at 11:00 UTC.
    assert [is_marked(hours) for hours in (12, 24)] == [False, True]


def test_a_tool_without_reviews_is_not_marked_as_out_of_date(client, panel):
    make_tool(slug="tool")

    assert "out of date" not in words(client.get("/tools/tool/"))


def test_verdicts_are_listed_with_their_dates_once_one_has_changed(client, panel):
    tool = make_tool(slug="tool")
    publish_review(tool, panel[0], 40, "skip")
    assert "Verdict history" not in words(client.get("/tools/tool/"))

    publish_review(tool, panel[1], 80)
    publish_review(tool, panel[0], 80, reason="It was fixed.")

    day = f"{timezone.localdate():%-d %b %Y}"
    assert f"Verdict history {day} Ship {day} Split {day} Skip What changed" in words(
        client.get("/tools/tool/")
    )


def test_the_alternatives_are_linked_where_there_are_any(client):
    tool = make_tool(name="Ada", slug="ada")
    assert "/tools/ada/alternatives/" not in links(client.get("/tools/ada/"))

    make_tool(category=tool.category)

    assert "/tools/ada/alternatives/" in links(client.get("/tools/ada/"))


def test_markdown_of_a_review_cannot_run_anything(client, panel):
    body = "**Good** <script>alert(1)</script> [x](javascript:alert(1))"
    publish_review(make_tool(slug="tool"), panel[0], body=body)

    page = client.get("/tools/tool/").content.decode()

    assert "<strong>Good</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_an_unknown_fact_is_said_to_be_unknown(client):
    tool, other = make_tool(slug="tool"), make_tool()
    make_fact(other, make_fact_kind(name="Licence"), "MIT")
    make_fact(tool, make_fact_kind("number", name="Context", unit="tokens"), 200_000)
    make_fact(tool, make_fact_kind("number", name="First release", unit="year"), 2024)
    make_fact(tool, make_fact_kind("boolean", name="Self-hosting"), False)

    text = words(client.get("/tools/tool/"))

    assert "Licence Unknown" in text
    assert "Context 200,000 tokens Source of Context" in text
    assert "First release 2024 Source" in text
    assert "Self-hosting No Source" in text


def test_a_fact_that_only_a_draft_or_another_category_has_is_not_listed(client):
    tool = make_tool(slug="tool")
    draft = make_tool(published=False, category=tool.category)
    elsewhere = make_tool(category=make_category())
    make_fact(draft, make_fact_kind(name="Of a draft"), "x")
    make_fact(elsewhere, make_fact_kind(name="Of another category"), "x")

    text = words(client.get("/tools/tool/"))

    assert "No facts are recorded yet." in text


def test_a_discontinued_tool_says_since_when_and_what_to_use(client):
    successor = make_tool(name="Heir", slug="heir")
    tool = make_tool(slug="tool")
    tool.status, tool.status_date, tool.successor = "discontinued", "2026-03-01", successor
    change_tool(tool=tool)

    page = client.get("/tools/tool/")

    assert "Discontinued on 1 March 2026 . It is no longer available. Use instead: Heir" in words(
        page
    )


def test_a_successor_that_is_a_draft_is_not_named(client):
    successor = make_tool(name="Secret heir", published=False)
    make_tool(slug="tool", status="renamed", successor=successor)

    assert "Secret heir" not in client.get("/tools/tool/").content.decode()


def test_similar_tools_are_published_ones_of_the_category_best_first(client, panel):
    category = make_category()
    tool = make_tool(name="B tool", slug="b-tool", category=category)
    good = make_tool(name="Good", slug="good", category=category)
    make_tool(name="Unscored", slug="unscored", category=category)
    make_tool(name="Hidden", slug="hidden", category=category, published=False)
    make_tool(name="Elsewhere", slug="elsewhere", category=make_category())
    publish_review(good, panel[0], 95)
    publish_review(tool, panel[0], 50)

    found = [link for link in links(client.get("/tools/b-tool/")) if link.startswith("/compare/b")]

    assert found == ["/compare/b-tool-vs-good/", "/compare/b-tool-vs-unscored/"]


def test_a_discontinued_tool_is_similar_only_after_the_others_and_says_so(client, panel):
    tool = make_tool(slug="tool")
    gone = make_tool(name="Gone", slug="gone", status="discontinued")
    make_tool(name="Worse", slug="worse")
    publish_review(gone, panel[0], 95)

    page = client.get("/tools/tool/")

    found = [link for link in links(page) if link.startswith("/compare/")]
    assert found == ["/compare/tool-vs-worse/", "/compare/gone-vs-tool/"]
    assert "Gone Ship 95.0 Discontinued" in words(page)
    assert tool.category_id == gone.category_id


def test_the_ledger_tells_one_deed_once_and_leads_to_the_rest(client, panel):
    tool = make_tool(slug="tool")
    publish_review(tool, panel[0], 40, "skip")
    for n in range(8):
        publish_review(tool, panel[0], 60 + n, reason=f"Reason {n}.")

    page = client.get("/tools/tool/")

    # Once in the scorecard and once in the ledger, though two of its lines give the reason.
    assert words(page).count("Reason 7.") == 2
    assert "Builder updated their review: 66/100 · Ship → , now 67/100 · Ship" in words(page)
    assert "/changes/?tool=tool" in links(page)


def test_an_address_outside_the_site_gets_no_credit(client):
    make_tool(slug="tool", website="https://maker.example/")

    page = client.get("/tools/tool/").content.decode()

    assert 'href="https://maker.example/" rel="nofollow noopener"' in page


def test_the_structured_data_cannot_end_its_element(client, panel):
    tool = make_tool(slug="tool", name="</script><b>x")
    publish_review(tool, panel[0], 88)

    response = client.get("/tools/tool/")

    assert structured_data(response, "SoftwareApplication")["name"] == "</script><b>x"


def test_an_old_address_of_a_tool_leads_on_for_good_with_its_query(client):
    tool = make_tool(slug="before")
    tool.slug = "after"
    tool.save()

    answer = client.get("/tools/before/?from=mail")

    assert (answer.status_code, answer["Location"]) == (301, "/tools/after/?from=mail")


def test_an_old_address_of_a_draft_is_not_found(client):
    tool = make_tool(slug="before", published=False)
    tool.slug = "after"
    tool.save()

    assert client.get("/tools/before/").status_code == 404


@pytest.mark.parametrize("field", [{"published": False}, {"published_at": "2999-01-01T00:00Z"}])
def test_what_is_not_published_is_not_found_and_not_offered(client, field):
    make_tool(name="Secret", slug="secret", **field)

    answer = client.get("/tools/secret/")

    assert answer.status_code == 404
    assert "Did you mean" not in words(answer)


def test_an_unknown_tool_is_named_and_near_ones_are_offered(client):
    make_tool(name="Qdrant", slug="qdrant")

    answer = client.get("/tools/qdrnat/")

    assert answer.status_code == 404
    assert "No tool “ qdrnat ”" in words(answer)
    assert "Did you mean Qdrant ?" in words(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/tools/%FF/",
        "/tools/通义/",
        "/tools/" + "a" * 81 + "/",
        "/tools/A b/",
        "/tools/<i>/",
        "/tools/'/",
    ],
)
def test_an_address_that_no_tool_can_have_is_not_found(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "<i>" not in answer.content.decode()


def test_an_address_too_long_for_a_slug_never_reaches_the_database(
    client, django_assert_num_queries
):
    with django_assert_num_queries(0):
        answer = client.get("/tools/" + "a" * 81 + "/")

    assert "Page not found" in words(answer)


@pytest.mark.parametrize("rows", [1, 12])
def test_the_tool_page_takes_twelve_queries_whatever_is_on_it(
    client, django_assert_num_queries, rows
):
    tool = make_tool(slug="tool")
    for _ in range(rows):
        make_fact(tool, make_fact_kind(), "x")
        make_tool(category=tool.category)
        reviewer = make_reviewer()
        publish_review(tool, reviewer, 10, "skip")
        publish_review(tool, reviewer, 90, reason="It grew up.")
        make_reviewer()

    # The state of the catalogue, the tool, the panel with its reviews, ledger, facts, similar tools, ranks.
    with django_assert_num_queries(12):
        client.get("/tools/tool/")


def test_the_vote_chart_of_a_cached_page_moves_with_the_days(client, settings, monkeypatch):
    settings.PAGE_CACHE = True
    now = timezone.now()
    VoteDay.objects.create(tool=make_tool(slug="tool"), day=now.date(), event="cast", count=1)

    today = client.get("/tools/tool/")
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    tomorrow = client.get("/tools/tool/", headers={"If-None-Match": today["ETag"]})

    assert "405.7,104.0 410.0,10.0" in today.text
    assert tomorrow.status_code == 200
    assert "405.7,10.0 410.0,104.0" in tomorrow.text
