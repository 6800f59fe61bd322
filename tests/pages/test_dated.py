"""Pages of a day of the past: which days there are, what their pages say, and what they leave out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from reviews.actions import publish_tool
from tests.clock import Clock
from tests.factories import make_fact, make_fact_kind, make_reviewer, make_tool, publish_review
from tests.pages.reading import canonical, links, robots, title, words
from tests.votes.ballots import make_votes
from tools.actions import change_tool, unpublish_tool

pytestmark = pytest.mark.django_db

START = datetime(2026, 6, 4, 12, tzinfo=UTC)
NOW = datetime(2026, 10, 3, 12, tzinfo=UTC)
TOOL, PAIR = "/tools/alpha/", "/compare/alpha-vs-beta/"


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, START)


@pytest.fixture
def tools(clock):
    """Alpha was Ship with 80 in October, and is Skip with 20 since the third."""
    alpha, beta = (make_tool(slug=name.lower(), name=name) for name in ("Alpha", "Beta"))
    reviewer = make_reviewer("Builder")
    publish_review(alpha, reviewer, 80)
    publish_review(beta, reviewer, 60)
    make_votes(alpha, ships=1)
    clock.move(NOW)
    publish_review(alpha, reviewer, 20, "skip", reason="It broke.")
    make_votes(alpha, skips=1)
    return alpha, beta


@pytest.mark.parametrize("path", [TOOL, PAIR])
def test_it_says_which_day_it_is_and_is_not_indexed(client, tools, path):
    response = client.get(f"{path}?on=2026-10-01")

    what = "tool" if path == TOOL else "comparison"
    assert (
        f"This is the {what} as it was at the end of 1 October 2026 (UTC). See it today"
        in words(response)
    )
    assert path in links(response)
    assert robots(response) == "noindex"
    assert canonical(response).endswith(path)
    assert "1 October 2026" in title(response)
    assert response["Cache-Control"] == "no-store"


def test_it_has_the_figures_of_that_day_and_no_later_ones(client, tools):
    then, today = words(client.get(f"{TOOL}?on=2026-10-01")), words(client.get(TOOL))

    assert "80.0" in then and "1 ship / 0 skip" in then and "It broke." not in then
    assert "20.0" in today and "1 ship / 1 skip" in today and "It broke." in today


def test_today_is_what_holds_so_far_and_says_that_the_day_is_not_over(client, tools):
    text = words(client.get(f"{TOOL}?on=2026-10-03"))

    assert (
        "This is the tool as it is so far on 3 October 2026 (UTC). The day is not over yet." in text
    )
    assert "20.0" in text
    assert "From tomorrow, the link always shows" in text


@pytest.mark.parametrize("path", [TOOL, PAIR])
def test_it_has_nothing_that_acts_on_the_present(client, tools, path):
    page = client.get(f"{path}?on=2026-10-01").content.decode()

    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    assert "compare-tick" not in main
    assert "/me/" not in main


@pytest.mark.parametrize("path", [TOOL, PAIR, f"{TOOL}?on=2026-10-02", f"{PAIR}?on=2026-10-02"])
def test_a_page_says_how_to_cite_it(client, settings, tools, path):
    page = client.get(path).content.decode()

    day = "2026-10-02" if "on=" in path else "2026-10-03"
    address = f"{settings.SITE_URL}{path.partition('?')[0]}?on={day}"
    written = {"2026-10-02": "2 October 2026", "2026-10-03": "3 October 2026"}[day]
    assert f". Ship or Skip, {written} (UTC). {address}</p>" in page


@pytest.mark.parametrize("path", [TOOL, PAIR])
def test_its_markdown_says_which_day_it_is(client, settings, tools, path):
    address = f"{path.removesuffix('/')}.md?on=2026-10-01"
    response = client.get(address)
    preferred = client.get(f"{path}?on=2026-10-01", headers={"Accept": "text/markdown"})

    what = "tool" if path == TOOL else "comparison"
    text = response.content.decode()
    assert f"This is the {what} as it was at the end of 1 October 2026 (UTC)." in text
    assert f"Source: <{settings.SITE_URL}{path}?on=2026-10-01>. Data of 1 Oct 2026 (UTC)." in text
    assert "80" in text and "It broke." not in text
    assert preferred.content == response.content
    assert preferred["Content-Location"] == address


def test_an_error_in_markdown_is_in_words_too(client, tools):
    response = client.get("/tools/alpha.md?on=tomorrow")

    assert response.status_code == 422
    assert "“tomorrow” is not a date." in response.content.decode()


def test_the_rows_that_differ_can_be_shown_alone_and_stay_on_that_day(client, tools):
    response = client.get(f"{PAIR}?on=2026-10-01&diff=1")

    assert "Showing" in words(response)
    assert f"{PAIR}?on=2026-10-01#decision" in links(response)


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("on=2026-13-01", 422, "“2026-13-01” is not a date. Write year, month and day: 2026-10-01."),
        ("on=20261001", 422, "“20261001” is not a date."),
        ("on=2026-W40-4", 422, "“2026-W40-4” is not a date."),
        ("on=²026-10-01", 422, "“²026-10-01” is not a date."),
        ("on=" + 3000 * "9", 422, "“" + 40 * "9" + "” is not a date."),
        ("on=", 422, "“on” is empty. Write year, month and day: 2026-10-01."),
        ("on=2026-10-01&on=2026-10-02", 422, "“on” is given 2 times. Give one date."),
        ("on=2026-10-04", 404, "4 October 2026 is in the future: today is 3 October 2026 (UTC)."),
        ("on=9999-12-31", 404, "31 December 9999 is in the future"),
        ("on=0000-01-01", 422, "“0000-01-01” is not a date."),
        ("on=0001-01-01", 404, "Alpha was added on 4 June 2026. There is nothing before that day."),
        ("on=2026-06-03", 404, "Alpha was added on 4 June 2026. There is nothing before that day."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", [TOOL, PAIR])
def test_a_day_without_a_page_is_an_error_in_words(client, tools, path, query, status, sentence):
    page = client.get(f"{path}?{query}")
    answer = client.get(f"/api/v1{path.replace('compare', 'comparisons')}?{query}")

    assert page.status_code == answer.status_code == status
    assert sentence in words(page)
    problem = answer.json()
    assert sentence in (problem["errors"][0]["detail"] if status == 422 else problem["detail"])


def test_weights_of_a_reader_apply_to_today_only(client, tools):
    response = client.get(f"{PAIR}?on=2026-10-01&w=builder:2")

    assert response.status_code == 422
    assert "Your own weights apply to the comparison of today only." in words(response)


def test_a_day_at_whose_end_a_tool_was_withdrawn_has_no_page(client, clock, tools):
    unpublish_tool(tool=tools[0], reason="It was a duplicate.")
    clock.move(NOW + timedelta(days=1))
    publish_tool(tool=tools[0])

    withdrawn = client.get(f"{PAIR}?on=2026-10-03")

    assert withdrawn.status_code == 404
    assert "Alpha was not in the catalogue at the end of 3 October 2026 (UTC)" in words(withdrawn)
    assert client.get(f"{TOOL}?on=2026-10-04").status_code == 200


def test_nothing_of_a_tool_that_is_withdrawn_today_comes_back(client, tools):
    unpublish_tool(tool=tools[0], reason="It was a duplicate.")

    page, today = client.get(f"{TOOL}?on=2026-10-01"), client.get(TOOL)

    assert "Withdrawn tool" in words(page)
    assert words(page) == words(today)
    assert client.get(f"{PAIR}?on=2026-10-01").status_code == 410
    assert client.get(f"/api/v1{TOOL}?on=2026-10-01").status_code == 410
    assert client.get("/api/v1/comparisons/alpha-vs-beta/?on=2026-10-01").status_code == 410


def test_an_old_address_redirects_and_keeps_the_day(client, tools):
    tools[0].slug = "omega"
    change_tool(tool=tools[0], reason="A new name.")

    page, pair = client.get(f"{TOOL}?on=2026-10-01"), client.get(f"{PAIR}?on=2026-10-01")

    assert (page.status_code, page.url) == (301, "/tools/omega/?on=2026-10-01")
    assert (pair.status_code, pair.url) == (301, "/compare/beta-vs-omega/?on=2026-10-01")
    assert "80.0" in words(client.get(page.url))


def test_a_tool_that_is_due_later_today_is_not_shown_by_asking_for_today(client, clock):
    clock.move(NOW)
    make_tool(slug="alpha", published_at=NOW + timedelta(hours=1))

    assert client.get(f"{TOOL}?on=2026-10-03").status_code == 404


def test_a_fact_whose_kind_has_another_type_now_keeps_its_value(client, clock, tools):
    kind = make_fact_kind("boolean", name="Offline")
    fact = make_fact(tools[0], kind, True, observed_on=START.date())
    clock.move(NOW + timedelta(days=1))
    fact.delete()
    kind.value_type = "text"
    kind.save()

    assert "Offline Yes" in words(client.get(f"{TOOL}?on=2026-10-03"))


def test_a_fact_that_was_observed_after_the_day_is_left_out(client, clock):
    """The log of an imported tool may say that it was there from the beginning."""
    kind = make_fact_kind(name="Offline")
    make_fact(make_tool(slug="alpha"), kind, "Yes", observed_on=date(2026, 6, 6))
    clock.move(NOW)

    assert "Offline Yes" not in words(client.get(f"{TOOL}?on=2026-06-05"))
    assert "Offline Yes" in words(client.get(f"{TOOL}?on=2026-06-06"))


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        (TOOL, 12),
        (PAIR, 8),
        ("/api/v1/tools/alpha/", 7),
        ("/api/v1/tools/alpha/scorecard/", 7),
        ("/api/v1/comparisons/alpha-vs-beta/", 8),
    ],
)
def test_the_number_of_queries_is_constant(
    client, clock, tools, path, queries, django_assert_num_queries
):
    for number in range(3):
        clock.move(NOW + timedelta(minutes=number))
        publish_review(tools[0], make_reviewer(), 50)
        make_fact(tools[0], make_fact_kind(), "MIT")
        make_votes(tools[0], ships=2)

    client.get(f"{path}?on=2026-10-03")  # makes the key of the day for networks

    with django_assert_num_queries(queries):
        assert client.get(f"{path}?on=2026-10-03").status_code == 200


def test_reading_the_past_is_limited(client, tools, settings):
    settings.READ_LIMIT_NETWORK = (2, 1)

    answers = [client.get(f"{TOOL}?on=2026-10-01").status_code for _ in range(3)]

    assert answers == [200, 200, 429]
