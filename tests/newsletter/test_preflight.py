"""What is found wrong with an issue before it goes out."""

import pytest

from newsletter.delivery.issue_email import LARGEST, IssueEmail
from newsletter.digest.changes import tool_name
from newsletter.digest.items import ComparedPair, NewVerdict, PanelFigures, StatusChange
from newsletter.issues.link_checker import link_problem
from newsletter.issues.preflight import Finding, preflight
from reviews.actions import publish_reviews
from tests.factories import draft_review, make_category, make_reviewer, make_tool
from tests.newsletter.digests import digest_of
from tests.newsletter.factories import issue_of
from tools.actions import unpublish_tool
from tools.models import Tool

pytestmark = pytest.mark.django_db

SITE = "https://ship.example"
PARTS = ["new"]


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["ship.example"]


@pytest.fixture
def tool():
    return make_tool(name="Ada", slug="ada")


def telling_of(*tools, **parts):
    figures = PanelFigures(3, 1, "69.8")
    told = tuple(NewVerdict(tool_name(tool), "ship", "Does one thing.", figures) for tool in tools)
    return digest_of(new=told, **parts)


def checked(tool, digest=None, **fields):
    fields = {"preheader": "In short.", "parts": PARTS} | fields
    issue = issue_of(**fields)
    return preflight(issue, IssueEmail(issue, digest or telling_of(tool)))


class Doctored(IssueEmail):
    """A issue_email whose parts are given, as a broken template would make them."""

    def __init__(self, issue_email, html=None, text=None):
        super().__init__(issue_email.issue, issue_email.digest)
        self._parts_of_mail = (
            issue_email.html if html is None else html,
            issue_email.text if text is None else text,
        )


def doctored(tool, **parts):
    issue = issue_of(preheader="In short.", parts=PARTS)
    issue_email = IssueEmail(issue, telling_of(tool))
    changed = {name: change(getattr(issue_email, name)) for name, change in parts.items()}
    return preflight(issue, Doctored(issue_email, **changed))


def error(where, words):
    return [Finding(True, where, words)]


def warning(where, words):
    return [Finding(False, where, words)]


def test_nothing_is_wrong_with_an_issue_of_published_tools(tool):
    assert checked(tool) == []


def test_an_issue_with_nothing_to_say_is_an_error():
    assert preflight(issue_of(), None) == error(
        "Content", "The ledger tells of nothing in the time of this issue."
    )


@pytest.mark.parametrize("subject", ["", "  "])
def test_an_empty_subject_is_an_error(tool, subject):
    assert checked(tool, subject=subject) == error("Subject", "It is empty.")


def test_a_subject_that_phones_cut_is_a_warning(tool):
    assert checked(tool, subject="x" * 70) == []
    assert checked(tool, subject="x" * 71) == warning(
        "Subject", "It has 71 characters; phones show 70."
    )


def test_an_empty_preheader_is_a_warning(tool):
    assert checked(tool, preheader=" ") == warning(
        "Preheader", "It is empty: mail programs show the first words instead."
    )


@pytest.mark.parametrize("field, where", [("subject", "Subject"), ("preheader", "Preheader"), ("intro", "Introduction")])  # fmt: skip
@pytest.mark.parametrize("words", ["TODO", "tell more ???", "XXXX", "TBD: who?"])
def test_a_note_to_oneself_is_a_warning(tool, field, where, words):
    (finding,) = checked(tool, **{field: words})

    assert (finding.is_error, finding.where) == (False, where)
    assert "Is it finished?" in finding.words


@pytest.mark.parametrize("words", ["Lorem ipsum dolor", "Hello {{ name }}", "{% if %}"])
def test_what_nobody_means_to_send_is_an_error(tool, words):
    (finding,) = checked(tool, intro=words)

    assert (finding.is_error, finding.where) == (True, "Introduction")


@pytest.mark.parametrize("words", ["Todo lists compared", "maxxxed out", "Really??"])
def test_words_that_only_look_like_a_note_are_none(tool, words):
    assert checked(tool, subject=words) == []


def test_a_part_with_nothing_to_tell_is_a_warning(tool):
    assert checked(tool, parts=["new", "gap"]) == warning(
        "Parts", "“Widest panel–community gap” has nothing to tell, and is left out."
    )


def test_a_part_that_nobody_knows_is_an_error(tool):
    assert checked(tool, parts=["new", "weather"]) == error("Parts", "There is no part “weather”.")


@pytest.mark.parametrize("parts", [[], ["comparison"]])
def test_an_issue_without_any_news_is_an_error(tool, parts):
    other = make_tool(slug="bea")
    pair = ComparedPair(
        tool_name(tool), tool_name(other), "80.0", "79.0", 3, 1, "1.0", 4, 4, in_the_news=1
    )
    digest = telling_of(tool, comparisons=(pair,))

    findings = checked(tool, digest, parts=parts)

    assert findings == error(
        "Parts", "Nothing of what is left in is news: there would be nothing to send."
    )


def test_a_tool_that_was_unpublished_is_an_error_and_so_is_its_link(tool):
    digest = telling_of(tool)
    unpublish_tool(tool=tool)

    assert checked(tool, digest) == [
        *error("Tools", "Ada is not published, and the issue tells of it."),
        *error("HTML", f"The link “Ada” to {SITE}/tools/ada/ answers 404."),
    ]


def test_a_successor_and_compared_tools_are_looked_at_too(tool):
    gone = {slug: make_tool(name=slug, slug=slug, published=False) for slug in ["bea", "cy"]}
    change = StatusChange(
        tool_name(tool), "Active", "Discontinued", True, tool_name(gone["bea"]), ()
    )
    pair = ComparedPair(
        tool_name(tool), tool_name(gone["cy"]), "80.0", "79.0", 3, 1, "1.0", 4, 4, in_the_news=1
    )
    digest = digest_of(status=(change,), comparisons=(pair,))

    findings = checked(tool, digest, parts=["status", "comparison"])

    assert [finding.words for finding in findings if finding.where == "Tools"] == [
        "bea is not published, and the issue tells of it.",
        "cy is not published, and the issue tells of it.",
    ]


@pytest.mark.parametrize(
    "address",
    ["/tools/ada/", "/", "/method/#panel", "/tools/?q=ada", "/tools/old/", "mailto:desk@ship.example", "https://elsewhere.example/gone", f"{SITE}/tools/ada"],
)  # fmt: skip
def test_links_that_lead_somewhere_are_fine(tool, address):
    Tool.objects.filter(pk=tool.pk).update(slug="old")
    tool.refresh_from_db()
    tool.slug = "ada"
    tool.save()

    assert checked(tool, intro=f"See [this]({address}).") == []


@pytest.mark.parametrize(
    "address, problem",
    [
        ("/tools/nobody/", f"to {SITE}/tools/nobody/ answers 404"),
        (f"{SITE}/tools/nobody/", f"to {SITE}/tools/nobody/ answers 404"),
        ("/compare/ada-vs-nobody/", f"to {SITE}/compare/ada-vs-nobody/ answers 404"),
        ("/newsletter/issues/99/", f"to {SITE}/newsletter/issues/99/ answers 404"),
        ("/tools/ada/vote/withdraw/", f"to {SITE}/tools/ada/vote/withdraw/ answers 405"),
        ("/admin/", f"to {SITE}/admin/ leads to the desk, where readers cannot go"),
        ("/admin", f"to {SITE}/admin leads to the desk, where readers cannot go"),
        ("/tools/nobody", f"to {SITE}/tools/nobody answers 404"),
        ("/%00", f"to {SITE}/%00 answers 400"),
        ("/t%C3%A4/", f"to {SITE}/t%C3%A4/ answers 404"),
        ("tools/ada/", "to tools/ada/ leads nowhere from a mail"),
        ("#top", "to #top leads nowhere from a mail"),
        ("https:/tools/", "to https:/tools/ leads nowhere from a mail"),
        ("", "has no address"),
    ],
)
def test_links_that_lead_nowhere_are_errors(tool, address, problem):
    assert checked(tool, intro=f"See [this]({address}).") == error(
        "HTML", f"The link “this” {problem}."
    )


def test_a_dead_link_is_told_of_once(tool):
    findings = checked(tool, intro="See [this](/gone/), and [this](/gone/).")

    assert len(findings) == 1


def test_a_dead_link_of_the_text_alone_is_found(tool):
    findings = doctored(tool, text=lambda text: f"{text}\nSee {SITE}/gone/.")

    assert findings == error("Text", f"The link {SITE}/gone/ answers 404.")


def test_a_link_is_looked_at_without_closing_the_connection_of_who_looks(
    tool, django_assert_num_queries
):
    category = make_category(slug="things")
    publish_reviews(tool=tool, reviews=[draft_review(tool, make_reviewer())])

    assert link_problem(f"{SITE}/categories/{category.slug}/") == ""
    with django_assert_num_queries(1):
        assert Tool.objects.count() == 1


def test_html_of_over_100_kb_is_an_error(tool):
    findings = doctored(tool, html=lambda html: html + "x" * LARGEST)

    (finding,) = findings
    assert finding.is_error
    assert "mail programs cut it off at 100 kB" in finding.words


@pytest.mark.parametrize(
    "picture, found",
    [
        ('<img src="/a.png">', 1),
        ("<img>", 1),
        ('<img src="/a.png" alt="">', 0),
        ('<img src="/a.png" alt="A chart">', 0),
    ],
)
def test_a_picture_without_alternative_text_is_an_error(tool, picture, found):
    findings = doctored(tool, html=lambda html: html + picture)

    assert [finding.is_error for finding in findings] == [True] * found


def test_a_missing_text_part_is_an_error(tool):
    assert doctored(tool, text=lambda text: " \n") == error("Text", "There is no text part.")


def test_a_part_without_a_link_to_unsubscribe_is_an_error(tool):
    def without(part):
        return part.replace("TOKEN-OF-THE-SUBSCRIBER", "")

    findings = doctored(tool, html=without, text=without)

    assert Finding(True, "HTML", "It has no link to unsubscribe.") in findings
    assert Finding(True, "Text", "It has no link to unsubscribe.") in findings


def test_errors_come_before_warnings(tool):
    findings = checked(tool, preheader="", intro="[this](/gone/)")

    assert [finding.is_error for finding in findings] == [True, False]
