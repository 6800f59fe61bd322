"""What a list of packages is answered: the tools, what changed, and nothing kept of what was sent."""

import json
import logging
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import RateLimit
from accounts.readers import COOKIE
from pages.stack import views
from reviews.actions import publish_tool
from stack import stack
from stack.stack import MOST_TOOLS
from tests.bookmarks.readers import make_reader, post, sign_in
from tests.factories import (
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.pages.reading import links, words
from tools.actions import unpublish_tool
from tools.models import Fact, FactPackage

pytestmark = pytest.mark.django_db
OURS = {"origin": "http://testserver"}
ADDRESS = "/stack/check/"


@pytest.fixture
def kind():
    return make_fact_kind("packages", name="Packages")


@pytest.fixture
def ada(kind):
    tool = make_tool(name="Ada", slug="ada", entry="open_source")
    make_fact(tool, kind, "pkg:pypi/ada pkg:npm/%40ada/core")
    return tool


def known(kind, url, **fields):
    tool = make_tool(**fields)
    make_fact(tool, kind, url)
    return tool


def check(client, text, **headers):
    return post(client, ADDRESS, {"text": text}, **headers)


def upload(client, content, **headers):
    """Send the form as a browser does, with `content` (bytes) as its file."""
    file = SimpleUploadedFile("requirements.txt", content, "text/plain")
    return client.post(ADDRESS, {"file": file, "text": ""}, headers=OURS | headers)


def test_the_form_is_a_public_page_that_says_what_to_send(client):
    page = client.get("/stack/")

    assert (page.status_code, page.cookies) == (200, {})
    assert "langgraph>=1.0" in words(page)
    assert "It is not stored or logged" in words(page)
    assert f'action="{ADDRESS}" enctype="multipart/form-data"' in page.content.decode()


def test_packages_find_their_tools_with_verdict_score_entry_and_changes(client, ada):
    publish_review(ada, make_reviewer("Rosa"), 82, "ship")

    page = check(client, "ADA>=2 # why\nsomething-else\n-r more.txt\n")

    said = words(page)
    assert page.status_code == 200
    assert "1 tool in your stack" in said
    assert (
        "We read this as requirements.txt, with 2 packages. 1 entry without a package name" in said
    )
    assert "Open source · pkg:pypi/ada Ship Panel score 82.0 · 1 ship / 0 skip" in said
    assert "Rosa reviewed it: 82/100 · Ship" in said
    assert "1 package not on this site pkg:pypi/something-else" in said


@pytest.mark.parametrize("is_sample", [True, False])
def test_the_footer_says_whether_scores_are_sample_content(client, kind, is_sample):
    known(kind, "pkg:pypi/ada", is_sample=is_sample)

    assert ("Sample content." in check(client, "ada").content.decode()) == is_sample


@pytest.mark.parametrize(
    "text",
    [
        "[project]\ndependencies = ['Ada']",
        json.dumps({"dependencies": {"@Ada/core": "1"}}),
        json.dumps({"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/ada@1"}]}),
    ],
    ids=["pyproject", "package.json", "CycloneDX"],
)
def test_each_format_finds_the_tool(client, ada, text):
    for page in [check(client, text), upload(client, b"\xef\xbb\xbf" + text.encode())]:
        assert "/tools/ada/" in links(page)


def test_a_package_of_another_registry_is_another_package(client, ada):
    said = words(check(client, json.dumps({"dependencies": {"ada": "1"}})))

    assert "No tool of this site is in your stack" in said
    assert "1 package not on this site pkg:npm/ada" in said


def test_discontinued_tools_come_first_with_their_successors(client, ada, kind):
    hidden = make_tool(name="Hidden", published=False)
    known(kind, "pkg:pypi/old", name="Zoe", status="discontinued", successor=ada)
    known(kind, "pkg:pypi/older", name="Yan", status="paused", successor=hidden)

    page = check(client, "ada\nold\nolder")

    said = words(page)
    assert said.index("Zoe") < said.index("Yan") < said.index("Open source")
    assert "Discontinued. It is no longer available. Use instead: Ada" in said
    assert "Hidden" not in said


def test_tools_that_readers_cannot_see_are_unknown_packages(client, ada, kind):
    unpublish_tool(tool=ada, reason="A duplicate.")
    draft = make_tool(published=False)
    scheduled = make_tool(published=False)
    make_fact(draft, kind, "pkg:pypi/draft")
    make_fact(scheduled, kind, "pkg:pypi/later")
    publish_tool(tool=scheduled, at=timezone.now() + timedelta(days=1))

    said = words(check(client, "ada\ndraft\nlater"))

    assert "No tool of this site is in your stack" in said
    assert "3 packages not on this site" in said


def test_changes_of_more_than_a_year_ago_are_not_named(client, kind):
    long_ago = timezone.now() - timedelta(days=366)
    tool = make_tool(published_at=long_ago)
    Fact.objects.create(tool=tool, kind=kind, text="pkg:pypi/old", source_url="https://a.example/")

    assert "Nothing has changed in the last year." in words(check(client, "old"))


def test_two_to_four_tools_can_be_compared(client, ada, kind):
    for name in ["bob", "cleo", "dora", "eve"]:
        known(kind, f"pkg:pypi/{name}", slug=name)

    def compared(*packages):
        return [link for link in links(check(client, "\n".join(packages))) if "-vs-" in link]

    assert compared("ada") == []
    assert compared("cleo", "ada") == ["/compare/ada-vs-cleo/"]
    assert compared("ada", "bob", "cleo", "dora") == ["/compare/ada-vs-bob-vs-cleo-vs-dora/"]
    assert compared("ada", "bob", "cleo", "dora", "eve") == []


def test_a_long_list_shows_its_first_tools_and_knows_the_packages_of_all(client, kind):
    kind_of = Fact.objects.bulk_create(
        Fact(
            tool=make_tool(slug=f"t{n}"),
            kind=kind,
            value_type="packages",
            text=f"pkg:pypi/t{n}",
            source_url="https://source.example/",
        )
        for n in range(MOST_TOOLS + 1)
    )

    said = words(check(client, "\n".join(f"t{n}" for n in range(len(kind_of)))))

    assert f"{MOST_TOOLS + 1} tools in your stack" in said
    assert f"The first {MOST_TOOLS} tools are shown." in said
    assert "not on this site" not in said


@pytest.mark.parametrize("tools", [1, 3])
def test_the_number_of_queries_is_constant(client, kind, tools):
    reviewer = make_reviewer()
    for n in range(tools):
        tool = known(kind, f"pkg:pypi/p{n}")
        publish_review(tool, reviewer)

    with CaptureQueriesContext(connection) as queries:
        check(client, "\n".join(f"p{n}" for n in range(100)))

    # The limit, the order, the tools, which entries, the entries, their corrections. The statement that finds the
    # tools is sent past Django (stack.stack).
    assert len(queries) == 6


def test_packages_are_found_by_the_facts_as_they_are_now(client, ada, kind):
    fact = Fact.objects.get(tool=ada)

    fact.value = "pkg:pypi/new pkg:pypi/ada"
    fact.save()
    after_change = set(FactPackage.objects.values_list("url", flat=True))
    fact.delete()

    assert after_change == {"pkg:pypi/new", "pkg:pypi/ada"}
    assert not FactPackage.objects.exists()
    assert "No tool of this site" in words(check(client, "new\nada"))


# What was sent stays with the reader


def test_no_table_no_log_and_no_cookie_has_anything_of_what_was_sent(client, ada, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "zwei-geheime-namen"

    answers = [
        check(client, f"ada\n{secret}"),
        upload(client, f"ada\n{secret}".encode()),
        check(client, f"{{{secret}"),
        upload(client, f"\xff{secret}".encode("latin-1")),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 422, 422]
    assert [bool(answer.cookies) for answer in answers] == [False] * 4
    assert {"no-store" in answer["Cache-Control"] for answer in answers} == {True}
    assert secret not in caplog.text
    assert tables_with(secret) == []
    assert tables_with("Ada") != []


def tables_with(text):
    """Return the names of the tables that have a row with `text` in it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{text}%"]
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_a_reader_gets_no_cookie_either(client, ada):
    sign_in(client, make_reader())

    answer = check(client, "ada")

    assert (answer.status_code, list(answer.cookies)) == (200, [])
    assert COOKIE in client.cookies


def test_an_error_of_ours_says_nothing_of_what_was_sent(client, ada, caplog, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(views, "build_stack", lambda manifest: 1 / 0)

    answer = check(client, "ein-geheimer-name")

    assert answer.status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert "geheim" not in caplog.text + answer.content.decode()


def test_the_text_of_the_statement_has_no_names(client, ada, monkeypatch):
    """Postgres logs the text of a statement that fails."""
    shows_itself = f"SELECT {ada.pk}, query FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    monkeypatch.setattr(
        stack,
        "FIND_PACKAGES",
        f"{shows_itself} AND %s::text[] IS NOT NULL LIMIT %s",
    )

    (query,) = stack._find_tools(["pkg:pypi/ada"]).values()

    assert shows_itself in " ".join(query)
    assert "pkg:pypi/ada" not in query


def test_files_stay_in_memory(client):
    assert settings.FILE_FORMS[ADDRESS] <= settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert upload(client, b"x" * 1_900_000).status_code == 422
    assert upload(client, b"x" * 2_000_001).status_code == 413
    assert check(client, "x" * 600_000).status_code == 422
    assert "too long to paste" in words(check(client, "x" * 600_000))


# What is refused


def test_what_could_not_be_read_comes_back_with_the_reason(client):
    page = check(client, "<b>not</b>")

    assert page.status_code == 422
    assert "This is XML, which this page does not read." in words(page)
    assert "&lt;b&gt;not&lt;/b&gt;</textarea>" in page.content.decode()


def test_other_sites_cannot_send_lists(client, ada):
    for headers in [{"origin": "https://evil.example"}, {"origin": "null"}]:
        assert check(client, "ada", **headers).status_code == 403
        assert upload(client, b"ada", **headers).status_code == 403


def test_a_network_can_send_so_many_lists(client, settings, ada):
    settings.STACK_LIMIT_NETWORK = (2, 60)

    answers = [check(client, "ada") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many lists of packages. Try again in 60 seconds." in words(answers[-1])
    assert RateLimit.objects.exists()


def test_the_address_of_the_answer_leads_to_the_form(client):
    answer = client.get(ADDRESS)

    assert (answer.status_code, answer["Location"]) == (302, "/stack/")


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01", b"{" * 100_000, b'{"a":' * 30_000, b"-" * 1_000_000, b"\xff\xfea\x00",
        b'<!DOCTYPE a [<!ENTITY b "c">]>', b'{"__proto__": {"x": 1}, "dependencies": {"__proto__": "1"}}',
        b"a" * 1_000_000, "\u202e\u2028".encode() * 1_000, b"[" * 100_000, b"a.b." * 100_000,
        b"[tool.poetry.dependencies]\n'' = 1\n'\xc3\xa4 b' = 2\n", b'{"dependencies": {"\\ud800": "1"}}',
        b'{"bomFormat": "CycloneDX", "components": [{"purl": "pkg:pypi/a%00b"}, {"purl": "pkg:a/%F0%28"}]}',
        b"a ; python_version < '3'\n" * 10_000, b"x @ http://[::1\n", b"NaN", b'{"dependencies": NaN}',
    ],
    ids=range(18),
)  # fmt: skip
def test_hostile_files_are_answered(client, content):
    assert upload(client, content).status_code in {200, 422}
