"""The admin of the votes: who may view them, and who may release and void them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin_client import make_staff, sign_in
from tests.factories import make_tool
from tests.votes.ballots import make_vote, make_votes, tally_of
from votes.admin.votes import VoteAdmin
from votes.models import Intervention, Reason, Vote
from votes.preview import PreviewRow, previews
from web import admin_lists

pytestmark = pytest.mark.django_db

VOTES = reverse("admin:votes_vote_changelist")
INTERVENTIONS = reverse("admin:votes_intervention_changelist")
BURST = reverse("admin:votes_void_burst")
REASONS = reverse("admin:votes_reason_changelist")
OTHER_NETWORK = b"\xab\xcd" * 8


@pytest.fixture
def publisher():
    return sign_in(make_staff("Publisher", username="pia", first_name="Pia", last_name="Publisher"))


def select(client, action, votes, **answer):
    """Press "Run" with `votes` selected; with an answer, press the button of the page after it."""
    data = {"action": action, "_selected_action": [vote.pk for vote in votes]} | answer
    if not answer:
        data["index"] = 0
    return client.post(VOTES, data)


def answer(client, action, votes, reason="A bot.", **changes):
    """Go through both pages of an action."""
    form = select(client, action, votes).context["form"]
    return select(client, action, votes, as_of=form["as_of"].value(), reason=reason, **changes)


def listed(response):
    """Return the votes of the list."""
    return list(response.context["cl"].result_list)


def burst_of(tool, minutes=60, **fields):
    now = timezone.now()
    window = {"since": now - timedelta(minutes=minutes), "until": now}
    return {"tool": tool.pk} | {k: v.isoformat() for k, v in window.items()} | fields


# Rights


def rights(role):
    return set(
        Permission.objects.filter(group__name=role, content_type__app_label="votes").values_list(
            "codename", flat=True
        )
    )


def test_an_editor_sees_and_a_publisher_intervenes():
    viewing = {"view_vote", "view_reason", "view_intervention"}

    assert rights("Editor") == viewing
    assert rights("Publisher") == viewing | {"intervene", "add_reason", "change_reason"}


@pytest.mark.parametrize("page", ["list", "vote", "interventions", "reasons", "reason"])
def test_an_editor_reads_every_list(editor, page):
    vote = make_vote(make_tool())
    address = {
        "list": VOTES,
        "vote": reverse("admin:votes_vote_change", args=[vote.pk]),
        "interventions": INTERVENTIONS,
        "reasons": REASONS,
        "reason": reverse("admin:votes_reason_change", args=[Reason.objects.first().pk]),
    }[page]

    assert editor.get(address).status_code == 200


def all_pages(vote, reason):
    of = {"vote": [vote.pk], "reason": [reason.pk], "intervention": [1]}
    return [
        *(reverse(f"admin:votes_{model}_changelist") for model in of),
        *(reverse(f"admin:votes_{model}_add") for model in of),
        *(reverse(f"admin:votes_{model}_delete", args=pk) for model, pk in of.items()),
        *(reverse(f"admin:votes_{model}_change", args=of[model]) for model in ["vote", "reason"]),
        BURST,
    ]


def test_every_post_of_an_editor_is_forbidden(editor):
    tool = make_tool()
    vote = make_vote(tool)
    pages = all_pages(vote, Reason.objects.first())
    void = {"action": "void", "_selected_action": vote.pk, "index": 0, "reason": "?", "label": "?"}

    codes = {page: editor.post(page, void | burst_of(tool)).status_code for page in pages}

    assert codes == dict.fromkeys(pages, 403)
    assert tally_of(tool) == (1, 0, 0)
    assert Intervention.objects.count() == 0


def test_an_editor_does_not_see_the_page_for_bursts(editor):
    assert editor.get(BURST).status_code == 403
    assert BURST not in editor.get(VOTES).content.decode()


def test_staff_without_permissions_do_not_see_votes():
    client = sign_in(make_staff())

    assert [client.get(page).status_code for page in [VOTES, INTERVENTIONS, REASONS, BURST]] == [
        403, 403, 403, 403,
    ]  # fmt: skip


def test_nobody_edits_adds_or_deletes_a_vote(admin_client):
    vote = make_vote(make_tool())
    change = reverse("admin:votes_vote_change", args=[vote.pk])
    delete = reverse("admin:votes_vote_delete", args=[vote.pk])

    assert admin_client.post(change, {"choice": "skip"}).status_code == 403
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    assert admin_client.get(reverse("admin:votes_vote_add")).status_code == 403
    vote.refresh_from_db()
    assert vote.choice == "ship"


def test_an_intervention_is_never_changed_or_deleted(publisher, admin_client):
    answer(publisher, "void", make_votes(make_tool(), ships=1))
    done = Intervention.objects.get()

    for name in ["change", "delete"]:
        page = reverse(f"admin:votes_intervention_{name}", args=[done.pk])
        assert admin_client.post(page, {"reason": "?", "post": "yes"}).status_code == 403
    with pytest.raises(IntegrityError, match="cannot be changed or deleted"):
        Intervention.objects.update(reason="?")


# The list


def test_a_held_vote_names_its_rule(publisher):
    vote = make_vote(make_tool(), rule="pace")
    page = reverse("admin:votes_vote_change", args=[vote.pk])

    assert '<span title="Votes came too fast">pace</span>' in publisher.get(VOTES).text
    assert '<div class="readonly">Votes came too fast</div>' in publisher.get(page).text


@pytest.mark.parametrize(
    "query", ["state__exact=held", "rule__exact=pace", "tool=ada", "network=abcdabcd"]
)
def test_the_list_is_filtered_by_state_rule_tool_and_network(publisher, query):
    wanted = make_vote(make_tool(slug="ada"), rule="pace", network=OTHER_NETWORK)
    make_vote(make_tool())

    assert listed(publisher.get(f"{VOTES}?{query}")) == [wanted]


@pytest.mark.parametrize("query", ["network=zz", "network=%27", "tool=%27", "tool=nobody"])
def test_a_filter_without_matches_lists_nothing(publisher, query):
    make_vote(make_tool())

    assert listed(publisher.get(f"{VOTES}?{query}")) == []


def test_the_tool_filter_offers_tools_with_held_votes_most_first(publisher):
    make_votes(make_tool(name="Bea", slug="bea"), ships=1, rule="pace")
    make_votes(make_tool(name="Ada", slug="ada"), ships=2, rule="pace")
    make_vote(make_tool())

    (tools,) = [
        spec for spec in publisher.get(VOTES).context["cl"].filter_specs if spec.title == "tool"
    ]
    assert tools.lookup_choices == [("ada", "Ada (2 held)"), ("bea", "Bea (1 held)")]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("address, queries", [(VOTES, 9), (INTERVENTIONS, 8), (REASONS, 10)])
def test_a_list_takes_the_same_queries_whatever_is_on_it(
    publisher, django_assert_num_queries, rows, address, queries
):
    for _ in range(rows):
        answer(publisher, "void", make_votes(make_tool(), ships=2))

    with django_assert_num_queries(queries):
        publisher.get(address)


def test_a_long_list_is_never_counted(publisher, monkeypatch):
    monkeypatch.setattr(VoteAdmin, "list_per_page", 2)
    monkeypatch.setattr(admin_lists, "MAX_ROWS", 4)
    make_votes(make_tool(), ships=5)

    with CaptureQueriesContext(connection) as asked:
        pages = [publisher.get(f"{VOTES}?state__exact=counted&p={page}") for page in [1, 2, 3]]

    assert [query["sql"] for query in asked if "COUNT(" in query["sql"]] == []
    assert [len(listed(page)) for page in pages] == [2, 2, 2]
    first, second, beyond = [page.content.decode() for page in pages]
    assert "1–2 of more votes" in first
    assert "Only the first 4 votes are listed. Filter the list to see others." in second
    assert beyond.count("Only the first 4 votes") == 1


def test_the_last_page_of_a_long_list_knows_how_many_there_are(publisher, monkeypatch):
    monkeypatch.setattr(VoteAdmin, "list_per_page", 2)
    make_votes(make_tool(), ships=3)

    response = publisher.get(f"{VOTES}?p=2")

    assert len(listed(response)) == 1
    assert "3 votes" in response.content.decode()


@pytest.mark.parametrize(
    "page, code", [("0", 200), ("-1", 200), ("abc", 200), ("9" * 30, 302), ("2", 302)]
)
def test_a_page_number_out_of_range_leads_to_an_existing_page(publisher, page, code):
    make_vote(make_tool())

    assert publisher.get(f"{VOTES}?p={page}").status_code == code
    assert len(listed(publisher.get(f"{VOTES}?p={page}", follow=True))) == 1


# Release and void


def test_an_action_first_previews_its_changes(publisher):
    ada, bea = make_tool(name="Ada"), make_tool(name="Bea")
    votes = [*make_votes(bea, ships=2, skips=1), *make_votes(ada, ships=1, rule="pace")]
    make_votes(ada, ships=4)

    response = select(publisher, "void", votes)

    preview = [
        (found.tool.name, found.votes, found.tool.tally.ships, found.ships_after, found.skips_after)
        for found in response.context["previews"]
    ]
    assert preview == [("Ada", 1, 4, 4, 0), ("Bea", 3, 2, 0, 0)]
    assert tally_of(bea) == (2, 1, 0)
    assert Intervention.objects.count() == 0


def test_voiding_removes_the_selected_votes_from_the_tally_and_records_who_and_why(publisher):
    tool = make_tool()
    chosen = [*make_votes(tool, ships=2, skips=1), make_vote(tool, rule="burst")]
    make_vote(tool)

    response = answer(publisher, "void", chosen, "Bought votes.")

    assert (response.status_code, response["Location"]) == (302, VOTES)
    assert tally_of(tool) == (1, 0, 0)
    assert Intervention.objects.values_list(
        "staff__username", "tool", "act", "votes", "reason",
        "ships_before", "skips_before", "ships_after", "skips_after",
    ).get() == ("pia", tool.pk, "voided", 4, "Bought votes.", 3, 1, 1, 0)  # fmt: skip
    assert set(Vote.objects.filter(state="voided").values_list("rule", flat=True)) == {"staff"}


def test_releasing_makes_held_and_voided_votes_count(publisher):
    tool = make_tool()
    chosen = [make_vote(tool, rule="pace"), make_vote(tool, "skip", rule="staff", state="voided")]

    answer(publisher, "release", chosen, "An office.")

    assert tally_of(tool) == (1, 1, 0)
    done = Intervention.objects.get()
    assert (done.act, done.votes, done.reason) == ("released", 2, "An office.")


def test_votes_on_several_tools_make_one_intervention_per_tool(publisher):
    tools = [make_tool() for _ in range(3)]
    votes = [make_vote(tool) for tool in reversed(tools)]

    answer(publisher, "void", votes)

    assert list(Intervention.objects.order_by("pk").values_list("tool", "votes")) == [
        (tool.pk, 1) for tool in tools
    ]


@pytest.mark.parametrize("act, word", [("void", "voided"), ("release", "released")])
def test_the_preview_equals_the_result(publisher, act, word):
    tool = make_tool()
    states = [("counted", ""), ("held", "pace"), ("voided", "staff"), ("withdrawn", "")]
    votes = [
        make_vote(tool, choice, state=state, rule=rule)
        for choice in ["ship", "skip", "skip"]
        for state, rule in states
    ]
    (preview,) = previews(Vote.objects.all(), word)

    answer(publisher, act, votes)

    done = Intervention.objects.get()
    assert (done.votes, done.ships_after, done.skips_after) == (
        preview.votes,
        preview.ships_after,
        preview.skips_after,
    )
    assert Vote.objects.filter(state="withdrawn").count() == 3


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "a\0b"])
def test_nothing_changes_without_a_valid_reason(publisher, reason):
    tool = make_tool()

    response = answer(publisher, "void", make_votes(tool, ships=1), reason)

    assert response.status_code == 422
    assert tally_of(tool) == (1, 0, 0)


def test_submitting_twice_makes_one_intervention(publisher):
    votes = make_votes(make_tool(), ships=2)
    as_of = select(publisher, "void", votes).context["form"]["as_of"].value()

    for _ in range(2):
        response = select(publisher, "void", votes, as_of=as_of, reason="A bot.")

    assert response.status_code == 302
    assert Intervention.objects.count() == 1


def test_a_vote_that_changed_since_the_preview_is_left_out(publisher):
    tool = make_tool()
    seen, changed = make_votes(tool, ships=2)
    as_of = select(publisher, "void", [seen, changed]).context["form"]["as_of"].value()
    Vote.objects.filter(pk=changed.pk).update(choice="skip", changed_at=timezone.now())

    select(publisher, "void", [seen, changed], as_of=as_of, reason="A bot.")

    assert tally_of(tool) == (0, 1, 0)


def test_all_votes_of_a_filtered_list_can_be_selected_across_its_pages(publisher):
    tool = make_tool(slug="ada")
    votes = make_votes(tool, ships=3)
    other = make_tool()
    make_vote(other)
    data = {"action": "void", "select_across": "1", "_selected_action": votes[0].pk}

    page = publisher.post(f"{VOTES}?tool=ada", data | {"index": 0})
    late = make_vote(tool)
    as_of = page.context["form"]["as_of"].value()
    publisher.post(f"{VOTES}?tool=ada", data | {"as_of": as_of, "reason": "A bot."})

    assert (tally_of(tool), tally_of(other)) == ((1, 0, 0), (1, 0, 0))
    late.refresh_from_db()
    assert late.state == "counted"


@pytest.mark.parametrize("pk", ["abc", "-1", "9" * 30])
def test_an_id_that_is_not_a_number_is_a_bad_request(publisher, pk):
    data = {"action": "void", "_selected_action": pk, "index": 0}

    assert publisher.post(VOTES, data).status_code == 400


# A burst


def test_a_burst_is_previewed_before_it_is_voided(publisher):
    tool = make_tool()
    make_votes(tool, ships=2, skips=1)
    make_votes(tool, skips=2, rule="burst", network=OTHER_NETWORK)
    make_vote(tool, changed_at=timezone.now() - timedelta(hours=2))

    response = publisher.get(BURST, burst_of(tool))

    preview = response.context["preview"]
    assert preview.rows == [
        PreviewRow("Counted", ships=2, skips=1, is_changed=True),
        PreviewRow("Held", ships=0, skips=2, is_changed=True),
        PreviewRow("Voided", ships=0, skips=0, is_changed=False),
        PreviewRow("Withdrawn", ships=0, skips=0, is_changed=False),
    ]
    assert (preview.votes, preview.ships_after, preview.skips_after) == (5, 1, 0)
    assert response.context["networks"] == [("01010101", 3), ("abcdabcd", 2)]
    assert tally_of(tool) == (3, 1, 2)


def test_voiding_a_burst_shows_the_tally_before_and_after(publisher):
    tool = make_tool()
    make_votes(tool, ships=2, skips=1)
    make_vote(tool, changed_at=timezone.now() - timedelta(hours=2))

    response = publisher.post(BURST, burst_of(tool, reason="A bot farm."), follow=True)

    done = Intervention.objects.get()
    assert tally_of(tool) == (1, 0, 0)
    assert done.since < done.until
    assert response.redirect_chain == [
        (reverse("admin:votes_intervention_change", args=[done.pk]), 302)
    ]
    assert "3 ship / 1 skip" in response.content.decode()
    assert "1 ship / 0 skip" in response.content.decode()


def test_a_burst_of_one_network_leaves_other_networks_unchanged(publisher):
    tool = make_tool()
    make_vote(tool)
    make_votes(tool, skips=3, network=OTHER_NETWORK)

    publisher.post(BURST, burst_of(tool, network="abcdabcd", reason="A bot farm."))

    assert tally_of(tool) == (1, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tool": "abc"},
        {"tool": "0"},
        {"since": "soon"},
        {"until": "2020-01-01T00:00:00"},
        {"until": "2999-01-01T00:00:00"},
        {"network": "xyz"},
        {"network": "' OR 1"},
        {"reason": ""},
    ],
)
def test_an_invalid_burst_changes_nothing(publisher, wrong):
    tool = make_tool()
    make_vote(tool)

    response = publisher.post(BURST, burst_of(tool, reason="A bot farm.") | wrong)

    assert response.status_code == 422
    assert tally_of(tool) == (1, 0, 0)


def test_a_time_window_without_votes_has_nothing_to_void(publisher):
    tool = make_tool()

    response = publisher.post(BURST, burst_of(tool, reason="A bot farm."))

    assert response.status_code == 422
    assert "there is nothing to void" in response.content.decode()
    assert Intervention.objects.count() == 0


def test_previewing_a_burst_changes_nothing(publisher):
    tool = make_tool()
    make_vote(tool)

    publisher.get(BURST, burst_of(tool, reason="A bot farm."))

    assert tally_of(tool) == (1, 0, 0)


# Reasons


def reason_fields(reason, **changes):
    fields = ["side", "slug", "label", "position"]
    return {name: getattr(reason, name) for name in fields} | {"is_active": "on"} | changes


def test_a_publisher_changes_the_label_and_position_of_a_reason(publisher):
    reason = Reason.objects.get(side="ship", slug="price")
    page = reverse("admin:votes_reason_change", args=[reason.pk])

    publisher.post(page, reason_fields(reason, label="Good value", position=40, is_active=""))

    reason.refresh_from_db()
    assert (reason.label, reason.position, reason.is_active) == ("Good value", 40, False)


def test_a_reason_in_use_keeps_its_side(publisher):
    reason = Reason.objects.get(side="ship", slug="price")
    make_vote(make_tool(), reason=reason)
    page = reverse("admin:votes_reason_change", args=[reason.pk])

    publisher.post(page, reason_fields(reason, side="skip", slug="other", label="Good value"))

    reason.refresh_from_db()
    assert (reason.side, reason.slug, reason.label) == ("ship", "price", "Good value")


def test_the_database_keeps_the_side_of_a_reason_in_use():
    reason = Reason.objects.get(side="ship", slug="saves-time")
    make_vote(make_tool(), reason=reason)

    with pytest.raises(IntegrityError, match="vote_reason_is_of_its_side"):
        Reason.objects.filter(pk=reason.pk).update(side="skip")


def test_only_an_unused_reason_can_be_deleted(admin_client):
    given, unused = Reason.objects.filter(side="ship")[:2]
    make_vote(make_tool(), reason=given)

    codes = [
        admin_client.post(
            reverse("admin:votes_reason_delete", args=[pk]), {"post": "yes"}
        ).status_code
        for pk in [given.pk, unused.pk]
    ]

    assert codes == [403, 302]
    assert Reason.objects.filter(pk__in=[given.pk, unused.pk]).get() == given
