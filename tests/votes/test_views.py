import json
import re
from http import HTTPStatus

import pytest

from accounts.models import Reader
from accounts.networks import network_hash
from accounts.readers import COOKIE
from tests.browsers import OwnOriginClient
from tests.factories import make_tool
from tests.votes.ballots import tally_of
from tools.models import OldToolSlug, Tool
from votes.models import Reason, Vote, VoteDay

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
HTMX = {"hx-request": "true"}


@pytest.fixture(autouse=True)
def tool():
    network_hash("127.0.0.1")  # the day's key, read once per process
    return make_tool(name="Ada", slug="ada")


def post(client, data, address="/tools/ada/vote/", **headers):
    body = "&".join(f"{name}={value}" for name, value in data.items())
    return client.post(address, body, content_type=FORM, headers=headers)


def vote(client, choice="ship", **headers):
    return post(client, {"choice": choice}, **headers)


def withdraw(client, **headers):
    return post(client, {}, "/tools/ada/vote/withdraw/", **headers)


def nothing_changed():
    return (Vote.objects.count(), VoteDay.objects.count(), Reader.objects.count()) == (0, 0, 0)


def test_a_plain_form_is_answered_with_the_way_to_the_page(client):
    response = vote(client)

    assert (response.status_code, response["Location"]) == (303, "/tools/ada/vote/")
    page = client.get("/tools/ada/vote/").content.decode()
    assert "You voted <strong>ship</strong>" in page
    assert "1 ship / 0 skip" in page


def test_htmx_is_answered_with_every_place_that_shows_the_votes(client):
    response = vote(client, "skip", **HTMX)

    words = response.content.decode()
    assert response.status_code == 200
    assert response.templates[0].name == "votes/answer.html"
    assert re.findall(r'hx-target="\[([\w-]+)', words) == [
        "data-vote-box",
        "data-tally",
        "data-share",
    ]
    assert "0 ship / 1 skip" in words
    assert json.loads(response["HX-Trigger"]) == {
        "announce": {"value": "Vote counted."},
        "votes-changed": {},
    }
    assert "no-store" in response["Cache-Control"]


def test_the_same_vote_again_gives_the_same_box(client):
    first = vote(client, **HTMX)
    again = vote(client, **HTMX)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert VoteDay.objects.values_list("event", "count").get() == ("cast", 1)


def test_a_vote_is_changed_withdrawn_and_brought_back(client, tool):
    vote(client, "ship")
    vote(client, "skip", **HTMX)
    assert tally_of(tool) == (0, 1, 0)

    words = withdraw(client, **HTMX).content.decode()
    assert tally_of(tool) == (0, 0, 0)
    assert "Undo: vote skip again" in words

    vote(client, "skip")
    assert tally_of(tool) == (0, 1, 0)


def test_a_plain_withdrawal_is_answered_with_the_way_to_the_page(client):
    vote(client)

    response = withdraw(client)

    assert (response.status_code, response["Location"]) == (303, "/tools/ada/vote/?undo=ship")


def test_undo_after_a_withdrawal_brings_back_the_reason_too(client):
    post(client, {"choice": "skip", "reason": "lock-in"})

    box = withdraw(client, **HTMX).content.decode()
    page = client.get(withdraw_with_reason_again(client)).content.decode()

    for undo in (box, page):
        assert '<input type="hidden" name="reason" value="lock-in">' in undo
        assert 'name="choice" value="skip">Undo: vote skip again<' in undo


def withdraw_with_reason_again(client):
    post(client, {"choice": "skip", "reason": "lock-in"})
    return withdraw(client)["Location"]


def test_undo_leaves_out_a_reason_that_is_no_longer_offered(client):
    post(client, {"choice": "skip", "reason": "lock-in"})
    Reason.objects.filter(slug="lock-in").update(is_active=False)

    assert withdraw(client)["Location"] == "/tools/ada/vote/?undo=skip"


@pytest.mark.parametrize("undo", ["ship", "skip", "hold"])
def test_a_hand_made_link_to_undo_says_nothing_of_a_withdrawal(client, undo):
    assert "withdrawn" not in client.get(f"/tools/ada/vote/?undo={undo}").content.decode()

    vote(client, "ship")
    assert "withdrawn" not in client.get(f"/tools/ada/vote/?undo={undo}").content.decode()


def test_undo_offers_only_the_choice_that_was_withdrawn(client):
    vote(client, "ship")
    withdraw(client)

    pages = {undo: client.get(f"/tools/ada/vote/?undo={undo}") for undo in ["ship", "skip"]}

    assert "Vote withdrawn." in pages["ship"].content.decode()
    assert "withdrawn" not in pages["skip"].content.decode()


def test_withdrawing_again_offers_the_same_undo(client):
    vote(client, "skip")

    first, again = (withdraw(client, **HTMX) for _ in range(2))

    assert first.content == again.content
    assert "Undo: vote skip again" in again.content.decode()


def test_who_has_no_vote_is_told_so_on_withdrawing(client):
    response = withdraw(client, **HTMX)

    assert (
        json.loads(response["HX-Trigger"])["announce"]["value"] == "You have no vote on this tool."
    )


@pytest.mark.parametrize("page", ["vote", "votes"])
@pytest.mark.parametrize("slug", ["Ada", "ADA", "old-ada"])
def test_another_spelling_of_a_tool_leads_to_its_page(client, tool, page, slug):
    OldToolSlug.objects.create(tool=tool, slug="old-ada")

    response = client.get(f"/tools/{slug}/{page}/?choice=ship")

    assert (response.status_code, response["Location"]) == (
        301,
        f"/tools/ada/{page}/?choice=ship",
    )


@pytest.mark.parametrize("slug", ["ADA", "aida", "Aida"])
@pytest.mark.parametrize("end", ["vote/", "vote/withdraw/"])
def test_a_vote_under_another_spelling_of_the_tool_is_a_vote_on_it(client, tool, slug, end):
    Tool.objects.update(slug="aida")
    Tool.objects.update(slug="ada")
    vote(client)

    post(client, {"choice": "skip"}, f"/tools/{slug}/{end}")

    assert tally_of(tool) == ((0, 1, 0) if end == "vote/" else (0, 0, 0))


@pytest.mark.parametrize("choice, selected", [("ship", ["ship"]), ("skip", ["skip"]), ("hold", [])])
def test_a_link_to_a_choice_has_it_selected_and_casts_nothing(client, choice, selected):
    page = client.get(f"/tools/ada/vote/?choice={choice}").content.decode()

    assert re.findall(r'name="choice" value="(\w+)"\s+checked', page) == selected
    assert nothing_changed()


def test_a_link_to_the_choice_that_was_made_shows_the_vote(client):
    vote(client, "ship")

    page = client.get("/tools/ada/vote/?choice=ship").content.decode()

    assert "You voted <strong>ship</strong>" in page
    assert 'type="radio"' not in page


def test_a_stranger_withdraws_nothing_and_stays_a_stranger(client):
    response = withdraw(client, **HTMX)

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert nothing_changed()


def test_a_reader_withdraws_no_vote_but_their_own(client, client_of_another, tool):
    vote(client)

    withdraw(client_of_another)

    assert tally_of(tool) == (1, 0, 0)


@pytest.fixture
def client_of_another():
    return OwnOriginClient()


def test_a_vote_is_given_a_reason(client):
    response = post(client, {"choice": "skip", "reason": "lock-in"}, **HTMX)

    assert re.search(r'value="lock-in"\s+aria-pressed="true"', response.content.decode())
    assert Vote.objects.get().reason.slug == "lock-in"


@pytest.mark.parametrize("slug", ["nobody", "a-vs-b", "x" * 200])
@pytest.mark.parametrize("end", ["vote/", "vote/withdraw/"])
def test_there_is_no_voting_on_a_tool_that_is_not_there(client, slug, end):
    response = post(client, {"choice": "ship"}, f"/tools/{slug}/{end}")

    assert response.status_code == 404
    assert nothing_changed()


@pytest.mark.parametrize("end", ["vote/", "vote/withdraw/"])
def test_there_is_no_voting_on_a_draft(client, end):
    make_tool(slug="draft", published=False)

    response = post(client, {"choice": "ship"}, f"/tools/draft/{end}")

    assert response.status_code == 404
    assert nothing_changed()


def test_a_drafts_form_and_audit_are_not_there(client):
    make_tool(slug="draft", published=False)

    assert client.get("/tools/draft/vote/").status_code == 404
    assert client.get("/tools/draft/votes/").status_code == 404


@pytest.mark.parametrize(
    "method, address",
    [
        ("PUT", "/tools/ada/vote/"),
        ("DELETE", "/tools/ada/vote/"),
        ("OPTIONS", "/tools/ada/vote/"),
        ("GET", "/tools/ada/vote/withdraw/"),
        ("HEAD", "/tools/ada/vote/withdraw/"),
        ("POST", "/tools/ada/votes/"),
    ],
)
def test_other_methods_are_refused(client, method, address):
    assert client.generic(method, address).status_code == 405
    assert nothing_changed()


@pytest.mark.parametrize("address", ["/tools/ada/vote/", "/tools/ada/vote/withdraw/"])
@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}],
    ids=str,
)
def test_another_sites_form_changes_nothing(client, tool, headers, address):
    vote(client)
    client.defaults.pop("HTTP_ORIGIN")

    response = post(client, {"choice": "skip"}, address, **headers)

    assert response.status_code == 403
    assert tally_of(tool) == (1, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"choice": ""},
        {"choice": "hold"},
        {"choice": "SHIP"},
        {"choice": "ship%00"},
        {"choice": "ship", "reason": "lock-in"},
        {"choice": "ship", "reason": "nothing"},
        {"choice": "ship", "reason": "%00"},
        {"choice": "ship", "reason": "' OR 1=1"},
        {"choice": "skip", "reason": "x" * 50},
    ],
    ids=str,
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_is_no_vote_is_refused_in_the_box(client, data, headers):
    response = post(client, data, **headers)

    assert response.status_code == 422
    assert 'data-vote-box="ada"' in response.content.decode()
    assert dict(response.cookies) == {}
    assert nothing_changed()


def test_a_reason_that_is_no_longer_offered_is_refused(client):
    Reason.objects.filter(slug="lock-in").update(is_active=False)

    assert post(client, {"choice": "skip", "reason": "lock-in"}).status_code == 422


def test_a_body_of_1_mb_is_refused(client):
    response = post(client, {"choice": "x" * 1024 * 1024})

    assert HTTPStatus(response.status_code).is_client_error
    assert nothing_changed()


def test_a_body_of_many_fields_is_refused(client):
    many = "&".join(f"f{n}=1" for n in range(3000))

    assert client.post("/tools/ada/vote/", many, content_type=FORM).status_code == 400


@pytest.mark.parametrize(
    "content_type, status",
    [("multipart/form-data; boundary=x", 415), ("application/json", 422), ("text/plain", 422)],
)
def test_another_kind_of_body_is_refused(client, content_type, status):
    response = client.post("/tools/ada/vote/", b'{"choice": "ship"}', content_type=content_type)

    assert response.status_code == status
    assert nothing_changed()


def test_beyond_the_limit_a_page_says_when_to_try_again(client, settings, tool):
    settings.VOTE_LIMIT_READER = (2, 120)
    vote(client, "ship")
    vote(client, "skip")

    response = vote(client, "ship", referer="http://127.0.0.1:8000/compare/ada-vs-bob/")

    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (429, "30")
    assert "<p>Too many votes. Try again in 30 seconds.</p>" in page
    assert '<a href="/compare/ada-vs-bob/">Go back</a>' in page
    assert tally_of(tool) == (0, 1, 0)


def test_beyond_the_limit_htmx_leaves_the_page_as_it_is_and_says_so(client, settings):
    settings.VOTE_LIMIT_READER = (2, 120)
    vote(client, "ship")
    vote(client, "skip")

    response = vote(client, "ship", **HTMX)

    assert (response.status_code, response.content) == (429, b"")
    assert response["HX-Reswap"] == "none"
    assert json.loads(response["HX-Trigger"]) == {
        "refused": {"value": "Too many votes. Try again in 30 seconds."}
    }


def test_a_vote_that_is_held_is_told_so_at_once(client, settings, tool):
    settings.VOTE_NETWORK_CAP = 0

    response = vote(client, **HTMX)

    message = "Not counted: too many votes from one network on one tool in a day."
    assert message in response["HX-Trigger"]
    assert message in response.content.decode()
    assert tally_of(tool) == (0, 0, 1)


def test_a_stranger_beyond_the_limit_stays_a_stranger(client, settings):
    settings.VOTE_LIMIT_NETWORK = (1, 1200)
    vote(client)
    client.cookies.pop(COOKIE)

    response = vote(client)

    assert (response.status_code, dict(response.cookies)) == (429, {})
    assert (Vote.objects.count(), Reader.objects.count()) == (1, 1)


def test_the_newcomers_of_a_network_are_counted_through_the_site(client, settings, tool):
    settings.VOTE_NEW_READERS_PER_HOUR = 2
    for _ in range(3):
        client.cookies.pop(COOKIE, None)
        vote(client)

    assert tally_of(tool) == (2, 0, 1)


@pytest.mark.parametrize("headers, queries", [({}, 1), (HTMX, 2)], ids=["plain", "htmx"])
def test_a_vote_costs_a_constant_number_of_queries(
    client, django_assert_num_queries, headers, queries
):
    vote(client)

    with django_assert_num_queries(queries):
        post(client, {"choice": "skip"}, **headers)


def test_the_form_page_costs_a_constant_number_of_queries(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/tools/ada/vote/")

    vote(client)
    with django_assert_num_queries(3):
        client.get("/tools/ada/vote/")


def test_a_repeated_vote_costs_the_same_queries(client, django_assert_num_queries):
    vote(client)

    with django_assert_num_queries(1):
        post(client, {"choice": "ship"})


def test_a_withdrawal_costs_a_constant_number_of_queries(client, django_assert_num_queries):
    vote(client)

    with django_assert_num_queries(1):
        post(client, {}, "/tools/ada/vote/withdraw/")
