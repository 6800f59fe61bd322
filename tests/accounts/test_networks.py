from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import networks
from accounts.models import NetworkKey
from accounts.networks import Network, destroy_old_keys, network_hash, network_names, networks_of
from tests.factories import make_tool
from votes.models import Vote


@pytest.fixture(autouse=True)
def no_key_in_memory():
    networks._key_of.cache_clear()
    yield
    networks._key_of.cache_clear()


@pytest.mark.parametrize(
    "address, network",
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("192.0.3.7", "192.0.3.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("2001:db8:2::", "2001:db8:2::/48"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),  # mapped
        ("2002:c000:207::1", "192.0.2.0/24"),  # 6to4
        ("2002:c000:207:ffff:1:2:3:4", "192.0.2.0/24"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdf8", "192.0.2.0/24"),  # Teredo, of the client 192.0.2.7
        ("64:ff9b::c000:207", "192.0.2.0/24"),  # NAT64
        ("64:ff9c::c000:207", "64:ff9c::/48"),
        ("::1", "::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", "unknown"),
        ("localhost", "unknown"),
        ("192.0.2.7:5123", "unknown"),
        ("192.0.2.256", "unknown"),
        ("x" * 10_000, "unknown"),
        ("\0", "unknown"),
    ],
)
def test_a_network_is_an_ipv4_24_or_an_ipv6_48_and_everything_else_is_unknown(address, network):
    assert network_names(address, [48]) == [network]


@pytest.mark.parametrize(
    "address, names",
    [
        ("2001:db8:1:2:3::4", ["2001:db8:1:2::/64", "2001:db8:1::/48", "2001:db8::/32"]),
        ("192.0.2.7", ["192.0.2.0/24"]),
        ("2002:c000:207::1", ["192.0.2.0/24"]),
        ("", ["unknown"]),
    ],
)
def test_an_ipv6_address_is_limited_in_three_networks_and_others_in_one(address, names):
    assert network_names(address, [64, 48, 32]) == names


@pytest.mark.django_db
def test_each_wider_network_has_ten_times_the_budget():
    line, customer, provider = networks_of("2001:db8:1:2:3::4")

    assert (line.share, customer.share, provider.share) == (1, 10, 100)
    assert customer.hash == network_hash("2001:db8:1:2:3::4")
    assert len({line.hash, customer.hash, provider.hash}) == 3
    assert networks_of("192.0.2.7") == [Network(network_hash("192.0.2.7"), share=1)]


@pytest.mark.django_db
def test_a_network_has_one_hash_of_16_bytes_a_day():
    assert len(network_hash("192.0.2.7")) == 16
    assert network_hash("192.0.2.7") == network_hash("192.0.2.200")
    assert network_hash("192.0.2.7") != network_hash("192.0.3.7")


@pytest.mark.django_db
def test_the_hash_of_a_network_changes_every_day(monkeypatch):
    today = network_hash("192.0.2.7")

    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=1))

    assert network_hash("192.0.2.7") != today
    assert NetworkKey.objects.count() == 2


@pytest.mark.django_db
def test_processes_agree_on_the_days_key():
    first = network_hash("192.0.2.7")

    networks._key_of.cache_clear()  # as another process, which knows the database only

    assert network_hash("192.0.2.7") == first


@pytest.mark.django_db
def test_a_key_is_destroyed_24_hours_after_its_day_has_ended():
    today = timezone.now().date()
    for days in range(4):
        NetworkKey.objects.create(day=today - timedelta(days=days))

    assert destroy_old_keys() == 2

    assert set(NetworkKey.objects.values_list("day", flat=True)) == {
        today,
        today - timedelta(days=1),
    }


@pytest.mark.django_db
def test_the_first_vote_of_a_day_destroys_the_old_keys():
    NetworkKey.objects.create(day=date(2026, 1, 1))

    network_hash("192.0.2.7")

    assert NetworkKey.objects.get().day == timezone.now().date()


@pytest.mark.django_db
def test_a_key_is_32_random_bytes():
    network_hash("192.0.2.7")

    assert len(NetworkKey.objects.get().key) == 32


@pytest.mark.django_db
def test_no_address_is_stored_anywhere(client):
    make_tool(slug="ada")

    client.post(
        "/tools/ada/vote/",
        "choice=ship",
        content_type="application/x-www-form-urlencoded",
        REMOTE_ADDR="203.0.113.77",
    )

    assert Vote.objects.count() == 1
    assert tables_with("203.0.113") == []
    assert tables_with(b"203.0.113".hex()) == []
    assert tables_with(bytes([203, 0, 113]).hex()) == []
    assert "votes_vote" in tables_with("ship")


def tables_with(text):
    """Return the tables that contain the text in any column of any row."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = []
        for name in names:
            cursor.execute(
                f'SELECT 1 FROM "{name}" AS r WHERE r::text LIKE %s LIMIT 1', [f"%{text}%"]
            )
            found += [name for _ in cursor]
    return found
