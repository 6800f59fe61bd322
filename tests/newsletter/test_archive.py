"""The issues that went out, as pages of the site."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from newsletter.digest.digest import build_digest
from newsletter.models import Issue
from tests.factories import make_tool
from tests.newsletter.digests import changed, digest_of, full_digest
from tests.newsletter.factories import make_issue
from tests.pages.reading import links, words

pytestmark = pytest.mark.django_db
ARCHIVE = "/newsletter/issues/"
EVIL = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://ship.example"


def test_an_archive_without_issues_says_so(client):
    assert "No issue has been sent yet." in words(client.get(ARCHIVE))


def test_the_archive_lists_sent_issues_newest_first(client):
    make_issue(full_digest(), subject="First", preheader="In short.")
    make_issue(full_digest(), subject="Second", cadence="monthly")

    response = client.get(ARCHIVE)

    assert re.findall(r"Issue \d+", words(response)) == ["Issue 2", "Issue 1"]
    assert "First In short." in words(response)
    assert [link for link in links(response) if re.search(r"/\d+/", link)] == [
        "/newsletter/issues/2/",
        "/newsletter/issues/1/",
    ]


def test_drafts_and_scheduled_issues_are_not_public(client):
    make_issue(subject="Secret draft")
    make_issue(subject="Secret plan", state="scheduled", scheduled_for="2999-01-01T00:00Z")
    make_issue(full_digest(), subject="Open")

    pages = [ARCHIVE, ARCHIVE + "1/", ARCHIVE + "rss/", ARCHIVE + "atom/"]

    assert all("Secret" not in client.get(page).content.decode() for page in pages)


def test_a_draft_is_not_found_even_if_it_had_a_number(client):
    make_issue(number=5, subject="Secret")

    assert client.get(ARCHIVE + "5/").status_code == 404


@pytest.mark.parametrize("state", ["sending", "paused", "sent", "cancelled"])
def test_an_issue_is_public_once_sending_has_started(client, state):
    make_issue(full_digest(), subject="Open", state=state)

    assert "Open" in words(client.get(ARCHIVE + "1/"))


def test_an_issue_page_shows_the_whole_issue(client):
    make_issue(full_digest(), subject="The week", preheader="In short.", intro="**Hello.**")

    assert words(client.get(ARCHIVE + "1/")) == (
        "Newsletter archive Issue 1 Issue 1, 2 to 9 March 2026 The week In short. Hello. "
        "Changed verdicts Tool 1 Split → Ship 3 ship / 1 skip, panel score 69.8 "
        "Why: Builder: It was fixed. “ It works every day now. ” — Builder (Ship, 88) "
        "New verdicts Tool 2 Skip 0 ship / 2 skip, panel score 31.5 Does two things. "
        "Best for: Two things at once. Skip if: One is enough. "
        "“ It does neither of them well. ” — Skeptic, AI-assisted (Skip, 12) "
        "Editor’s note: We asked the makers. "
        "Discontinued tools Tool 3 Discontinued (was Active) Use Tool 4 instead. Why: Sold. "
        "Comparison of the week Tool 6 vs Tool 5 Panel scores 80.0 and 79.0 "
        "4 reviewers scored both. 3 prefer Tool 6 . 1 prefers Tool 5 . "
        "On average Tool 6 is 1 point ahead. "
        "Most divisive Tool 7 Split 60 points between Builder 90 and Skeptic 30. "
        "The largest spread of 5 tools reviewed in this period. "
        "Widest panel–community gap Tool 8 Ship "
        "85 points apart: 100% of the panel and 15% of readers say ship (20 votes). "
        "The widest gap of 3 tools with 10 votes or more. "
        "Other changes Tool 9 Price: 9 a month → 12 a month "
        "Get the next issue by email"
    )


def test_a_long_issue_is_shown_in_full(client):
    make_issue(digest_of(changed=tuple(changed(n) for n in range(1, 41))))

    page = client.get(ARCHIVE + "1/").content.decode()

    assert page.count('class="issue__item"') == 40
    assert "more</a>" not in page


def test_an_issue_page_shows_the_frozen_content(client):
    tool = make_tool(name="Then", slug="then")
    digest = build_digest(tool.published_at, tool.published_at.replace(year=2999))
    make_issue(digest)
    tool.name = "Now"
    tool.save()

    assert "Then" in words(client.get(ARCHIVE + "1/"))


def test_an_issue_page_has_no_personal_links(client):
    make_issue(full_digest(), intro="See [the method](/method/).")

    addresses = links(client.get(ARCHIVE + "1/"))

    assert not [link for link in addresses if "unsubscribe" in link or "preferences" in link]
    assert all(link.startswith("/") for link in addresses)


def test_an_issue_links_to_the_previous_and_the_next(client):
    for subject in ("First", "Second", "Third"):
        make_issue(full_digest(), subject=subject)

    assert "Previous: First Next: Third" in words(client.get(ARCHIVE + "2/")).replace(
        "← ", ""
    ).replace(" →", "")
    assert "/newsletter/issues/2/" in links(client.get(ARCHIVE + "1/"))
    assert "Previous:" not in words(client.get(ARCHIVE + "1/"))
    assert "Next:" not in words(client.get(ARCHIVE + "3/"))


def test_a_gap_in_the_numbers_is_skipped(client):
    for number in (1, 7):
        make_issue(full_digest(), subject=f"Number {number}", number=number)

    assert "Previous: Number 1" in words(client.get(ARCHIVE + "7/"))
    assert client.get(ARCHIVE + "2/").status_code == 404


@pytest.mark.parametrize(
    "number", ["0", "2", "99999999999", "9" * 30, "9" * 5000, "-1", "x", "1.0"]
)
def test_an_unknown_issue_number_answers_404(client, number):
    make_issue(full_digest())

    assert client.get(f"{ARCHIVE}{number}/").status_code == 404


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "9" * 30])
def test_a_page_number_out_of_range_shows_the_nearest_page(client, page):
    make_issue(full_digest(), subject="Only")

    assert "Only" in words(client.get(f"{ARCHIVE}?page={page}"))


def test_the_archive_is_paginated(client):
    for number in range(31):
        make_issue(full_digest(), subject=f"Number {number + 1}.")

    assert "Number 1." not in words(client.get(ARCHIVE))
    assert "Number 1." in words(client.get(f"{ARCHIVE}?page=2"))
    assert "?page=2" in links(client.get(ARCHIVE))


def test_user_text_is_escaped_in_the_archive(client):
    digest = digest_of(changed=(changed(1, EVIL, reasons=(EVIL,)),))
    make_issue(digest, subject=EVIL, preheader=EVIL, intro=EVIL)

    for address in (ARCHIVE, ARCHIVE + "1/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_an_issue_page_has_metadata(client):
    make_issue(full_digest(), subject="The week", preheader="In short.")

    page = client.get(ARCHIVE + "1/?utm_source=x").content.decode()

    assert "<title>The week — Ship or Skip, issue 1</title>" in page
    assert '<meta name="description" content="In short.">' in page
    assert '<link rel="canonical" href="https://ship.example/newsletter/issues/1/">' in page


def test_without_a_preheader_the_description_counts(client):
    make_issue(full_digest())

    page = client.get(ARCHIVE + "1/").content.decode()

    counts = "1 changed verdict, 1 new verdict, 1 change of status, 1 other change."
    assert f'content="{counts} Most divisive: Tool 7."' in page


@pytest.mark.parametrize("address", [ARCHIVE, ARCHIVE + "1/"])
def test_pages_of_the_archive_name_the_feeds(client, address):
    make_issue(full_digest())

    page = client.get(address).content.decode()

    assert re.findall(r'<link rel="alternate" type="([^"]*)"[^>]* href="([^"]*)">', page) == [
        ("application/rss+xml", "https://ship.example/newsletter/issues/rss/"),
        ("application/atom+xml", "https://ship.example/newsletter/issues/atom/"),
    ]


NAMES = ["newsletter_archive", "newsletter_rss", "newsletter_atom"]


@pytest.mark.parametrize("name", [*NAMES, "newsletter_issue"])
def test_archive_pages_are_the_same_for_everyone(client, settings, name):
    settings.PAGE_CACHE = True
    make_issue(full_digest())
    address = reverse(name, args=[1] if name == "newsletter_issue" else [])

    response = client.get(address)

    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "public, no-cache"
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.post(address, "", content_type="text/plain").status_code == 405
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_new_issue_makes_new_pages(client, settings, name):
    settings.PAGE_CACHE = True
    make_issue(full_digest(), subject="First")
    before = client.get(reverse(name))

    make_issue(full_digest(), subject="Second")

    after = client.get(reverse(name))
    assert after["ETag"] != before["ETag"]
    assert "Second" in after.content.decode()


def test_the_neighbour_of_a_new_issue_is_a_new_page_too(client, settings):
    settings.PAGE_CACHE = True
    make_issue(full_digest(), subject="First")
    client.get(ARCHIVE + "1/")

    make_issue(full_digest(), subject="Second")

    assert "Next: Second" in words(client.get(ARCHIVE + "1/"))


@pytest.mark.parametrize(
    "address, mark", [(ARCHIVE, "Cancelled while it was sent"), (ARCHIVE + "1/", "was cancelled")]
)
def test_a_cancelled_issue_is_marked(client, settings, address, mark):
    settings.PAGE_CACHE = True
    make_issue(full_digest(), subject="First", state="sending")
    assert "ancelled" not in words(client.get(address))

    Issue.objects.update(state="cancelled")

    assert mark in words(client.get(address))


def test_the_archive_lists_the_summary_of_an_issue_without_a_preheader(client):
    make_issue(full_digest(), summary="1 new verdict.")

    assert "1 new verdict." in words(client.get(ARCHIVE))


def test_the_footer_declares_sample_content(client):
    make_issue(full_digest())
    assert "Sample content" not in client.get(ARCHIVE).content.decode()

    make_tool(is_sample=True, published_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert "Sample content" in client.get(ARCHIVE).content.decode()


@pytest.mark.parametrize("issues", [1, 3])
def test_pages_cost_a_constant_number_of_queries(client, django_assert_num_queries, issues):
    for _ in range(issues):
        make_issue(full_digest())

    with django_assert_num_queries(3):
        client.get(ARCHIVE)
    with django_assert_num_queries(4):
        client.get(ARCHIVE + "1/")
    with django_assert_num_queries(2):
        client.get(ARCHIVE + "rss/")
