import pytest
from django.urls import reverse

from reviews.admin.tools import ToolAdmin
from reviews.models import Review, Reviewer
from tests.admin_client import form_values, make_staff, messages_of, page_of, send, sign_in
from tests.factories import draft_review, make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db

COMPLETE = {
    "bo__score": 50,
    "bo__verdict": "skip",
    "bo__basis": "first_look",
    "bo__body": "It broke at once.",
}


def hand_in_of(slug):
    """The value of the button that hands in, which is that of a line."""
    return {"_hand_in": str(Reviewer.objects.get(slug=slug).pk)}


@pytest.fixture
def bo():
    """The client of a publisher tied to the reviewer Bo."""
    user = make_staff("Publisher")
    make_reviewer("Bo", user=user)
    return sign_in(user)


@pytest.fixture
def tool(bo):
    """A tool that Zoe published a review of, and Ned has a draft of."""
    tool = make_tool(name="Ada")
    publish_review(tool, make_reviewer("Zoe"), score=93, body="Zoe's secret body.")
    draft_review(tool, make_reviewer("Ned"), score=17, body="Ned's secret body.").save()
    return tool


def pages_that_reveal(client, tool):
    """The pages of the admin that reveal the opinion of Zoe or Ned to `client`."""
    pages = {
        "tool": page_of(tool),
        "history": reverse("admin:tools_tool_history", args=[tool.pk]),
        "tools": reverse("admin:tools_tool_changelist"),
        "reviews": reverse("admin:reviews_review_changelist"),
        "ledger": reverse("admin:tools_ledgerentry_changelist"),
        "due": reverse("admin:reviews_review_due"),
        "csv": reverse("admin:tools_tool_export"),
    }
    secrets = [
        "93/100",
        "93.0",
        '-score" value="93"',  # and not the number of some row
        "secret body",
        "17/100",
        'data-verdict="ship"',
        ">93<",
    ]
    found = {}
    for name, url in pages.items():
        page = client.get(url).content.decode()
        found[name] = [secret for secret in secrets if secret in page]
    return {name for name, secrets in found.items() if secrets}


def test_a_reviewer_sees_nothing_of_the_others_before_entering_their_own(bo, tool):
    page = bo.get(page_of(tool))

    assert pages_that_reveal(bo, tool) == set()
    assert page.context["preview"] == reverse("own_review_preview", args=[tool.pk])
    assert f'"{reverse("tool_preview", args=[tool.pk])}"' not in page.content.decode()


@pytest.mark.parametrize("missing", ["score", "verdict", "basis", "body"])
def test_an_incomplete_draft_does_not_open_the_others(bo, tool, missing):
    send(bo, tool, **COMPLETE | {f"bo__{missing}": ""})

    assert pages_that_reveal(bo, tool) == set()


def test_a_complete_draft_opens_nothing(bo, tool):
    send(bo, tool, **COMPLETE)

    assert pages_that_reveal(bo, tool) == set()


def test_a_review_that_is_handed_in_opens_the_others_and_cannot_be_edited(bo, tool):
    send(bo, tool, "_hand_in", **hand_in_of("bo"), **COMPLETE)
    send(bo, tool, bo__score=99)

    assert Review.objects.drafts().get(reviewer__slug="bo").score == 50
    assert pages_that_reveal(bo, tool) == {"tool", "tools", "reviews", "ledger"}
    assert bo.get(page_of(tool)).context["preview"] == reverse("tool_preview", args=[tool.pk])


def test_a_review_of_another_tool_opens_nothing(bo, tool):
    send(bo, make_tool(), **COMPLETE)

    assert pages_that_reveal(bo, tool) == set()


def test_staff_without_a_reviewer_see_all(tool):
    for user in (make_staff("Editor"), make_staff(is_superuser=True)):
        assert pages_that_reveal(sign_in(user), tool) == {"tool", "tools", "reviews", "ledger"}


def test_a_superuser_who_reviews_enters_blind_too(tool):
    user = make_staff(is_superuser=True)
    make_reviewer("Flo", user=user)

    assert pages_that_reveal(sign_in(user), tool) == set()


def test_the_setting_off_shows_all_to_everybody(bo, tool, settings):
    settings.BLIND_ENTRY = False

    assert '-score" value="93"' in bo.get(page_of(tool)).content.decode()
    assert pages_that_reveal(bo, tool) == {"tool", "tools", "reviews", "ledger"}


@pytest.mark.parametrize(
    "query", ["panel__verdict__exact=ship", "panel__score__gte=90", "reviews__score__gte=90"]
)
def test_what_is_hidden_cannot_be_asked_for_by_a_filter(bo, tool, query):
    url = reverse("admin:tools_tool_changelist")

    assert bo.get(f"{url}?{query}").status_code == 400


def test_what_is_hidden_cannot_be_read_from_an_order(bo, tool):
    publish_review(make_tool(name="Bea"), make_reviewer("Pat"), score=10)
    url = reverse("admin:tools_tool_changelist")

    columns = [ToolAdmin.list_display.index(name) + 1 for name in ["verdict", "score"]]
    orders = [
        [row.name for row in bo.get(f"{url}?o={sign}{column}").context["cl"].result_list]
        for column in columns
        for sign in ("", "-")
    ]

    assert orders == [["Ada", "Bea"]] * 4  # by name, each time


def test_a_reviewer_fills_no_line_but_their_own(bo, tool):
    zoe = Review.objects.published().get().reviewer

    send(bo, tool, **COMPLETE, **{f"review-{zoe.pk}-score": 1, f"review-{zoe.pk}-reason": "Ha."})

    assert sorted(Review.objects.drafts().values_list("reviewer__slug", flat=True)) == ["bo", "ned"]
    lines = bo.get(page_of(tool)).context["scorecard"].lines
    assert [str(line.reviewer) for line in lines if line.form] == ["Bo"]


def test_a_blind_reviewer_publishes_only_what_they_were_shown(bo, tool):
    response = send(bo, tool, "_publish_reviews", **COMPLETE)

    assert messages_of(response) == ["Published: Bo."]
    assert Review.objects.drafts().get().reviewer.name == "Ned"


def test_retiring_a_reviewer_opens_nothing_to_the_account_that_is_tied_to_them(bo, tool):
    Reviewer.objects.filter(slug="bo").update(is_active=False)

    assert pages_that_reveal(bo, tool) == set()


@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_only_operators_tie_accounts_to_reviewers(role):
    user = make_staff(role)
    reviewer = make_reviewer("Bo", user=user)
    url = reverse("admin:reviews_reviewer_change", args=[reviewer.pk])

    def untie(client):
        form = client.get(url).context["adminform"].form
        assert (
            client.post(url, form_values(form) | {"user": "", "motto": "New."}).status_code == 302
        )
        return Reviewer.objects.get()

    by_editor = untie(sign_in(user))
    by_operator = untie(sign_in(make_staff(is_superuser=True)))

    assert (by_editor.motto, by_editor.user) == ("New.", user)
    assert by_operator.user is None


@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_a_reviewer_cannot_be_deleted_to_lose_the_tie(role):
    user = make_staff(role)
    reviewer = make_reviewer("Bo", user=user)
    url = reverse("admin:reviews_reviewer_delete", args=[reviewer.pk])

    assert sign_in(user).post(url, {"post": "yes"}).status_code == 403
    assert Reviewer.objects.get() == reviewer


def test_the_preview_opens_with_the_own_review_only(bo, tool):
    address = reverse("tool_preview", args=[tool.pk])

    assert bo.get(address).status_code == 403
    send(bo, tool, "_hand_in", **hand_in_of("bo"), **COMPLETE)

    assert bo.get(address).status_code == 200
