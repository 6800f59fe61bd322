"""What each MCP tool answers, and what it says when it cannot."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.api.mcp.calls import call, error_of
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.votes.ballots import make_votes
from tools.actions import change_tool, unpublish_tool

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    return make_category(slug="coding", name="Coding")


@pytest.fixture
def ada(category):
    return make_tool(slug="ada", name="Ada", tagline="Writes tests.", category=category)


@pytest.fixture
def bea(category):
    return make_tool(slug="bea", name="Bea", tagline="Draws charts.", category=category)


@pytest.fixture
def later(monkeypatch):
    """Let minutes pass: the change log shows an entry 30 seconds after it was written."""
    now = timezone.now

    def pass_time(minutes=1):
        changed = now() + timedelta(minutes=minutes)
        monkeypatch.setattr("django.utils.timezone.now", lambda: changed)

    return pass_time


def rename(tool, slug):
    tool.slug = slug
    change_tool(tool=tool, reason="A new name.")


# search_tools


def test_a_search_finds_tools_by_what_they_do_with_their_verdicts(client, ada, bea):
    publish_review(ada, make_reviewer("Rita"), 80)

    answer = call(client, "search_tools", query="writes tests")

    assert [tool["slug"] for tool in answer["tools"]] == ["ada"]
    assert answer["tools"][0]["panel"]["score"] == 80
    assert answer["source_url"] == "http://127.0.0.1:8000/tools/?q=writes+tests"
    assert "Ada: Ship · 1 ship / 0 skip (n = 1 review), score 80.0," in answer["text"]


def test_a_search_says_whether_more_tools_match(client, category):
    for number in range(3):
        make_tool(name=f"Agent {number}", slug=f"agent-{number}", category=category)

    first = call(client, "search_tools", query="agent", limit=2)
    everything = call(client, "search_tools", query="agent", limit=3)

    assert (len(first["tools"]), first["has_more"]) == (2, True)
    assert (len(everything["tools"]), everything["has_more"]) == (3, False)


def test_a_search_in_a_category_finds_only_its_tools(client, ada):
    make_tool(slug="eda", name="Eda", tagline="Writes tests.", category=make_category())

    answer = call(client, "search_tools", query="writes tests", category="coding")

    assert [tool["slug"] for tool in answer["tools"]] == ["ada"]
    assert answer["source_url"].endswith("/tools/?q=writes+tests&category=coding")


def test_a_search_that_finds_some_of_the_words_says_so(client, ada):
    answer = call(client, "search_tools", query="tests zeppelin")

    assert answer["is_partial"] is True
    assert answer["text"].startswith("No tool matches all of “tests zeppelin”.")


def test_a_search_without_a_match_names_similar_tools(client, ada):
    make_tool(slug="superagent", name="Superagent")

    answer = call(client, "search_tools", query="superagnt")

    assert answer["tools"] == []
    assert answer["text"] == (
        "No tool matches “superagnt”. Similar names: Superagent (slug: superagent)."
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"query": " "}, "The query is empty. Enter a name, or what the tool should do."),
        ({"query": "x" * 101}, "query: String should have at most 100 characters. query: What"),
        ({"query": "x", "category": "none"}, "No category has the slug “none”. The categories are: coding"),
        ({"query": "x", "limit": 21}, "limit: Input should be less than or equal to 20. limit: How many"),
        ({"query": "x", "sort": "name"}, "sort: Extra inputs are not permitted."),
        ({}, "query: Field required. query: What to look for"),
    ],
)  # fmt: skip
def test_a_search_that_is_not_valid_says_what_to_do(client, ada, arguments, words):
    assert error_of(client, "search_tools", **arguments).startswith(words)


# get_tool


def test_a_tool_has_its_figures_facts_and_what_is_unknown(client, ada, bea):
    kind, other = make_fact_kind(name="Licence"), make_fact_kind("boolean", name="Self-hosting")
    make_fact(ada, kind, "MIT")
    make_fact(bea, other, True)
    for name, score in [("Rita", 80), ("Sam", 61)]:
        publish_review(ada, make_reviewer(name), score, "ship" if score > 70 else "skip")
    make_votes(ada, ships=15, skips=5)

    answer = call(client, "get_tool", slug="ada")

    (fact,) = answer["tool"]["facts"]
    assert (fact["value"], fact["source_url"]) == ("MIT", ada.facts.get().source_url)
    assert answer["unknown"] == ["Self-hosting"]
    assert answer["source_url"] == "http://127.0.0.1:8000/tools/ada/"
    day = answer["tool"]["panel"]["last_reviewed_on"]
    assert answer["text"] == (
        "Ada: Split · 1 ship / 1 skip (n = 2 reviews), score 70.5, spread 19, "
        f"last reviewed {day}. Readers' votes: 75% ship, 95% interval 53–89%, n = 20. "
        "1 fact has a source. Unknown: Self-hosting."
    )


def test_a_tool_without_reviews_or_votes_says_so(client, ada):
    text = call(client, "get_tool", slug="ada")["text"]

    assert text == "Ada: Not reviewed yet. No community votes yet. 0 facts have sources."


def test_few_votes_have_no_share_as_on_the_page(client, ada):
    make_votes(ada, ships=8, skips=1)

    answer = call(client, "get_tool", slug="ada")

    words = "Readers' votes: 8 ship / 1 skip (n = 9), too few for a share: 10 are needed."
    assert words in answer["text"]
    community = answer["tool"]["community"]
    assert (community["ship_percent"], community["interval"]) == (None, None)
    assert (community["ships"], community["skips"], community["votes"]) == (8, 1, 9)


def test_a_status_without_a_day_says_so(client, ada):
    ada.status, ada.status_date = "discontinued", None
    change_tool(tool=ada, reason="They said so.")

    assert "Status: Discontinued (date unknown)." in call(client, "get_tool", slug="ada")["text"]


def test_a_status_is_said_with_its_day(client, ada):
    ada.status, ada.status_date = "discontinued", "2026-05-01"
    change_tool(tool=ada, reason="They said so.")

    text = call(client, "get_tool", slug="ada")["text"]

    assert "Status: Discontinued (since 2026-05-01)." in text


def test_the_tool_to_use_instead_is_said(client, ada, bea):
    ada.status, ada.successor = "renamed", bea
    change_tool(tool=ada, reason="They said so.")

    texts = [
        call(client, "get_tool", slug="ada")["text"],
        call(client, "compare", slugs=["ada", "bea"])["text"],
        call(client, "search_tools", query="ada")["text"],
    ]

    for text in texts:
        assert "Status: Renamed (date unknown). Successor: Bea (slug: bea)." in text


def test_an_old_slug_is_answered_under_the_new_one(client, ada):
    rename(ada, "lovelace")

    answer = call(client, "get_tool", slug="ada")

    assert answer["tool"]["slug"] == "lovelace"
    assert answer["moved"] == {"ada": "lovelace"}
    assert answer["text"].startswith("“ada” is now called “lovelace”. Ada:")


def test_an_unknown_slug_is_an_error_with_similar_names(client, ada):
    assert error_of(client, "get_tool", slug="adda") == (
        "No tool has the slug “adda”. Similar names: Ada (slug: ada)."
    )
    assert error_of(client, "get_tool", slug="zzzzzz") == (
        "No tool has the slug “zzzzzz”. Find tools with search_tools."
    )


def test_a_draft_is_unknown_and_not_among_similar_names(client):
    make_tool(slug="draft", name="Draft", published=False)

    assert error_of(client, "get_tool", slug="draft").endswith("Find tools with search_tools.")


def test_a_withdrawn_tool_is_an_error(client, ada):
    unpublish_tool(tool=ada, reason="A duplicate.")

    words = "The tool “ada” was withdrawn from the catalogue. Leave it out."
    assert error_of(client, "get_tool", slug="ada") == words


# compare


def test_a_comparison_says_n_and_interval_of_each_pair(client, ada, bea):
    for name, first, second in [("Rita", 80, 70), ("Sam", 90, 72), ("Tom", 85, 71)]:
        reviewer = make_reviewer(name)
        publish_review(ada, reviewer, first)
        publish_review(bea, reviewer, second)

    answer = call(client, "compare", slugs=["bea", "ada"])

    (pair,) = answer["comparison"]["pairs"]
    assert (pair["both"], pair["mean_difference"]) == (3, 14.0)
    assert answer["source_url"] == "http://127.0.0.1:8000/compare/ada-vs-bea/"
    assert answer["text"].startswith(answer["comparison"]["bottom_line"]["sentence"])
    assert (
        "ada minus bea: mean difference +14.0 points, 95% interval +4.1 to +23.9, "
        "n = 3 of 3 reviewers scored both."
    ) in answer["text"]
    assert [tool["slug"] for tool in answer["tools"]] == ["ada", "bea"]


def test_intervals_of_several_pairs_say_that_they_are_widened(client, ada, bea):
    cay = make_tool(name="Cay", slug="cay", category=ada.category)
    for name, *scores in [("Rita", 80, 70, 60), ("Sam", 90, 72, 61), ("Tom", 85, 71, 66)]:
        reviewer = make_reviewer(name)
        for tool, score in zip([ada, bea, cay], scores, strict=True):
            publish_review(tool, reviewer, score)

    text = call(client, "compare", slugs=["ada", "bea", "cay"])["text"]

    assert (
        "ada minus bea: mean difference +14.0 points, 95% interval (widened, because 3 pairs are compared) "
    ) in text


def test_a_difference_that_nobody_measured_is_unknown(client, ada, bea):
    text = call(client, "compare", slugs=["ada", "bea"])["text"]

    assert "mean difference unknown, 95% interval unknown, n = 0 of 0 reviewers" in text


def test_an_old_slug_is_compared_under_the_new_one(client, ada, bea):
    rename(ada, "lovelace")

    answer = call(client, "compare", slugs=["ada", "bea"])

    assert answer["comparison"]["tools"] == ["bea", "lovelace"]
    assert answer["moved"] == {"ada": "lovelace"}


@pytest.mark.parametrize(
    ("slugs", "words"),
    [
        (["ada"], "slugs: List should have at least 2 items after validation, not 1. slugs: 2 to 4 slugs"),
        (["ada", "bea", "c", "d", "e"], "slugs: List should have at most 4 items after validation, not 5."),
        (["ada", "ada"], "The slugs name the same tool twice. Give 2 to 4 different tools."),
        (["ada", "lovelace"], "The slugs name the same tool twice."),
        (["ada", "adda"], "No tool has the slug “adda”. Similar names: Ada (slug: lovelace)."),
        (["ada", ""], "slugs: String should have at least 1 character."),
        (["ada", 1], "slugs: Input should be a valid string."),
        ("ada", "slugs: Input should be a valid list."),
    ],
)  # fmt: skip
def test_a_comparison_that_is_not_valid_says_what_to_do(client, ada, bea, slugs, words):
    rename(ada, "lovelace")

    assert error_of(client, "compare", slugs=slugs).startswith(words)


# changes_since


def test_changes_since_a_day_are_listed_and_the_cursor_goes_on(client, ada, later):
    today = timezone.now().date().isoformat()
    later()
    first = call(client, "changes_since", since=today)
    ada.pricing = "$ 9"
    change_tool(tool=ada, reason="They said so.")
    later(2)

    answer = call(client, "changes_since", since=first["since"])
    nothing = call(client, "changes_since", since=answer["since"])

    assert [entry["kind"] for entry in first["changes"]] == ["added"]
    assert first["text"].startswith(f"1 change since {today}:\n{today} ada: Added to the catalogue")
    assert first["source_url"] == f"http://127.0.0.1:8000/changes/?since={today}"
    assert [entry["new"] for entry in answer["changes"]] == ["$ 9"]
    assert nothing["changes"] == []
    assert nothing["since"] == answer["since"]
    changed_at = answer["changes"][0]["at"]
    assert nothing["text"] == f"Nothing changed since {changed_at[:10]} {changed_at[11:16]} UTC."


def test_changes_can_be_asked_for_from_a_time_on(client, ada, later):
    start = timezone.now()
    ada.pricing = "$ 9"
    change_tool(tool=ada, reason="They said so.")
    later()
    in_cairo = start.astimezone(ZoneInfo("Africa/Cairo")).isoformat()

    for since in [start.isoformat(), in_cairo, start.isoformat().removesuffix("+00:00")]:
        answer = call(client, "changes_since", since=since)
        assert [entry["kind"] for entry in answer["changes"]] == ["pricing"], since
        assert answer["text"].startswith(f"1 change since {since}:")


@pytest.mark.parametrize("arguments", [{"tool": "ada"}, {"category": "coding"}])
def test_changes_of_a_tool_or_a_category_are_listed_alone(client, ada, later, arguments):
    make_tool(slug="eda", category=make_category())
    later()

    answer = call(client, "changes_since", since="2020-01-01", **arguments)

    assert [entry["tool"] for entry in answer["changes"]] == ["ada"]


def test_many_changes_come_in_parts(client, ada, bea, later):
    later()

    first = call(client, "changes_since", since="2020-01-01", limit=1)
    second = call(client, "changes_since", since=first["since"], limit=1)

    assert (first["has_more"], second["has_more"]) == (True, False)
    tools = [entry["tool"] for answer in [first, second] for entry in answer["changes"]]
    assert tools == ["ada", "bea"]


def test_the_text_has_the_first_changes_only(client, category, later):
    for number in range(22):
        make_tool(slug=f"tool-{number}", category=category)
    later()

    given = {"since": "2020-01-01", "category": "coding", "limit": 50}
    text = call(client, "changes_since", **given)["text"]

    assert len(text.splitlines()) == 22
    assert text.endswith("… and 2 more.")


@pytest.mark.parametrize("since", ["1970-01-01", "0001-01-01", "0001-01-01T00:00:00+23:59"])
def test_changes_since_before_the_first_are_all(client, ada, later, since):
    later()
    everything = call(client, "changes_since", since="2000-01-01")["changes"]

    assert everything
    assert call(client, "changes_since", since=since)["changes"] == everything


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"since": "soon"}, "“soon” is neither a date, such as 2026-10-01, nor the cursor"),
        ({"since": ""}, "“” is neither a date"),
        ({"since": "2025-02-29"}, "“2025-02-29” is neither a date"),
        ({"since": "2999-12-31T23:59:59-23:59"}, "2999-12-31 is in the future."),
        ({"since": "9999-12-31"}, "9999-12-31 is in the future."),
        ({"since": "9999-12-31T23:59:59-23:59"}, "9999-12-31 is in the future."),
        ({"since": "2999-01-01"}, "2999-01-01 is in the future. Give a date up to today."),
        ({"since": "2026-01-01", "tool": "ada", "category": "coding"}, "Give a tool or a category, not both."),
        ({"since": "2026-01-01", "tool": "none"}, "No tool has the slug “none”."),
        ({"since": "2026-01-01", "category": "none"}, "No category has the slug “none”."),
        ({"since": "x" * 61}, "since: String should have at most 60 characters."),
    ],
)  # fmt: skip
def test_changes_that_cannot_be_listed_say_what_to_do(client, ada, arguments, words):
    assert error_of(client, "changes_since", **arguments).startswith(words)


# check_stack


@pytest.fixture
def packages(ada):
    make_fact(ada, make_fact_kind("packages", name="Packages"), "pkg:pypi/ada")


@pytest.mark.parametrize(
    "stack",
    [
        {"manifest": "ada==1.0\nother\n-e .\n"},
        {"manifest": '{"dependencies": {"other": "1"}, "bundledDependencies": []}'},
        {"packages": ["pkg:pypi/Ada@1.0", "pkg:npm/other"]},
    ],
)
def test_a_stack_is_matched_by_its_packages(client, packages, stack):
    answer = call(client, "check_stack", **stack)

    is_npm = "dependencies" in stack.get("manifest", "")
    assert answer["found"] == (0 if is_npm else 1)
    assert [row["tool"]["slug"] for row in answer["tools"]] == ["ada"] * answer["found"]
    assert answer["unknown"] == 1
    assert answer["unknown_packages"][0].endswith("/other")
    assert answer["source_url"] == "http://127.0.0.1:8000/stack/"


def test_a_stack_says_what_was_left_out_and_what_changed(client, packages):
    answer = call(client, "check_stack", manifest="ada==1.0\nother\n-e .\n")

    assert (answer["packages"], answer["skipped"]) == (2, 1)
    (row,) = answer["tools"]
    assert row["packages"] == ["pkg:pypi/ada"]
    assert row["changes"][-1].endswith("Added to the catalogue")
    assert answer["text"].startswith(
        "2 packages were read (requirements.txt). Found: 1 tool of this site.\nAda:"
    )


def test_at_most_a_hundred_unknown_packages_are_named(client):
    answer = call(client, "check_stack", packages=[f"pkg:pypi/p{n}" for n in range(101)])

    assert (answer["unknown"], len(answer["unknown_packages"])) == (101, 100)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "Give either the text of a manifest, or packages."),
        ({"manifest": "ada", "packages": ["pkg:pypi/ada"]}, "Give either the text of a manifest, or"),
        ({"packages": ["ada"]}, "“ada” is not a package URL. Write it like pkg:pypi/langchain"),
        ({"packages": ["pkg:pypi/ada"] * 1001}, "packages: List should have at most 1000 items"),
        ({"packages": ["x" * 301]}, "packages: String should have at most 300 characters."),
        ({"manifest": "x" * 200_001}, "manifest: String should have at most 200000 characters."),
        ({"manifest": "<sbom/>"}, "This is XML"),
        ({"manifest": "[" * 5000}, "Not TOML: "),
        ({"manifest": '{"dependencies": ' + "[" * 99}, "The JSON nests more than 30 levels deep."),
    ],
)  # fmt: skip
def test_a_stack_that_cannot_be_read_says_what_to_do(client, arguments, words):
    assert error_of(client, "check_stack", **arguments).startswith(words)


def test_a_stack_is_limited_as_the_page_is(client, settings):
    settings.STACK_LIMIT_NETWORK = (1, 60)
    call(client, "check_stack", packages=["pkg:pypi/ada"])

    words = error_of(client, "check_stack", packages=["pkg:pypi/ada"])

    assert words == "Too many lists of packages. Try again in 60 seconds."


def test_searches_are_limited_as_pages_are(client, settings):
    settings.READ_LIMIT_NETWORK = (1, 60)
    call(client, "search_tools", query="ada")

    assert error_of(client, "search_tools", query="ada").startswith("Too many requests.")
    assert error_of(client, "get_tool", slug="none").startswith("Too many requests.")


# The cost. Two of the queries are a savepoint of django-mcpz, which there is in the transaction of a test only.


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("tool", "arguments", "queries"),
    [
        ("search_tools", {"query": "agent"}, 8),
        ("get_tool", {"slug": "agent-0"}, 7),
        ("changes_since", {"since": "2020-01-01"}, 7),
        ("changes_since", {"since": "2020-01-01", "tool": "agent-0"}, 8),
        ("check_stack", {"packages": ["pkg:pypi/agent"]}, 11),
    ],
)  # fmt: skip
def test_an_answer_costs_the_same_number_of_queries_with_more_rows(
    client, later, django_assert_num_queries, rows, tool, arguments, queries
):
    kind, rita = make_fact_kind("packages", name="Packages"), make_reviewer("Rita")
    for number in range(rows):
        agent = make_tool(slug=f"agent-{number}", name=f"Agent {number}")
        make_fact(agent, kind, "pkg:pypi/agent")
        publish_review(agent, rita)
    later()

    with django_assert_num_queries(queries):
        call(client, tool, **arguments)


@pytest.mark.parametrize("number", [2, 4])
def test_a_comparison_costs_the_same_number_of_queries_with_more_tools(
    client, django_assert_num_queries, number
):
    tools = [make_tool() for _ in range(number)]
    for name in ["Rita", "Sam"]:
        reviewer = make_reviewer(name)
        for tool in tools:
            publish_review(tool, reviewer)

    with django_assert_num_queries(8):
        call(client, "compare", slugs=[tool.slug for tool in tools])
