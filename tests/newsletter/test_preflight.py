"""The checks of an issue before it is sent."""

from datetime import timedelta

import pytest

from newsletter.delivery.issue_email import MAX_HTML_BYTES, IssueEmail
from newsletter.digest.changes import tool_name
from newsletter.digest.items import ComparedPair, NewVerdict, PanelFigures, StatusChange
from newsletter.issues.link_checker import link_problem
from newsletter.issues.preflight import Finding, preflight
from reviews.actions import publish_reviews
from tests.factories import draft_review, make_category, make_reviewer, make_tool
from tests.newsletter.digests import digest_of
from tests.newsletter.factories import issue_of, make_issue
from tests.newsletter.ledger_factory import SINCE, UNTIL
from tools.actions import unpublish_tool
from tools.models import Tool

pytestmark = pytest.mark.django_db

SITE = "https://ship.example"
PARTS = ["new"]
MISSING = "The page does not exist (404)."
FAILING = "The page answers with an error ({})."
NOT_IN_EMAIL = "It does not work in an email: use a full address that begins with https://."


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE
    settings.ALLOWED_HOSTS = ["ship.example"]


@pytest.fixture
def tool():
    return make_tool(name="Ada", slug="ada")


def digest_of_period(*tools, **parts):
    figures = PanelFigures(3, 1, "69.8")
    items = tuple(NewVerdict(tool_name(tool), "ship", "Does one thing.", figures) for tool in tools)
    return digest_of(new=items, **parts)


def checked(tool, digest=None, **fields):
    fields = {"preheader": "In short.", "parts": PARTS} | fields
    issue = issue_of(**fields)
    return preflight(issue, IssueEmail(issue, digest or digest_of_period(tool)))


class Doctored(IssueEmail):
    """A issue_email whose parts are given, as a broken template would make them."""

    def __init__(self, issue_email, html=None, text=None):
        super().__init__(issue_email.issue, issue_email.digest)
        self._html_and_text = (
            issue_email.html if html is None else html,
            issue_email.text if text is None else text,
        )


def doctored(tool, **parts):
    issue = issue_of(preheader="In short.", parts=PARTS)
    issue_email = IssueEmail(issue, digest_of_period(tool))
    changed = {name: change(getattr(issue_email, name)) for name, change in parts.items()}
    return preflight(issue, Doctored(issue_email, **changed))


def error(topic, message):
    return [Finding(True, topic, message)]


def warning(topic, message):
    return [Finding(False, topic, message)]


def test_an_issue_of_published_tools_has_no_findings(tool):
    assert checked(tool) == []


def test_an_issue_without_changes_is_an_error():
    assert preflight(issue_of(), None) == error(
        "Content",
        "Nothing would be sent: no item that is included changed in the period of this issue. "
        "To send the introduction alone, tick “Announcement”.",
    )


@pytest.mark.parametrize("subject", ["", "  "])
def test_an_empty_subject_is_an_error(tool, subject):
    assert checked(tool, subject=subject) == error("Subject", "Enter a subject.")


def test_a_subject_that_phones_cut_is_a_warning(tool):
    assert checked(tool, subject="x" * 70) == []
    assert checked(tool, subject="x" * 71) == warning(
        "Subject", "It has 71 characters. Phones show the first 70."
    )


def test_an_announcement_needs_an_introduction(tool):
    assert checked(tool, is_announcement=True, intro=" ") == error(
        "Introduction", "Enter the text of the announcement."
    )
    assert checked(tool, is_announcement=True, intro="We move.") == []


def test_an_issue_older_than_the_last_one_sent_is_a_warning(tool):
    make_issue(digest_of_period(tool), number=7, since=SINCE, until=UNTIL + timedelta(days=7))
    make_issue(digest_of_period(tool), number=8, until=UNTIL - timedelta(days=1))
    make_issue(
        digest_of_period(tool), number=9, until=UNTIL + timedelta(days=30), cadence="monthly"
    )

    assert checked(tool) == warning(
        "Period",
        "Issue 7 was sent already and covers the changes until 16 March 2026, 08:00 UTC. "
        "Readers would get older news after newer.",
    )


def test_a_successor_that_is_discontinued_too_is_a_warning(tool):
    next_tool = make_tool(name="Bea", status="discontinued")
    change = StatusChange(tool_name(tool), "Active", "Discontinued", True, tool_name(next_tool), ())

    assert checked(tool, digest_of(status=(change,)), parts=["status"]) == warning(
        "Tools", "Bea, the successor of Ada, is discontinued too."
    )


@pytest.mark.parametrize("field, topic", [("subject", "Subject"), ("preheader", "Preheader"), ("intro", "Introduction")])  # fmt: skip
@pytest.mark.parametrize("text", ["TODO", "say more ???", "XXXX", "TBD: who?"])
def test_a_reminder_in_the_text_is_a_warning(tool, field, topic, text):
    (finding,) = checked(tool, **{field: text})

    assert (finding.is_error, finding.topic) == (False, topic)
    assert "Is the text finished?" in finding.message


@pytest.mark.parametrize("text", ["Lorem ipsum dolor", "Hello {{ name }}", "{% if %}"])
def test_placeholder_text_is_an_error(tool, text):
    (finding,) = checked(tool, intro=text)

    assert (finding.is_error, finding.topic) == (True, "Introduction")
    assert finding.message.startswith("Replace the placeholder text “")


@pytest.mark.parametrize("text", ["Todo lists compared", "maxxxed out", "Really??"])
def test_words_that_resemble_a_reminder_are_allowed(tool, text):
    assert checked(tool, subject=text) == []


def test_an_empty_part_is_a_warning(tool):
    assert checked(tool, parts=["new", "gap"]) == warning(
        "Parts", "“Widest panel–community gap” is empty and will be left out."
    )


def test_an_unknown_part_is_an_error(tool):
    assert checked(tool, parts=["new", "weather"]) == error(
        "Parts", "There is no part “weather”. Remove it."
    )


@pytest.mark.parametrize("parts", [[], ["comparison"]])
def test_an_issue_whose_parts_have_no_changes_is_an_error(tool, parts):
    other = make_tool(slug="bea")
    pair = ComparedPair(
        tool_name(tool), tool_name(other), "80.0", "79.0", 3, 1, "1.0", 4, 4, in_the_news=1
    )
    digest = digest_of_period(tool, comparisons=(pair,))

    findings = checked(tool, digest, parts=parts)

    assert findings == error(
        "Parts", "The chosen parts have no changes. Include a part that has some."
    )


def test_a_withdrawn_tool_is_an_error_although_it_has_a_page(tool):
    digest = digest_of_period(tool)
    unpublish_tool(tool=tool, reason="A duplicate.")

    assert checked(tool, digest) == error(
        "Tools", "The issue mentions Ada, which is not published."
    )


def test_a_draft_and_its_link_are_errors(tool):
    digest = digest_of_period(tool)
    type(tool).objects.filter(pk=tool.pk).update(published_at=None)

    assert checked(tool, digest) == [
        *error("Tools", "The issue mentions Ada, which is not published."),
        *error("HTML", f"Fix the link “Ada” ({SITE}/tools/ada/). The page does not exist (404)."),
    ]


def test_successors_and_compared_tools_are_checked_too(tool):
    gone = {slug: make_tool(name=slug, slug=slug, published=False) for slug in ["bea", "cy"]}
    change = StatusChange(
        tool_name(tool), "Active", "Discontinued", True, tool_name(gone["bea"]), ()
    )
    pair = ComparedPair(
        tool_name(tool), tool_name(gone["cy"]), "80.0", "79.0", 3, 1, "1.0", 4, 4, in_the_news=1
    )
    digest = digest_of(status=(change,), comparisons=(pair,))

    findings = checked(tool, digest, parts=["status", "comparison"])

    assert [finding.message for finding in findings if finding.topic == "Tools"] == [
        "The issue mentions bea, which is not published.",
        "The issue mentions cy, which is not published.",
    ]


@pytest.mark.parametrize(
    "address",
    ["/tools/ada/", "/", "/method/#panel", "/tools/?q=ada", "/tools/old/", "mailto:editors@ship.example", "https://elsewhere.example/gone", f"{SITE}/tools/ada"],
)  # fmt: skip
def test_working_and_external_links_have_no_finding(tool, address):
    Tool.objects.filter(pk=tool.pk).update(slug="old")
    tool.refresh_from_db()
    tool.slug = "ada"
    tool.save()

    assert checked(tool, intro=f"See [this]({address}).") == []


@pytest.mark.parametrize(
    "address, problem",
    [
        ("/tools/nobody/", f" ({SITE}/tools/nobody/). {MISSING}"),
        (f"{SITE}/tools/nobody/", f" ({SITE}/tools/nobody/). {MISSING}"),
        ("/compare/ada-vs-nobody/", f" ({SITE}/compare/ada-vs-nobody/). {MISSING}"),
        ("/newsletter/issues/99/", f" ({SITE}/newsletter/issues/99/). {MISSING}"),
        ("/tools/ada/vote/withdraw/", f" ({SITE}/tools/ada/vote/withdraw/). {FAILING.format(405)}"),
        ("/admin/", f" ({SITE}/admin/). It leads to the admin, which readers cannot open."),
        ("/admin", f" ({SITE}/admin). It leads to the admin, which readers cannot open."),
        ("/tools/nobody", f" ({SITE}/tools/nobody). {MISSING}"),
        ("/%00", f" ({SITE}/%00). {FAILING.format(400)}"),
        ("/t%C3%A4/", f" ({SITE}/t%C3%A4/). {MISSING}"),
        ("tools/ada/", f" (tools/ada/). {NOT_IN_EMAIL}"),
        ("#top", f" (#top). {NOT_IN_EMAIL}"),
        ("https:/tools/", f" (https:/tools/). {NOT_IN_EMAIL}"),
        ("", ". It has no address."),
    ],
)
def test_broken_links_are_errors(tool, address, problem):
    assert checked(tool, intro=f"See [this]({address}).") == error(
        "HTML", f"Fix the link “this”{problem}"
    )


def test_a_repeated_broken_link_is_reported_once(tool):
    findings = checked(tool, intro="See [this](/gone/), and [this](/gone/).")

    assert len(findings) == 1


def test_a_broken_link_in_the_text_part_alone_is_found(tool):
    findings = doctored(tool, text=lambda text: f"{text}\nSee {SITE}/gone/.")

    assert findings == error("Text", f"Fix the link {SITE}/gone/. {MISSING}")


def test_checking_a_link_keeps_the_database_connection_open(tool, django_assert_num_queries):
    category = make_category(slug="things")
    publish_reviews(tool=tool, reviews=[draft_review(tool, make_reviewer())])

    assert link_problem(f"{SITE}/categories/{category.slug}/") == ""
    with django_assert_num_queries(1):
        assert Tool.objects.count() == 1


def test_html_of_over_100_kb_is_an_error(tool):
    findings = doctored(tool, html=lambda html: html + "x" * MAX_HTML_BYTES)

    (finding,) = findings
    assert finding.is_error
    assert "mail programs cut off after 100 kB" in finding.message


@pytest.mark.parametrize(
    "picture, found",
    [
        ('<img src="/a.png">', 1),
        ("<img>", 1),
        ('<img src="/a.png" alt="">', 0),
        ('<img src="/a.png" alt="A chart">', 0),
    ],
)
def test_an_image_without_alternative_text_is_an_error(tool, picture, found):
    findings = doctored(tool, html=lambda html: html + picture)

    assert [finding.is_error for finding in findings] == [True] * found


def test_a_missing_text_part_is_an_error(tool):
    assert doctored(tool, text=lambda text: " \n") == error(
        "Text", "The plain text part is missing."
    )


def test_a_missing_unsubscribe_link_is_an_error(tool):
    def without(part):
        return part.replace("TOKEN-OF-THE-SUBSCRIBER", "")

    findings = doctored(tool, html=without, text=without)

    assert Finding(True, "HTML", "The unsubscribe link is missing.") in findings
    assert Finding(True, "Text", "The unsubscribe link is missing.") in findings


def test_errors_come_before_warnings(tool):
    findings = checked(tool, intro="TODO [this](/gone/)")

    assert [finding.is_error for finding in findings] == [True, False]
