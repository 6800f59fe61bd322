"""The file that says where to report a vulnerability, held against RFC 9116."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

ADDRESS = "/.well-known/security.txt"


@pytest.fixture(autouse=True)
def contact(settings):
    settings.SITE_URL = "https://shiporskip.example"
    settings.SECURITY_CONTACT = [
        "mailto:security@shiporskip.example",
        "https://shiporskip.example/report",
    ]


def fields(client):
    text = client.get(ADDRESS).content.decode()
    return [tuple(line.split(": ", 1)) for line in text.splitlines()]


def test_it_names_the_contacts_in_order_and_where_it_is(client, settings):
    settings.SECURITY_POLICY_URL = "https://code.example/SECURITY.md"

    found = fields(client)

    assert [value for name, value in found if name == "Contact"] == settings.SECURITY_CONTACT
    assert ("Canonical", "https://shiporskip.example/.well-known/security.txt") in found
    assert ("Policy", "https://code.example/SECURITY.md") in found
    assert ("Preferred-Languages", "en") in found


def test_it_is_plain_text_in_utf_8_without_a_database(client):
    response = client.get(ADDRESS)

    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert response["Cache-Control"] == "public, max-age=86400"


def test_it_expires_once_and_in_less_than_a_year(client):
    (expires,) = [value for name, value in fields(client) if name == "Expires"]

    left = datetime.fromisoformat(expires) - timezone.now()
    assert timedelta(days=89) <= left <= timedelta(days=90)


def test_it_renews_itself_each_day(client, monkeypatch):
    before = fields(client)
    tomorrow = timezone.now().astimezone(UTC) + timedelta(days=1)
    monkeypatch.setattr("web.security_txt.timezone.now", lambda: tomorrow)

    assert fields(client) != before


def test_a_site_without_a_policy_names_none(client, settings):
    settings.SECURITY_POLICY_URL = ""

    assert "Policy" not in dict(fields(client))


def test_without_a_contact_there_is_no_file(client, settings):
    settings.SECURITY_CONTACT = []

    assert client.get(ADDRESS).status_code == 404
