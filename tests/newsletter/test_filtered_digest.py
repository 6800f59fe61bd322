"""One subscriber's digest, cut out of everybody's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.digest.digest import EVERYTHING, Digest, DigestFilter
from newsletter.digest.items import (
    ChangedVerdict,
    ComparedPair,
    Divisive,
    Gap,
    NewVerdict,
    OtherChange,
    PanelFigures,
    StatusChange,
    ToolName,
)
from newsletter.digest.quotes import Quote

SINCE = datetime(2026, 3, 2, 8, tzinfo=UTC)
WORDS = st.text(max_size=20)
VERDICTS = st.sampled_from(["ship", "skip", "split", "none"])
NUMBERS = st.integers(0, 300)
SCORES = st.decimals(0, 100, places=1).map(str)
NAMES = st.builds(
    ToolName, st.integers(1, 9), WORDS, st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.integers(1, 3), WORDS
)  # fmt: skip
FIGURES = st.none() | st.builds(PanelFigures, NUMBERS, NUMBERS, SCORES)
REASONS = st.lists(WORDS, max_size=2).map(tuple)
QUOTES = st.lists(
    st.builds(Quote, WORDS, st.booleans(), st.sampled_from(["ship", "skip"]), NUMBERS, WORDS),
    max_size=2,
).map(tuple)
TIMES = st.datetimes(timezones=st.just(UTC))


def several(items):
    return st.lists(items, max_size=3).map(tuple)


DIGESTS = st.builds(
    Digest,
    since=TIMES,
    until=TIMES,
    changed=several(
        st.builds(
            ChangedVerdict,
            NAMES,
            st.lists(VERDICTS, min_size=2).map(tuple),
            REASONS,
            FIGURES,
            quotes=QUOTES,
            note=WORDS,
        )
    ),
    new=several(st.builds(NewVerdict, NAMES, VERDICTS, WORDS, FIGURES, WORDS, WORDS, QUOTES)),
    status=several(
        st.builds(StatusChange, NAMES, WORDS, WORDS, st.booleans(), st.none() | NAMES, REASONS)
    ),
    other=several(st.builds(OtherChange, NAMES, WORDS, WORDS, WORDS, REASONS)),
    comparisons=several(
        st.builds(
            ComparedPair,
            NAMES,
            NAMES,
            SCORES,
            SCORES,
            NUMBERS,
            NUMBERS,
            SCORES,
            NUMBERS,
            NUMBERS,
            st.integers(1, 2),
        )
    ),
    divisives=several(st.builds(Divisive, NAMES, VERDICTS, NUMBERS, WORDS, WORDS, NUMBERS)),
    gaps=several(st.builds(Gap, NAMES, VERDICTS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)),
    leads=several(st.from_regex(r"(new|changed)-[1-9]", fullmatch=True)),
    is_announcement=st.booleans(),
    holds_sample=st.booleans(),
)
SETS = st.none() | st.frozensets(st.integers(1, 9))
CHOICES = st.builds(DigestFilter, SETS, SETS)


@given(DIGESTS)
def test_a_digest_comes_back_from_json_as_it_was(digest):
    assert Digest.from_json(json.loads(json.dumps(digest.to_json()))) == digest


@given(DIGESTS, CHOICES)
def test_only_chosen_tools_are_shown(digest, choices):
    chosen = digest.filtered(choices)

    for part in chosen.parts if chosen else []:
        items = getattr(chosen, part)
        for item in items if isinstance(items, tuple) else [items]:
            tools = [item.first, item.second] if part == "comparison" else [item.tool]
            if choices.tools is not None:
                assert {tool.id for tool in tools} <= choices.tools
            if choices.categories is not None:
                assert tools[0].category in choices.categories


@given(DIGESTS, CHOICES)
def test_choosing_the_same_again_changes_nothing(digest, choices):
    chosen = digest.filtered(choices)

    assert chosen is None or chosen.filtered(choices) == chosen


@given(DIGESTS)
def test_who_chose_nothing_gets_everything(digest):
    assert digest.filtered(EVERYTHING) == digest.unless_empty()


@given(DIGESTS, CHOICES)
def test_a_digest_that_was_kept_as_json_can_be_chosen_from(digest, choices):
    kept = Digest.from_json(json.loads(json.dumps(digest.to_json())))

    assert kept.filtered(choices) == digest.filtered(choices)


def name(number, category=1):
    return ToolName(number, f"Tool {number}", f"tool-{number}", category, f"Category {category}")


def digest_of(**parts):
    return Digest(since=SINCE, until=SINCE + timedelta(days=7), **parts)


NEW_1 = NewVerdict(name(1), "ship", "One.", None)
NEW_2 = NewVerdict(name(2, category=2), "skip", "Two.", None)
TORN_1 = Divisive(name(1), "split", 60, "Builder 90", "Skeptic 30", 4)
TORN_2 = Divisive(name(2, category=2), "split", 50, "Builder 90", "Skeptic 40", 3)


def test_categories_keep_their_tools():
    digest = digest_of(new=(NEW_1, NEW_2))

    assert digest.filtered(DigestFilter(categories=frozenset([2]))).new == (NEW_2,)
    assert digest.filtered(DigestFilter(categories=frozenset([3]))) is None


def test_bookmarks_keep_their_tools():
    digest = digest_of(new=(NEW_1, NEW_2))

    assert digest.filtered(DigestFilter(tools=frozenset([1, 9]))).new == (NEW_1,)
    assert digest.filtered(DigestFilter(tools=frozenset())) is None


def test_a_superlative_is_chosen_anew_for_categories():
    digest = digest_of(new=(NEW_1, NEW_2), divisives=(TORN_1, TORN_2))

    assert digest.divisive.tool == name(1)
    assert digest.divisive.among == 7
    chosen = digest.filtered(DigestFilter(categories=frozenset([2])))
    assert (chosen.divisive.tool, chosen.divisive.among) == (name(2, category=2), 3)


def test_a_superlative_stays_with_bookmarks_only_if_it_fell_on_one():
    digest = digest_of(new=(NEW_1, NEW_2), divisives=(TORN_1, TORN_2))

    assert digest.filtered(DigestFilter(tools=frozenset([1]))).divisive.tool == name(1)
    assert digest.filtered(DigestFilter(tools=frozenset([2]))).divisive is None


def test_the_comparison_stays_with_bookmarks_only_if_both_are():
    pair = ComparedPair(name(1), name(2), "80.0", "79.0", 3, 1, "1.0", 4, 4, 1)
    digest = digest_of(new=(NEW_1, NEW_2), comparisons=(pair,))

    assert digest.filtered(DigestFilter(tools=frozenset([1, 2]))).comparison == pair
    assert digest.filtered(DigestFilter(tools=frozenset([1]))).comparison is None
    assert digest.filtered(DigestFilter(tools=frozenset([2]))).comparison is None


def test_a_superlative_of_the_chosen_is_nothing_to_say_by_itself():
    digest = digest_of(new=(NEW_2,), divisives=(TORN_1,))

    assert digest.filtered(DigestFilter(tools=frozenset([1]))) is None


def test_parts_that_staff_took_out_are_no_reason_to_write():
    digest = digest_of(new=(NEW_1,), divisives=(TORN_1,))

    assert digest.only(["new"]).parts == ["new"]
    assert digest.only(["divisive", "other"]) is None


def test_choices_can_stand_for_a_kind_of_mail():
    assert len({DigestFilter(tools=frozenset([1, 2])), DigestFilter(tools=frozenset([2, 1]))}) == 1


@pytest.mark.parametrize("part", ["changed", "new", "status", "other"])
def test_every_kind_of_news_is_a_reason_to_write(part):
    item = {
        "changed": ChangedVerdict(name(1), ("ship", "skip"), (), None),
        "new": NEW_1,
        "status": StatusChange(name(1), "Active", "Paused", False, None, ()),
        "other": OtherChange(name(1), "Price", "9", "12", ()),
    }[part]

    assert digest_of(**{part: (item,)}).filtered(EVERYTHING).parts == [part]
