"""No password is hashed beyond the limits, and no stranger keeps the owner of a name out."""

import os
import subprocess
import sys
from collections import Counter
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import SignInEvent
from accounts.sign_in import limits
from accounts.sign_in.known_devices import COOKIE
from tests.accounts.sign_in.browser import PASSWORD, WRONG, is_in, type_password

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def slow_refill(monkeypatch):
    """On a busy machine a bucket would fill again during the test."""
    monkeypatch.setattr(limits, "NETWORKS", [(at_once, 1) for at_once, _ in limits.NETWORKS])
    monkeypatch.setattr(limits, "NAME", (limits.NAME[0], 1))
    monkeypatch.setattr(limits, "SITE", (limits.SITE[0], 1))


def addresses(count):
    """Addresses in as many networks."""
    return [f"198.18.{n}.1" for n in range(count)]


def empty_name(name="ed"):
    """What an attacker does to a name from many networks."""
    for address in addresses(limits.NAME[0]):
        type_password(Client(), name, WRONG, address=address)


def test_the_sixth_wrong_password_from_a_network_gets_words_and_hashes_nothing(client, hashes):
    for host in range(5):
        assert type_password(client, password=WRONG, address=f"192.0.2.{host}").status_code == 200
    hashes.clear()

    answer = type_password(client, address="192.0.2.99")

    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert "Nothing was checked. Try again in 300 seconds." in answer.content.decode()
    assert "Too many attempts" in answer.content.decode()
    assert hashes == []


def test_72_names_from_one_network_cost_20_hashes(client, hashes):
    hashes.clear()

    codes = Counter(type_password(client, f"name{n}", WRONG).status_code for n in range(72))

    assert codes == {200: 20, 429: 52}
    assert len(hashes) == 20


@pytest.mark.parametrize(
    "address, granted",
    [
        ("2001:db8:1:2:{n}::1", 20),  # addresses of a /64
        ("2001:db8:1:{n}::1", 40),  # /64s of a /48
        ("2001:db8:{n}::1", 60),  # /48s of a /32: the limit of the site comes first
    ],
)
def test_wider_networks_have_limits_too(client, hashes, address, granted):
    hashes.clear()

    for n in range(granted + 5):
        type_password(client, f"name{n}", WRONG, address=address.format(n=n + 1))

    assert len(hashes) == granted


def test_the_budget_of_a_32_is_its_own(client, hashes, monkeypatch):
    monkeypatch.setattr(limits, "SITE", (1000, 1))
    hashes.clear()

    for n in range(85):
        type_password(client, f"name{n}", WRONG, address=f"2001:db8:{n + 1}::1")

    assert len(hashes) == 80


def test_a_name_has_a_limit_over_all_networks(hashes):
    hashes.clear()

    codes = [
        type_password(Client(), "nobody", WRONG, address=address).status_code
        for address in addresses(12)
    ]

    assert codes == [200] * 10 + [429] * 2
    assert len(hashes) == 10


@pytest.mark.parametrize("name", ["ED", "ｅｄ", " ed ", "Ed"])
def test_another_spelling_of_a_name_has_no_budget_of_its_own(ed, name):
    empty_name()

    assert type_password(Client(), name, WRONG, address="203.0.113.1").status_code == 429


def test_known_and_unknown_names_are_limited_alike(ed):
    def answers(name):
        return [
            type_password(Client(), name, WRONG, address=address).status_code
            for address in addresses(12)
        ]

    assert answers("ed") == answers("nobody")


def test_the_site_has_a_limit(hashes, monkeypatch):
    monkeypatch.setattr(limits, "SITE", (3, 1))
    hashes.clear()

    for n, address in enumerate(addresses(5)):
        type_password(Client(), f"name{n}", WRONG, address=address)

    assert len(hashes) == 3


def test_a_refused_attempt_takes_nothing_from_the_wider_limits(client, ed):
    for _ in range(50):
        type_password(client, password=WRONG)  # 5 of them pass the limit of name and network

    assert type_password(Client(), address="203.0.113.1").status_code == 302


def test_a_browser_that_the_owner_used_before_is_let_in_while_others_attack_the_name(client, ed):
    type_password(client)
    client.post("/admin/logout/")
    empty_name()

    assert type_password(Client(), address="203.0.113.1").status_code == 429
    assert type_password(client, address="203.0.113.1").status_code == 302
    assert is_in(client)


def test_a_known_browser_may_not_guess_for_ever(client, ed):
    type_password(client)

    codes = [type_password(client, password=WRONG).status_code for _ in range(11)]

    assert codes == [200] * 10 + [429]


def test_a_browser_is_known_for_its_own_name_only(client, ed):
    type_password(client)
    empty_name("nobody")

    assert type_password(client, "nobody", WRONG, address="203.0.113.1").status_code == 429


def test_a_forged_cookie_makes_no_browser_known(client, ed):
    empty_name()
    client.cookies[COOKIE] = f"{'0' * 32}:{limits.name_key('ed')}"

    assert type_password(client, address="203.0.113.1").status_code == 429


def test_the_cookie_of_a_known_browser_goes_to_the_admin_only(client, ed, settings):
    settings.SESSION_COOKIE_SECURE = True

    cookie = type_password(client).cookies[COOKIE]

    assert (cookie["path"], cookie["samesite"]) == ("/admin/", "Strict")
    assert cookie["httponly"] and cookie["secure"]
    assert "ed" not in cookie.value.split(":")


def test_wrong_passwords_do_not_count_after_the_right_one(client, ed):
    for _ in range(4):
        type_password(client, password=WRONG)
    type_password(client)

    codes = [type_password(Client(), password=WRONG).status_code for _ in range(6)]

    assert codes == [200] * 5 + [429]


def test_an_operator_fills_the_limits_of_a_name_again(ed, capsys):
    empty_name()

    call_command("reset_second_factor", "ed")

    assert type_password(Client(), address="203.0.113.1").status_code == 302


def test_refusals_are_logged_but_a_flood_of_them_is_not(client, ed):
    for _ in range(40):
        type_password(client, password=WRONG)

    refused = SignInEvent.objects.filter(kind=SignInEvent.Kind.REFUSED)
    assert set(refused.values_list("user", flat=True)) == {ed.pk}
    assert refused.count() == 10


ATTACK = """
import django; django.setup()
import sys
from django.test import Client
first = int(sys.argv[1])
codes = [
    Client().post("/admin/login/", {"username": "ed", "password": "x"}, REMOTE_ADDR=f"198.18.{n}.1").status_code
    for n in range(first, first + 8)
]
print(*codes)
"""


def database_url():
    connection.ensure_connection()
    info = connection.connection.info
    return f"postgresql://{info.user}@:{info.port}/{info.dbname}?host={quote(info.host, safe='')}"


@pytest.mark.django_db(transaction=True)
def test_processes_together_hash_exactly_as_many_passwords_as_one(ed):
    environment = os.environ | {
        "DEBUG": "on", "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "CRITICAL", "ALLOWED_HOSTS": "testserver",
    }  # fmt: skip

    attackers = [
        subprocess.Popen(
            [sys.executable, "-c", ATTACK, str(first)],
            cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True,
        )
        for first in [0, 8, 16]
    ]  # fmt: skip
    codes = Counter(code for attacker in attackers for code in attacker.communicate()[0].split())

    assert codes == {"200": 10, "429": 14}
    assert SignInEvent.objects.filter(kind=SignInEvent.Kind.WRONG_PASSWORD).count() == 10


def test_the_right_password_within_the_limits_passes(client, ed):
    assert type_password(client, password=PASSWORD).status_code == 302
