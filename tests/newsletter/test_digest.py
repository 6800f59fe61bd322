from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from newsletter.digest.digest import build_digest
from newsletter.digest.items import (
    ChangedVerdict,
    NewVerdict,
    OtherChange,
    PanelFigures,
    StatusChange,
    ToolName,
)
from newsletter.digest.quotes import Quote
from reviews.actions import publish_tool
from tests.bookmarks.readers import make_reader
from tests.factories import make_category, make_reviewer, make_tool
from tests.newsletter.ledger_factory import (
    SINCE,
    UNTIL,
    correct,
    old_tool,
    on,
    record_change,
    review,
    week,
)
from tests.votes.ballots import HOME_NETWORKS
from tools.actions import change_tool, correct_ledger, unpublish_tool
from tools.models import LedgerEntry
from votes.actions import cast_vote
from votes.models import Tally, VoteDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder")]


# "Best for" and "skip if" of the tools that tests make.
ADVICE = "Those who need one thing.", "You need two."


def name_of(tool):
    return ToolName(tool.pk, tool.name, tool.slug, tool.category_id, tool.category.name)


def test_a_week_in_which_nothing_happened_has_nothing_to_say(panel):
    tool = old_tool("Quiet")
    review(tool, (panel[0], 80, "ship"), at=on(-3))

    assert week() is None


def test_a_first_panel_verdict_is_new(panel):
    tool = old_tool("Amp", tagline="Runs things.")
    review(tool, (panel[0], 80, "ship"), (panel[1], 61, "ship"), at=on(2))

    digest = week()

    assert digest.new == (
        NewVerdict(
            name_of(tool),
            "ship",
            "Runs things.",
            PanelFigures(2, 0, "70.5"),
            *ADVICE,
            quotes=(Quote("Builder", False, "ship", 80, "It held up."),),
        ),
    )
    assert digest.changed == digest.status == digest.other == ()


def test_what_happens_at_the_beginning_counts_and_at_the_end_no_longer(panel):
    first, last = old_tool("First"), old_tool("Last")
    review(first, (panel[0], 80, "ship"), at=SINCE)
    review(last, (panel[0], 80, "ship"), at=UNTIL)

    assert [item.tool.name for item in week().new] == ["First"]


def test_a_tool_shown_for_the_first_time_is_new_with_the_verdict_it_has(panel):
    tool = make_tool(name="Draft", published=False)
    review(tool, (panel[0], 40, "skip"), at=on(-20))
    publish_tool(tool=tool, at=on(3))

    (item,) = week().new

    assert (item.tool.name, item.verdict) == ("Draft", "skip")


def test_a_tool_that_was_hidden_and_shown_again_is_not_new(panel):
    tool = make_tool(name="Back", published=False)
    review(tool, (panel[0], 40, "skip"), at=on(-20))
    publish_tool(tool=tool, at=on(-10))
    unpublish_tool(tool=tool, reason="A duplicate.")
    publish_tool(tool=tool, at=on(3))

    digest = week()
    assert digest.new == ()
    assert [(item.label, item.now) for item in digest.other] == [
        ("Published again", "Does one thing.")
    ]


def test_a_tool_that_came_out_after_the_week_is_left_to_the_next(panel):
    tool = make_tool(name="Early", published=False)
    review(tool, (panel[0], 80, "ship"), at=on(2))
    publish_tool(tool=tool, at=on(9))

    assert week() is None


def test_a_tool_shown_without_a_verdict_is_told_as_added():
    tool = make_tool(name="Bare", tagline="Plain.", published=False)
    publish_tool(tool=tool, at=on(3))

    digest = week()

    assert digest.new == ()
    assert digest.other == (OtherChange(name_of(tool), "Added to the catalogue", "", "Plain.", ()),)


def test_new_verdicts_stand_by_score(panel):
    for name, score in [("Low", 40), ("High", 90), ("Middle", 60)]:
        review(old_tool(name), (panel[0], score, "ship"), at=on(1))

    assert [item.tool.name for item in week().new] == ["High", "Middle", "Low"]


def test_a_changed_verdict_tells_from_what_to_what_and_why(panel):
    tool = old_tool("Cline")
    review(tool, (panel[0], 40, "skip"), at=on(-9))
    review(tool, (panel[0], 81, "ship"), at=on(4), reason="It was fixed.")

    digest = week()

    assert digest.new == ()
    assert digest.changed == (
        ChangedVerdict(
            name_of(tool),
            ("skip", "ship"),
            ("Builder: It was fixed.",),
            PanelFigures(1, 0, "81.0"),
            *ADVICE,
            quotes=(Quote("Builder", False, "ship", 81, "It held up."),),
        ),
    )


def test_a_verdict_that_another_reviewer_turned_tells_who(panel):
    tool = old_tool("Amp")
    review(tool, (panel[0], 80, "ship"), at=on(-9))
    review(tool, (panel[1], 30, "skip"), at=on(4))

    (item,) = week().changed

    assert (item.was_word, item.word) == ("Ship", "Split")
    assert item.reasons == ("Skeptic reviewed it: 30/100 · Skip",)


def test_a_review_that_turned_nothing_is_no_reason(panel):
    tool = old_tool("Amp")
    review(tool, (panel[0], 80, "ship"), at=on(-9))
    review(tool, (panel[1], 30, "skip"), at=on(4))
    review(tool, (panel[0], 70, "ship"), at=on(5), reason="Slower now.")

    assert week().changed[0].reasons == ("Skeptic reviewed it: 30/100 · Skip",)


def test_several_changes_are_told_from_the_first_to_the_last(panel):
    tool = old_tool("Amp")
    review(tool, (panel[0], 80, "ship"), at=on(-9))
    review(tool, (panel[1], 30, "skip"), at=on(1))
    review(tool, (panel[2], 20, "skip"), at=on(3))

    (item,) = week().changed

    assert item.steps == ("ship", "split", "skip")
    assert (item.was_word, item.between, item.word) == ("Ship", ["Split"], "Skip")
    assert item.reasons == (
        "Skeptic reviewed it: 30/100 · Skip",
        "Founder reviewed it: 20/100 · Skip",
    )


def test_a_verdict_that_went_and_came_back_says_so(panel):
    tool = old_tool("Amp")
    review(tool, (panel[0], 80, "ship"), at=on(-9))
    review(tool, (panel[1], 30, "skip"), at=on(1))
    review(tool, (panel[1], 70, "ship"), at=on(3), reason="I was wrong.")

    (item,) = week().changed

    assert item.steps == ("ship", "split", "ship")
    assert item.is_back


def test_a_first_verdict_that_changed_in_the_same_week_is_new_as_it_stands(panel):
    tool = old_tool("Amp")
    review(tool, (panel[0], 80, "ship"), at=on(1))
    review(tool, (panel[1], 30, "skip"), at=on(2))

    digest = week()

    assert [item.verdict for item in digest.new] == ["split"]
    assert digest.changed == ()


def test_figures_are_those_of_the_end_of_the_period(panel):
    tool = old_tool("Amp")
    review(tool, (panel[0], 80, "ship"), at=on(1))
    review(tool, (panel[1], 30, "skip"), at=on(9))

    (item,) = week().new

    assert (item.verdict, item.figures) == ("ship", PanelFigures(1, 0, "80.0"))


def test_a_discontinued_tool_tells_what_to_use():
    heir, tool = old_tool("Heir"), old_tool("Gone")
    record_change(
        tool,
        "status",
        "active",
        "discontinued",
        at=on(2),
        reason="Sold.",
        new_successor=heir,
    )

    assert week().status == (
        StatusChange(name_of(tool), "Active", "Discontinued", True, name_of(heir), ("Sold.",)),
    )


def test_a_successor_that_is_not_shown_any_more_is_not_named():
    heir, tool = old_tool("Heir"), old_tool("Gone")
    record_change(tool, "status", "active", "discontinued", at=on(2), new_successor=heir)
    unpublish_tool(tool=heir, reason="A duplicate.")

    digest = week()

    assert digest.status[0].successor is None
    assert "Heir" not in str(digest)


def test_discontinued_tools_stand_before_other_changes_of_status():
    record_change(old_tool("Gone"), "status", "active", "discontinued", at=on(1))
    record_change(old_tool("Bought"), "status", "active", "acquired", at=on(3))

    assert [(item.tool.name, item.now) for item in week().status] == [
        ("Gone", "Discontinued"),
        ("Bought", "Acquired"),
    ]


def test_prices_entries_and_names_are_told_from_the_first_to_the_last():
    tool = old_tool("Amp")
    record_change(tool, "pricing", "9", "12", at=on(1))
    record_change(tool, "pricing", "12", None, at=on(2), reason="It is free now.")
    record_change(tool, "entry", "paid", "free", at=on(2))
    record_change(tool, "name", "Amplifier", "Amp", at=on(3))

    assert week().other == (
        OtherChange(name_of(tool), "Name", "Amplifier", "Amp", ()),
        OtherChange(name_of(tool), "Entry", "Paid", "Free", ()),
        OtherChange(name_of(tool), "Price", "9", "not stated", ("It is free now.",)),
    )


def test_what_changed_and_changed_back_is_left_out():
    tool = old_tool("Amp")
    record_change(tool, "pricing", "9", "12", at=on(1))
    record_change(tool, "pricing", "12", "9", at=on(2))
    record_change(tool, "status", "active", "paused", at=on(1))
    record_change(tool, "status", "paused", "active", at=on(2))

    assert week() is None


def test_what_staff_change_today_is_told_of_today():
    tool = old_tool("Before")
    tool.name, tool.status = "After", "discontinued"
    change_tool(tool=tool, reason="New owner.")
    entry = LedgerEntry.objects.latest("at")

    digest = build_digest(entry.at, datetime(2999, 1, 1, tzinfo=UTC))

    assert [(item.label, item.was, item.now) for item in digest.other] == [
        ("Name", "Before", "After")
    ]
    assert digest.status[0].now == "Discontinued"


def test_drafts_and_scheduled_tools_never_appear(panel):
    tool = make_tool(name="Secret", published=False)
    review(tool, (panel[0], 80, "ship"), at=on(2))
    publish_tool(tool=make_tool(published=False), at=datetime(2999, 1, 1, tzinfo=UTC))

    assert week() is None


def test_what_is_still_to_come_is_left_out():
    now = timezone.now()
    tool = make_tool(name="Tomorrow", published=False)
    publish_tool(tool=tool, at=now + timedelta(days=1))
    record_change(old_tool("Amp"), "pricing", "9", "12", at=now + timedelta(days=1))

    assert build_digest(now - timedelta(days=1), now + timedelta(days=7)) is None


def test_a_corrected_line_is_told_as_it_should_have_been():
    tool = old_tool("Amp")
    entry = record_change(tool, "pricing", "9", "19", at=on(1), reason="New plans.")
    correct(entry, "12", at=on(2), reason="A typo.")

    assert week().other == (
        OtherChange(
            name_of(tool), "Price", "9", "12", ("New plans.", "Corrected from “19”: A typo.")
        ),
    )


def test_a_correction_that_staff_wrote_after_the_week_counts_too():
    tool = old_tool("Amp")
    entry = record_change(tool, "pricing", "9", "19", at=on(1))
    correct_ledger(entry=entry, correction="12", reason="A typo.")

    assert [item.now for item in week().other] == ["12"]


def test_a_correction_of_a_correction_has_the_last_word():
    tool = old_tool("Amp")
    entry = record_change(tool, "pricing", "9", "19", at=on(1))
    first = correct(entry, "12", at=on(2))
    correct(first, "13", at=on(3), reason="Counted again.")

    (item,) = week().other

    assert (item.label, item.was, item.now) == ("Price", "9", "13")
    assert item.reasons == ("Corrected from “19”: Counted again.",)


def test_a_line_corrected_to_what_it_was_before_is_left_out():
    tool = old_tool("Amp")
    entry = record_change(tool, "pricing", "9", "19", at=on(1))
    correct(entry, "9", at=on(2))

    assert week() is None


def test_a_correction_answers_the_line_of_its_kind():
    tool = old_tool("Amp")
    price = record_change(tool, "pricing", "9", "Free", at=on(1))
    record_change(tool, "entry", "paid", "free", at=on(2))
    correct(price, "12", at=on(3))

    assert [(item.label, item.now) for item in week().other] == [("Entry", "Free"), ("Price", "12")]


def test_a_correction_answers_the_line_of_its_words():
    tool = old_tool("Amp")
    first = record_change(tool, "pricing", "9", "12", at=on(1))
    record_change(tool, "pricing", "12", "19", at=on(2))
    correct(first, "13", at=on(3))

    (item,) = week().other

    assert (item.was, item.now) == ("9", "19")
    assert item.reasons == ("Corrected from “12”: A slip.",)


def test_a_correction_of_a_tool_is_none_of_another():
    one, other = old_tool("One"), old_tool("Other")
    wrong = record_change(one, "pricing", "9", "19", at=on(1))
    record_change(other, "pricing", "9", "19", at=on(1))
    correct(wrong, "12", at=on(2))

    assert [(item.tool.name, item.now) for item in week().other] == [("One", "12"), ("Other", "19")]


def test_corrections_of_corrections_of_an_earlier_week_are_told_once():
    tool = old_tool("Amp")
    entry = record_change(tool, "pricing", "9", "19", at=on(-5))
    first = correct(entry, "12", at=on(2), reason="A typo.")
    correct(first, "13", at=on(3), reason="Counted again.")

    assert week().other == (
        OtherChange(
            name_of(tool),
            "Correction (Price)",
            "19",
            "13",
            ("Counted again.",),
        ),
    )


def test_a_verdict_corrected_to_what_it_was_is_left_out():
    tool = old_tool("Amp")
    entry = record_change(tool, "verdict", "split", "ship", at=on(1))
    correct(entry, "split", at=on(2))

    assert week() is None


def test_a_correction_of_an_earlier_week_is_told_by_itself():
    tool = old_tool("Amp")
    entry = record_change(tool, "pricing", "9", "19", at=on(-5))
    correct(entry, "12", at=on(2), reason="A typo.")

    assert week().other == (
        OtherChange(name_of(tool), "Correction (Price)", "19", "12", ("A typo.",)),
    )


def test_a_verdict_told_wrong_is_told_right():
    tool = old_tool("Amp")
    entry = record_change(tool, "verdict", "split", "ship", at=on(1))
    correct(entry, "skip", at=on(2))

    digest = week()

    assert [item.steps for item in digest.changed] == [("split", "skip")]
    assert digest.other == ()


def test_names_and_reasons_are_single_lines_without_tricks():
    tool = old_tool("Evil\u202eloot\nname", slug="evil")
    record_change(tool, "pricing", "9", "12", at=on(1), reason="One.\r\n\x1bTwo\u2066. ")

    (item,) = week().other

    assert item.tool.name == "Evilloot name"
    assert item.reasons == ("One. Two.",)


def test_a_long_reason_is_cut_between_words():
    record_change(old_tool("Amp"), "pricing", "9", "12", at=on(1), reason="word " * 100)

    (reason,) = week().other[0].reasons

    assert reason == "word " * 54 + "word…"


def test_a_long_reason_without_spaces_is_cut_anyway():
    record_change(old_tool("Amp"), "pricing", "9", "12", at=on(1), reason="字" * 500)

    assert week().other[0].reasons == ("字" * 279 + "…",)


@pytest.mark.parametrize("tools", [1, 3])
def test_a_digest_is_six_queries_whatever_happened(panel, django_assert_num_queries, tools):
    for number in range(tools):
        category = make_category()
        for n in range(2):
            tool = old_tool(f"Tool {number}-{n}", category=category)
            opinions = [(reviewer, 50 + n + 9 * i, "ship") for i, reviewer in enumerate(panel)]
            review(tool, *opinions, at=on(1))
            record_change(tool, "pricing", "9", "12", at=on(2))

    with django_assert_num_queries(6):
        digest = week()

    assert len(digest.new) == 2 * tools
    assert digest.comparison


def test_nothing_to_say_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert week() is None


def test_a_digest_that_is_built_again_later_is_the_same(panel):
    voted, other, third = old_tool("Voted"), old_tool("Other"), old_tool("Third")
    for tool, scores in [(voted, (80, 70, 60)), (other, (79, 70, 60)), (third, (9, 9, 9))]:
        review(tool, *zip(panel, scores, ["ship"] * 3, strict=True), at=on(2))
    Tally.objects.filter(tool__in=[voted, third]).update(ships=1, skips=19)
    before = week()

    review(voted, (panel[0], 5, "skip"), at=on(9), reason="It broke.")
    review(other, (panel[1], 5, "skip"), at=on(9), reason="It broke.")
    cast_vote(reader_id=make_reader().pk, slug=other.slug, networks=HOME_NETWORKS, choice="ship")
    voted.refresh_from_db()
    voted.status = "discontinued"
    change_tool(tool=voted)

    assert before.comparison and before.divisive and before.gap
    assert week() == before


def test_the_gap_leaves_out_tools_with_votes_since_the_period(panel):
    tools = [old_tool(name) for name in ("Voted", "Other", "Third")]
    for tool in tools:
        review(tool, *zip(panel, (80, 70, 60), ["ship"] * 3, strict=True), at=on(2))
        Tally.objects.filter(tool=tool).update(ships=1, skips=19)
    assert week().gap.among == 3

    VoteDay.objects.create(tool=tools[0], day=UNTIL.date(), event="cast", count=1)

    assert week().gap.among == 2
