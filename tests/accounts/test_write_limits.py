"""Every form of the site has a limit, and what was typed into a refused one is not lost."""

import re
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver

from accounts.models import RateLimit, Reader
from bookmarks.models import Bookmark
from tests.bookmarks.readers import FORM, HTMX, make_reader, post, sign_in
from tests.bookmarks.test_import import entry, file_of, paste
from tests.factories import make_tool
from tests.pages.reading import words
from tests.web.url_patterns import patterns

pytestmark = pytest.mark.django_db
LIMITS = [
    "WRITE_LIMIT",
    "IMPORT_LIMIT",
    "STACK_LIMIT",
    "NEWSLETTER_LIMIT",
    "VOTE_LIMIT",
    "API_LIMIT",
]
WITHOUT_LIMIT = {
    "one_click_unsubscribe": "A mail program's request must always be obeyed (RFC 8058); its signed token is needed.",
    "mail_events": "The provider's key or login is checked before any query.",
}
BODY = urlencode({"choice": "ship", "email": "ada@example.org"})


def test_every_form_of_readers_has_a_limit(client, settings):
    for name in LIMITS:
        setattr(settings, f"{name}_NETWORK", (1, 1))
    make_tool(slug="some")

    def statuses(address):
        RateLimit.objects.all().delete()
        return [client.post(address, BODY, content_type=FORM).status_code for _ in range(2)]

    second = {}
    for address, pattern in patterns(get_resolver()):
        first, again = statuses(address)
        if first != 405:
            second[pattern.name] = again

    assert {name for name, status in second.items() if status != 429} == set(WITHOUT_LIMIT)
    assert len(second) > 20


@pytest.fixture
def ada():
    return make_tool(slug="ada", name="Ada")


def test_a_form_that_was_refused_can_be_sent_again_with_what_was_typed(client, settings, ada):
    settings.WRITE_LIMIT_NETWORK = (1, 60)
    reader = make_reader()
    Bookmark.objects.create(reader=reader, tool=ada, saved_as="Ada")
    note = 'Line 1\n<b>"Line 2"</b> & more'
    post(sign_in(client, reader), "/bookmarks/note/ada/", {"note": "x"})

    refused = post(
        client, "/bookmarks/note/ada/", {"note": note}, referer="http://testserver/tools/ada/"
    )

    page = refused.content.decode()
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert "Too many changes. Try again in 60 seconds." in words(refused)
    assert "<b>" not in page
    assert 'action="/bookmarks/note/ada/"' in page
    assert 'href="/tools/ada/">Go back<' in page
    RateLimit.objects.all().delete()
    value = re.search(r'name="note" value="([^"]*)"', page)[1]
    assert value == "Line 1\n&lt;b&gt;&quot;Line 2&quot;&lt;/b&gt; &amp; more"


def test_a_refusal_leaves_the_page_as_it_is_and_says_so_there(client, settings, ada):
    settings.WRITE_LIMIT_NETWORK = (1, 60)
    post(client, "/tools/ada/bookmark/")

    refused = post(client, "/tools/ada/bookmark/", **HTMX)

    assert (refused.status_code, refused.content, refused["HX-Reswap"]) == (429, b"", "none")
    assert "Too many changes. Try again in 60 seconds." in refused["HX-Trigger"]


def test_a_pasted_import_can_be_sent_again_and_a_file_has_to_be_chosen_again(client, settings, ada):
    settings.IMPORT_LIMIT_NETWORK = (1, 60)
    paste(client, "x")

    pasted = paste(client, "typed with care")
    chosen = client.post("/bookmarks/import/", {"file": SimpleUploadedFile("b.json", b"{}")})

    assert 'name="text" value="typed with care"' in pasted.content.decode()
    assert (chosen.status_code, "Send again" in chosen.content.decode()) == (429, False)


def test_a_form_too_long_to_be_sent_twice_is_not_printed(client, settings, ada):
    settings.WRITE_LIMIT_NETWORK = (1, 60)
    post(client, "/tools/ada/bookmark/")

    refused = post(client, "/tools/ada/bookmark/", {"note": "x" * 40_000})

    assert refused.status_code == 429
    assert "xxx" not in refused.content.decode()


# What a stranger may make us store


def test_a_network_makes_a_limited_number_of_readers(client, settings, ada):
    settings.READER_LIMIT_NETWORK = (2, 60)

    statuses = []
    for _ in range(3):
        client.cookies.clear()
        statuses.append(post(client, "/tools/ada/bookmark/").status_code)

    assert statuses == [303, 303, 429]
    assert Reader.objects.count() == 2


def test_a_network_stores_a_limited_number_of_kilobytes(client, settings, ada):
    settings.STORAGE_LIMIT_NETWORK = (10, 1)
    reader = make_reader()
    Bookmark.objects.create(reader=reader, tool=ada, saved_as="Ada")
    sign_in(client, reader)

    def note(text):
        return post(client, "/bookmarks/note/ada/", {"note": text}).status_code

    assert [note("é" * 2000), note("é" * 2000), note("é" * 2000), note("")] == [303, 303, 429, 303]
    refused = paste(client, file_of(entry(slug="ada", note="x" * 1900)))
    assert refused.status_code == 429
