"""One statement per limit. Under parallel use: tests/votes/test_storm.py."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import RateLimit
from accounts.networks import Network
from accounts.rate_limits import Bucket, borrow, consume, network_buckets
from tests.clock import Clock
from web.retention.purge import purge_expired

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """Stands still: a bucket that gets a token each second gets none between two lines of a test."""
    return Clock(monkeypatch, timezone.now())


def let_time_pass(**delta):
    RateLimit.objects.update(updated_at=F("updated_at") - timedelta(**delta))


def test_a_bucket_grants_its_capacity_and_not_one_more():
    bucket = Bucket("b", capacity=3, per_hour=1)

    assert [consume([bucket]) for _ in range(5)] == [[], [], [], [bucket], [bucket]]


def test_a_bucket_without_room_grants_nothing():
    bucket = Bucket("b", capacity=0, per_hour=60)

    assert [consume([bucket]) for _ in range(2)] == [[bucket], [bucket]]


def test_an_empty_bucket_fills_again_with_time():
    bucket = Bucket("b", capacity=2, per_hour=60)
    consume([bucket]), consume([bucket])

    let_time_pass(seconds=61)

    assert [consume([bucket]) for _ in range(2)] == [[], [bucket]]


def test_a_bucket_never_holds_more_than_its_capacity(clock):
    bucket = Bucket("b", capacity=2, per_hour=3600)
    consume([bucket])

    let_time_pass(days=1)

    assert [bool(consume([bucket])) for _ in range(3)] == [False, False, True]


def test_asking_an_empty_bucket_does_not_put_the_filling_off():
    bucket = Bucket("b", capacity=1, per_hour=60)
    consume([bucket])

    let_time_pass(seconds=31)
    consume([bucket])
    let_time_pass(seconds=31)

    assert consume([bucket]) == []


def test_each_bucket_has_its_own_capacity_and_rate(clock):
    small, large = Bucket("z", capacity=1, per_hour=3600), Bucket("a", capacity=3, per_hour=1)
    assert consume([small, large]) == []
    assert consume([small, large]) == [small]

    let_time_pass(seconds=2)

    assert consume([small, large]) == []
    assert consume([small, large]) == [small, large]


def test_a_clock_that_was_set_back_takes_nothing_away():
    bucket = Bucket("b", capacity=2, per_hour=60)
    consume([bucket])

    let_time_pass(hours=-1)

    assert consume([bucket]) == []
    assert consume([bucket]) == [bucket]


def test_an_empty_bucket_says_when_it_grants_again():
    assert Bucket("b", capacity=30, per_hour=120).retry_after == 30
    assert Bucket("b", capacity=1, per_hour=7).retry_after == 515  # 514.3


def increment(*names):
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_increment(%s::text[])", [list(names)])
        return cursor.fetchone()[0]


def test_counters_count_for_themselves():
    assert [increment("a"), increment("b", "a"), increment("a", "b")] == [[1], [1, 2], [3, 2]]


def test_a_wide_network_has_a_bucket_with_its_share_of_the_budget():
    networks = [Network(b"\x01" * 16), Network(b"\x02" * 16, share=10)]

    assert network_buckets("votes", networks, 5, 60) == [
        Bucket("votes:network:" + "01" * 16, 5, 60),
        Bucket("votes:network:" + "02" * 16, 50, 600),
    ]


def expire(name):
    RateLimit.objects.filter(name=name).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_a_bucket_is_kept_until_it_is_full_again_and_a_counter_for_two_days():
    def hours_kept(name):
        left = RateLimit.objects.get(name=name).expires_at - timezone.now()
        return round(left.total_seconds() / 3600, 1)

    consume([Bucket("slow", capacity=5, per_hour=5 / 720), Bucket("fast", 120, 1200)])
    increment("counter")

    assert [hours_kept(name) for name in ("slow", "fast", "counter")] == [721, 1.1, 48]


def test_what_is_as_good_as_new_is_deleted():
    consume([Bucket("old", 1, 1), Bucket("new", 1, 1)])
    expire("old")

    assert purge_expired() == {"rate limits": 1}

    assert RateLimit.objects.get().name == "new"


def test_a_use_puts_off_the_end_of_a_bucket_that_is_about_to_expire():
    consume([Bucket("b", 2, 1)])
    expire("b")

    consume([Bucket("b", 2, 1)])

    assert purge_expired() == {}


def test_what_costs_more_takes_more():
    def big(cost):
        return consume([Bucket("kilobytes", capacity=10, per_hour=1, cost=cost)]) == []

    assert [big(4), big(7), big(6), big(0.5)] == [True, False, True, False]
    assert Bucket("kilobytes", 10, per_hour=100, cost=2.5).retry_after == 90


def test_tokens_are_lent_up_to_a_time_and_each_waits_for_its_own(clock):
    def wait(name="site"):
        seconds = borrow([Bucket(name, capacity=2, per_hour=3600)], most_seconds=3)
        return seconds if seconds is None else round(seconds, 1)

    assert [wait() for _ in range(6)] == [0, 0, 1, 2, 3, None]
    assert [wait("other") for _ in range(2)] == [0, 0]

    let_time_pass(seconds=2)

    assert [wait() for _ in range(3)] == [2, 3, None]


def test_of_several_buckets_the_last_token_is_waited_for(clock):
    site, domain = Bucket("site", 10, 3600), Bucket("domain", 1, 360)
    borrow([site, domain], most_seconds=60)

    assert round(borrow([site, domain], most_seconds=60) or 0) == 10
    assert borrow([site, domain], most_seconds=15) is None


@pytest.fixture
def durable():
    """A connection that waits for the disk, whatever the suite's server is set to."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
        yield
        cursor.execute("RESET synchronous_commit")


@pytest.mark.django_db(transaction=True)
def test_a_limit_does_not_wait_for_the_disk_and_what_comes_after_it_does(durable):
    consume([Bucket("b", capacity=4, per_hour=1)])

    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


@pytest.mark.django_db(transaction=True)
def test_a_limit_within_a_transaction_leaves_its_durability_alone(durable):
    with transaction.atomic(), connection.cursor() as cursor:
        consume([Bucket("b", capacity=4, per_hour=1)])

        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)
