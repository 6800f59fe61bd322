"""The promise of docs/adr/0006, while processes are really killed."""

import random

import pytest

from tests.newsletter.kill_load_test import LoadTest, run


@pytest.fixture(scope="module")
def result():
    load_test = LoadTest(recipients=10_000, kills=50, seed=random.randrange(1000), rate=600)
    result = run(load_test)
    print(f"\n{result}")
    return result


def test_nobody_gets_an_issue_twice(result):
    assert result.doubled == []


def test_nothing_is_marked_as_sent_that_was_not_accepted(result):
    assert result.falsely_sent == set()


def test_what_was_accepted_is_sent_or_listed_as_uncertain(result):
    assert result.accepted_but_unrecorded == set()


def test_at_most_one_per_open_connection_per_crash_is_uncertain(result):
    assert result.killed == 50
    assert len(result.uncertain) <= result.load_test.most_uncertain


def test_everybody_else_gets_the_issue_and_it_finishes(result):
    assert set(result.states) <= {"sent", "uncertain"}
    assert result.states.total() == 10_000
    assert result.issue_state == "sent"
