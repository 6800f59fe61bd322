"""The search over the admin: what it finds, for whom, and what it costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin_client import make_staff, sign_in
from tests.factories import (
    draft_review,
    make_category,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.newsletter.factories import make_issue, make_subscriber
from tools.actions import recorded_changes
from tools.models import StaffNote
from web import desk_search

pytestmark = pytest.mark.django_db

URL = "/admin/search/"
EVERYWHERE = {
    "Tools", "Categories", "Facts by kind", "Reviewers", "Reviews", "Change log: reasons", "Notes",
    "Issues of the newsletter", "Subscribers, by the start of the address",
}  # fmt: skip


def hits(client, text):
    """Return {group: labels of its hits}."""
    groups = client.get(URL, {"q": text}).context["groups"]
    return {group.label: [hit.label for hit in group.hits] for group in groups}


def make_everything(word, count=1):
    """Make `count` rows of each kind that hold `word`, all about one tool."""
    tool = make_tool(name=word, slug=word.lower(), category=make_category(name=f"{word} category"))
    author = make_staff("Editor")
    for n in range(count):
        make_fact_kind(name=f"{word} kind {n}")
        reviewer = make_reviewer(f"{word} {n}")
        publish_review(tool, reviewer, body=f"It has a {word}.")
        with recorded_changes(tool.pk, reason=f"The {word} moved.") as (stored,):
            stored.pricing = f"Price {n}"
            stored.save()
        StaffNote.objects.create(tool=tool, author=author, text=f"Ask about the {word}.")
        make_issue(subject=f"All about {word}")
        make_subscriber(email=f"{word}{n}@mail.example")
    return tool


def test_it_finds_every_kind_of_row(publisher):
    make_everything("Gizmo")
    make_everything("Other")

    found = hits(publisher, "gizmo")

    assert set(found) == EVERYWHERE
    assert found["Tools"] == ["Gizmo"]
    assert found["Reviews"] == ["Gizmo 0 on Gizmo"]
    assert found["Reviewers"] == ["Gizmo 0"]
    assert found["Subscribers, by the start of the address"] == ["Gizmo0@mail.example"]


def test_every_hit_and_every_list_can_be_opened(publisher):
    make_everything("Gizmo")

    groups = publisher.get(URL, {"q": "gizmo"}).context["groups"]

    addresses = [group.url for group in groups] + [
        hit.url for group in groups for hit in group.hits
    ]
    assert {publisher.get(address).status_code for address in addresses} == {200}


def test_addresses_are_for_those_who_may_list_subscribers():
    make_everything("Gizmo")

    found = hits(sign_in(make_staff("Editor")), "gizmo")

    assert set(found) == EVERYWHERE - {"Subscribers, by the start of the address"}


def test_staff_without_permissions_find_nothing():
    make_everything("Gizmo")

    assert hits(sign_in(make_staff()), "gizmo") == {}


def test_drafts_are_found_by_the_beginnings_of_words(publisher):
    make_tool(name="Crème Brûlée", slug="brulee", published=False)
    make_tool(name="智谱清言", slug="zhipu", published=False)

    assert hits(publisher, "brul creme") == {"Tools": ["Crème Brûlée"]}
    assert hits(publisher, "清言") == {"Tools": ["智谱清言"]}
    assert hits(publisher, "brul other") == {}


def test_the_tool_that_was_typed_comes_first(publisher):
    for name in ["Cursor Agent", "A Cursor", "Cursor"]:
        make_tool(name=name, slug=name.lower().replace(" ", "-"))

    assert hits(publisher, "cursor")["Tools"] == ["Cursor", "A Cursor", "Cursor Agent"]


def test_the_tool_that_was_typed_is_found_among_any_number_of_others(publisher, monkeypatch):
    monkeypatch.setattr(desk_search, "MOST_CANDIDATES", 1)
    for name in ["A Cursor", "B Cursor", "Cursor"]:
        make_tool(name=name, slug=name.lower().replace(" ", "-"))

    assert hits(publisher, "cursor")["Tools"] == ["Cursor", "A Cursor"]


def test_a_long_text_is_cut_and_has_eight_words():
    words = desk_search.DeskQuery.parse("ab " * 3000)

    assert (len(words.text), len(words.words)) == (100, 8)


def test_blind_entry_hides_what_the_others_think():
    tool = make_everything("Gizmo")
    draft_review(tool, make_reviewer(), body="A Gizmo too.").save()
    user = make_staff("Reviewer")
    own = make_reviewer(user=user)
    client = sign_in(user)
    assert "Reviews" not in hits(client, "gizmo")
    assert "Notes" not in hits(client, "gizmo")

    publish_review(tool, own)

    found = hits(client, "gizmo")
    assert len(found["Reviews"]) == 2
    assert len(found["Notes"]) == 1


def test_a_reviewer_who_is_tied_to_nobody_finds_no_review():
    make_everything("Gizmo")

    found = hits(sign_in(make_staff("Reviewer")), "gizmo")

    assert {"Tools"} <= set(found) <= {"Tools", "Categories", "Facts by kind"}


def test_a_group_shows_ten_and_says_that_there_are_more(publisher):
    for n in range(11):
        make_tool(name=f"Gizmo {n}")

    (group,) = publisher.get(URL, {"q": "gizmo"}).context["groups"]

    assert (len(group.hits), group.has_more) == (10, True)
    assert "Only 10 are shown." in publisher.get(URL, {"q": "gizmo"}).content.decode()


def test_a_group_that_takes_too_long_says_so_and_the_others_are_shown(publisher, monkeypatch):
    make_everything("Gizmo")
    find, limits = desk_search.candidates, []

    def slow(rows):
        if rows.model.__name__ == "Review":
            with connection.cursor() as cursor:
                cursor.execute("SHOW statement_timeout")
                limits.append(cursor.fetchone()[0])
                cursor.execute("SELECT pg_sleep(60)")
        return find(rows)

    monkeypatch.setattr(desk_search, "MOST_MILLISECONDS", 50)
    monkeypatch.setattr("reviews.desk_search.candidates", slow)

    page = publisher.get(URL, {"q": "gizmo"})

    late = [group.label for group in page.context["groups"] if group.is_late]
    assert limits == ["50ms"]
    assert "Reviews" in late
    assert "took too long" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_time_limit_ends_with_the_search(publisher):
    make_everything("Gizmo")
    publisher.get(URL, {"q": "gizmo"})

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "10s"


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_row_and_for_three(publisher, count):
    make_everything("Gizmo", count)
    publisher.get(URL, {"q": "gizmo"})  # what a process does once

    with CaptureQueriesContext(connection) as captured:
        publisher.get(URL, {"q": "gizmo"})

    assert len(captured) == QUERIES


QUERIES = 45


@pytest.mark.parametrize(
    "text",
    ["", " ", "' ( :* !", "a' | 'b", "a:* & !b", "\\", "%", "_", "<->", "--", "a" * 5000, "x " * 3000,
     "\u202e", "🙂", "ﷺ", "'", '"', "a@b", "\ud83d".encode("utf-8", "surrogatepass"), b"\xff"],
)  # fmt: skip
def test_no_text_breaks_it(publisher, text):
    assert publisher.get(URL, {"q": text}).status_code in (200, 400)


def test_text_is_not_markup(publisher):
    make_tool(name="<b>Gizmo</b>")

    page = publisher.get(URL, {"q": "<b>gizmo"}).content.decode()

    assert "&lt;b&gt;gizmo" in page.lower()
    assert "<b>gizmo" not in page.lower()


def test_the_box_is_on_every_page_of_the_desk(publisher):
    tool = make_tool()
    for page in ["/admin/", reverse("admin:tools_tool_change", args=[tool.pk]), URL]:
        assert 'action="/admin/search/"' in publisher.get(page).content.decode()


def test_nobody_else_can_search(client):
    assert client.get(URL).status_code == 302
    assert 'id="desk-search"' not in client.get("/admin/login/").content.decode()
