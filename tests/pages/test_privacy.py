"""The page says what is so: its statements against the code and the configuration of the servers."""

import re
from dataclasses import replace

import pytest
from django.conf import settings

from accounts import networks, readers
from accounts.models import SignInEvent
from accounts.sign_in import known_devices
from bookmarks import transfers
from newsletter.subscribers import links as subscriber_links
from tests.pages.reading import links, words
from web.retention import rules
from web.retention.rules import row_rule

pytestmark = pytest.mark.django_db
DEPLOY = settings.BASE_DIR / "deploy"
# What a log may tell of a request; nothing in it is about who asked.
LOGGED = {
    "time_iso8601", "request_id", "request_method", "redacted_path", "status", "body_bytes_sent", "request_time",
    "upstream_cache_status", "upstream_status", "upstream_response_time",
}  # fmt: skip


def gunicorn():
    configuration = {}
    exec((DEPLOY / "gunicorn.conf.py").read_text(), configuration)
    return configuration


def test_the_page_prints_the_current_periods(client):
    said = words(client.get("/privacy/"))

    assert f"expires {readers.MAX_AGE.days} days after" in said
    assert f"within {transfers.LIFETIME.seconds // 60} minutes" in said
    assert "A removed bookmark is deleted after 1 day" in said
    assert "minutes, and is deleted after 1 day" in said
    assert "deleted from our database within 48 hours" in said
    assert f"link is valid for {subscriber_links.CONFIRM_WITHIN.days} days" in said
    assert (
        "Unconfirmed addresses are deleted after 30 days, reports of undelivered emails after 30 days, and who "
        "received an issue after 365 days." in said
    )


def test_the_page_prints_what_a_rule_says(client, monkeypatch):
    changed = replace(row_rule("provider events"), days=44)
    monkeypatch.setitem(rules._rules, "provider events", changed)

    assert "reports of undelivered emails after 44 days" in words(client.get("/privacy/"))


def test_the_page_prints_the_limits_in_force(client, settings):
    settings.VOTE_LIMIT_NETWORK = (5, 77)
    settings.VOTE_LIMIT_READER = (5, 33)
    settings.NEWSLETTER_LIMIT_NETWORK = (5, 11)

    said = words(client.get("/privacy/"))

    assert "77 votes and 11 sign-ups from one network, and 33 votes of one reader" in said
    assert (networks.IPV4_PREFIX, networks.STORED_IPV6_PREFIX) == (24, 48)
    assert "IPv4 /24, IPv6 /48" in said


@pytest.mark.parametrize(("days", "weeks", "longest"), [(7, 4, 5), (40, 0, 6)])
def test_the_page_says_how_long_backups_are_kept(client, settings, days, weeks, longest):
    settings.BACKUP_DIR = "/backups"
    settings.BACKUP_KEEP_DAYS, settings.BACKUP_KEEP_WEEKS = days, weeks

    assert f"stays in backups until they are deleted, up to {longest} weeks later" in words(
        client.get("/privacy/")
    )


def test_the_page_names_no_backups_where_none_are_made(client, settings):
    settings.BACKUP_DIR = ""

    assert "backup" not in words(client.get("/privacy/")).lower()


def test_the_page_names_every_cookie(client):
    said = words(client.get("/privacy/"))

    for name in [
        readers.COOKIE,
        "last_write",
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        known_devices.COOKIE,
    ]:
        assert f" {name} " in said
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY


def test_the_sign_in_log_has_what_the_page_says(client, settings):
    settings.SIGN_IN_LOG_DAYS = 33

    said = words(client.get("/privacy/"))

    assert (
        "stored for 33 days with the hash of its network, and with the account if one was named"
        in said
    )
    assert {field.name for field in SignInEvent._meta.concrete_fields} == {
        "id", "at", "kind", "user", "network", "by",
    }  # fmt: skip


def test_a_list_of_packages_is_read_in_memory_as_the_page_says(client, settings):
    said = words(client.get("/privacy/"))

    assert "read in memory only. It is not stored or logged." in said
    most = settings.FILE_FORMS["/stack/check/"]
    assert most <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    site = (DEPLOY / "nginx" / "site.conf").read_text()
    (location,) = re.findall(r"location /stack/check/ \{(.*?)\}", site, re.DOTALL)
    assert f"client_body_buffer_size {most};" in location
    assert "proxy_max_temp_file_size 0;" in location


def test_the_log_of_nginx_has_what_the_page_says():
    shared = (DEPLOY / "nginx" / "http.conf").read_text()
    (log_format,) = re.findall(r"^log_format (.*?);$", shared, re.MULTILINE | re.DOTALL)

    assert set(re.findall(r"\$(\w+)", log_format)) == LOGGED
    for name in ["nginx.conf", "nginx-docker.conf"]:
        main = (DEPLOY / name).read_text()
        assert [line.split()[-1] for line in re.findall(r"access_log (.*);", main)] == ["nameless"]
        # The first is of nginx itself; the second, of requests, has no record that concerns one.
        assert [line.split()[-1] for line in re.findall(r"error_log (.*);", main)] == [
            "notice",
            "emerg",
        ]


def test_the_log_of_gunicorn_has_what_the_page_says():
    atoms = set(re.findall(r"%\((.*?)\)s", gunicorn()["access_log_format"]))

    assert atoms == {"t", "m", "U", "s", "B", "D"}


def test_it_leads_to_what_a_reader_can_do(client):
    found = links(client.get("/privacy/"))

    assert found == ["/voting/#stored", "/bookmarks/", "/stack/", "/bookmarks/forget/"]
    assert {client.get(address).status_code for address in found} == {200}
