"""The change log is complete: replayed, it ends at the present state of every tool."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reviews.actions import panel_of, publish_tool
from reviews.ledger_check import differences
from reviews.models import PanelVerdict, Review
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools.actions import change_tool, correct_ledger, recorded_changes, unpublish_tool
from tools.ledger import replayed
from tools.ledger_state import state_of
from tools.models import Fact, LedgerEntry, Tool

pytestmark = pytest.mark.django_db

TEXTS = ["", "a", "b", "“x” & <y>", "字"]
FIELDS = st.one_of(
    st.tuples(st.sampled_from(["pricing", "best_for", "skip_if"]), st.sampled_from(TEXTS)),
    st.tuples(st.sampled_from(["name", "tagline"]), st.sampled_from(TEXTS[1:])),
    st.tuples(st.just("slug"), st.sampled_from(["one", "two", "three"])),
    st.tuples(st.just("entry"), st.sampled_from(Tool.Entry.values)),
    st.tuples(st.just("status"), st.sampled_from(Tool.Status.values)),
    st.tuples(st.just("status_date"), st.sampled_from([None, "2026-01-01", "2026-02-01"])),
    st.tuples(st.sampled_from(["category", "successor"]), st.integers(0, 1)),
)
STEPS = st.one_of(
    st.tuples(st.just("change"), st.lists(FIELDS, min_size=1, max_size=3)),
    st.tuples(st.just("fact"), st.tuples(st.integers(0, 2), st.integers(0, 3))),
    st.tuples(st.just("review"), st.tuples(st.integers(0, 2), st.integers(0, 100))),
    st.tuples(st.just("withdraw"), st.none()),
    st.tuples(st.just("publish"), st.booleans()),
    st.tuples(st.just("correct"), st.none()),
)
VALUES = {"text": ["MIT", "BSD"], "number": [5, "0.1234"], "boolean": [True, False]}


class History:
    """A tool and everything that staff can do to it, through the actions."""

    def __init__(self):
        self.reviewers = [make_reviewer() for _ in range(3)]
        self.kinds = [make_fact_kind(value_type) for value_type in VALUES]
        self.categories = [make_category() for _ in range(2)]
        self.successors = [make_tool() for _ in range(2)]
        self.tool = make_tool(published=False, slug="one", category=self.categories[0])

    def do(self, step, argument):
        self.tool = Tool.objects.get(pk=self.tool.pk)
        getattr(self, step)(argument)

    def change(self, fields):
        for name, value in fields:
            if name == "category":
                value = self.categories[value]
            elif name == "successor":
                value = self.successors[value]
            setattr(self.tool, name, value)
        change_tool(tool=self.tool, reason="It is so.")

    def fact(self, argument):
        place, choice = argument
        kind = self.kinds[place]
        with recorded_changes(self.tool.pk):
            Fact.objects.filter(tool=self.tool, kind=kind).delete()
            if choice < 2:
                make_fact(self.tool, kind, VALUES[kind.value_type][choice])

    def review(self, argument):
        place, score = argument
        reviewer = self.reviewers[place]
        known = Review.objects.filter(tool=self.tool, reviewer=reviewer).exists()
        verdict = "ship" if score >= 50 else "skip"
        publish_review(self.tool, reviewer, score, verdict, reason="So." if known else "")

    def withdraw(self, _):
        unpublish_tool(tool=self.tool, reason="It is a copy.")

    def publish(self, is_scheduled):
        at = datetime(2999, 1, 1, tzinfo=UTC) if is_scheduled else None
        if not self.tool.missing_for_publishing() and not (at and self.tool.is_withdrawn):
            publish_tool(tool=self.tool, at=at)

    def correct(self, _):
        entry = self.tool.ledger.filter(kind="pricing").first()
        if entry:
            correct_ledger(entry=entry, correction="Wrong", reason="Misread.")


@hypothesis_settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEPS, max_size=25))
def test_a_random_history_is_replayed_exactly(steps):
    with transaction.atomic():
        replay_at_each(steps)
        transaction.set_rollback(True)  # the next example begins with an empty database


def replay_at_each(steps):
    history = History()
    for step, argument in [*steps, ("publish", False)]:
        history.do(step, argument)

        assert list(differences()) == []
    tool = Tool.objects.get(pk=history.tool.pk)
    if tool.published_at:
        assert replayed(tool).state == state_of(tool, panel_of(tool.pk))


def test_the_sample_catalogue_is_replayed_exactly():
    call_command("import_catalog", str(Path(settings.BASE_DIR, "sample", "catalog.json")))

    assert list(differences()) == []
    assert LedgerEntry.objects.filter(kind="added").count() == Tool.objects.published().count()


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda tool: tool.update(pricing="$9"), "ada: pricing is '$9', not 'Free of charge'"),
        (lambda tool: tool.update(slug="bea"), "bea: slug is 'bea', not 'ada'"),
        (
            lambda tool: tool.update(status_date="2026-01-01"),
            "status_date is '2026-01-01', not None",
        ),
        (lambda tool: tool.update(category=make_category()), "ada: category is"),
        (lambda tool: Fact.objects.update(text="BSD"), "ada: facts is"),
        (lambda tool: Fact.objects.all().delete(), "ada: facts is {}"),
        (lambda tool: PanelVerdict.objects.update(score=F("score") + 1), "score is 81.0, not 80.0"),
        (
            lambda tool: tool.update(published_at=None, withdrawn_at=datetime.now(UTC)),
            "ada: withdrawn is True, not False",
        ),
        (
            lambda tool: tool.update(published_at=None),
            "ada: it has a history, but readers do not see it",
        ),
        (
            lambda tool: tool.update(published_at=datetime.now(UTC) + timedelta(days=1)),
            "ada: it has a history, but readers do not see it",
        ),
    ],
)
def test_a_write_that_goes_past_the_change_log_is_found(write, words):
    tool = make_tool(slug="ada")
    make_fact(tool, make_fact_kind(), "MIT")
    publish_review(tool, make_reviewer(), 80)
    make_tool()

    write(Tool.objects.filter(pk=tool.pk))

    (difference,) = differences()
    assert words in difference


def test_a_published_tool_without_entries_is_found():
    tool = make_tool(slug="ada", published=False)

    Tool.objects.filter(pk=tool.pk).update(published_at=datetime.now(UTC))

    assert list(differences()) == ["ada: it is published and has no entry"]


def test_what_changes_while_a_tool_is_withdrawn_is_no_difference():
    tool = make_tool()
    unpublish_tool(tool=tool, reason="It is a copy.")

    tool.pricing = "$9"
    change_tool(tool=tool)

    assert list(differences()) == []


@pytest.mark.parametrize("tools", [1, 3])
def test_the_check_takes_five_queries_for_any_number_of_tools(tools, django_assert_num_queries):
    for _ in range(tools):
        make_tool()

    with django_assert_num_queries(5):  # ids, entries, panels, tools, facts
        assert list(differences()) == []
