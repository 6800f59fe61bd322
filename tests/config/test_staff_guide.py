"""docs/staff.md calls buttons, links, fields and headings what the admin calls them."""

import re
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from lxml import html

from accounts.models import SecondFactor
from newsletter.delivery.sending_gate import get_gate
from newsletter.models import Delivery, SendingGate
from pages.tasks import prove_figures
from reviews.actions import reaffirm
from reviews.draft_actions import schedule_review
from reviews.models import Reviewer
from tests.admin_client import make_staff, page_of, sign_in
from tests.factories import (
    draft_review,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.newsletter.digests import full_digest
from tests.newsletter.factories import make_issue, make_subscriber
from tests.security.site_data import LOGO
from tests.votes.ballots import make_vote
from tools.actions import unpublish_tool
from tools.logos import encode_logo, store_logo
from tools.models import FactKind, StaffNote, Tool

pytestmark = pytest.mark.django_db

GUIDE = settings.BASE_DIR / "docs" / "staff.md"
LABELLED = "//a|//button|//label|//legend|//th|//dt|//h1|//h2|//h3|//summary|//option|//strong"
VALUES = "//input[@type='submit']/@value|//@aria-label"


def labels(text):
    """Return what `text` prints in italics."""
    return set(re.findall(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])", text))


def phrases(page):
    """Return the texts of what can be pressed, filled in or read as a heading."""
    tree = html.fromstring(page.decode())
    texts = [element.text_content() for element in tree.xpath(LABELLED)] + tree.xpath(VALUES)
    # The button below the rows of a table is made by a script of Django's.
    texts += re.findall(r'"addText": "([^"]+)"', "".join(tree.xpath("//@data-inline-formset")))
    return {re.sub(r"^[\d\W]+", "", " ".join(text.split())) for text in texts}


def is_among(label, found):
    """Whether a text is the label, or begins with it: that of a button may go on with a number."""
    return any(re.match(rf"{re.escape(label)}(?!\w)", text) for text in found)


def dry_run(client, page, csv):
    """Return the phrases of what a file would change."""
    file = ContentFile(csv, name="rows.csv")
    data = {"import_file": file, "format": "0", "resource": "0"}
    return phrases(client.post(page, data).content)


def crawl(client, start):
    """Return the phrases of the pages of the admin that links lead to, one page of each kind."""
    waiting, seen, found = list(start), set(), set()
    while waiting:
        address = waiting.pop(0)
        kind = address if address in start else re.sub(r"\d+", "1", urlsplit(address).path)
        if kind in seen or "logout" in kind:
            continue
        seen.add(kind)
        response = client.get(address)
        if response.status_code != 200 or "html" not in response.headers["Content-Type"]:
            continue
        found |= phrases(response.content)
        links = html.fromstring(response.content).xpath("//a/@href")
        waiting += [
            each
            for link in links
            if (each := urljoin(address, link)).startswith(("/admin/", "/preview/"))
        ]
    return found


@pytest.fixture
def catalogue():
    """Return a tool with a review in each state."""
    tool = make_tool(name="Ada", slug="ada")
    reviewers = [make_reviewer(name) for name in ["Bo", "Cleo", "Dag", "Eve"]]
    publish_review(tool, reviewers[0])
    publish_review(make_tool(), reviewers[1], reviewed_on=date(2020, 1, 1))
    draft_review(tool, reviewers[1]).save()
    draft_review(tool, reviewers[2], handed_in_at=timezone.now()).save()
    scheduled = draft_review(tool, reviewers[3])
    scheduled.save()
    schedule_review(review=scheduled, at=timezone.now() + timedelta(days=1))
    return tool


@pytest.fixture
def pages(catalogue):
    """Return the pages to begin with: those of states that no link leads to first."""
    make_vote(catalogue, rule="pace")
    SendingGate.objects.filter(pk=get_gate().pk).update(trip_reason="The login was refused.")
    now = timezone.now()
    scheduled_tool = make_tool(published_at=now + timedelta(days=1))
    logo = encode_logo(LOGO)
    store_logo(logo)
    withdrawn_tool = make_tool(logo=logo.digest)
    unpublish_tool(tool=withdrawn_tool, reason="It is gone.")
    draft_tool = make_tool(name="Bea", slug="bea", published=False)
    make_fact(draft_tool, make_fact_kind(), "MIT", observed_on=date(2020, 1, 1))
    prove_figures.defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed', attempts = 1")
    issues = [
        make_issue(full_digest(), state=state, content_hash="0" * 64)
        for state in ["sending", "paused"]
    ]
    for issue, state, claim in [(issues[0], "uncertain", "0" * 32), (issues[1], "rejected", None)]:
        Delivery.objects.create(
            issue=issue, subscriber=make_subscriber(), state=state, claim=claim, changed_at=now
        )
    scheduled = make_issue(state="scheduled", scheduled_for=now + timedelta(days=1))
    draft = make_issue(since=now - timedelta(days=1), until=now + timedelta(days=1))
    suppressed = make_subscriber("suppressed")
    second = f"{now:%Y-%m-%dT%H:00:00Z}/{now + timedelta(hours=1):%Y-%m-%dT%H:00:00Z}"
    return [
        "/admin/",
        f"/admin/votes/vote/?tool=ada&time={second}",
        *[f"/admin/newsletter/issue/{issue.pk}/change/" for issue in [*issues, scheduled, draft]],
        f"/admin/newsletter/issue/{issues[0].pk}/uncertain/",
        f"/admin/newsletter/issue/{draft.pk}/send/",
        f"/admin/newsletter/subscriber/{suppressed.pk}/change/",
        f"/admin/newsletter/subscriber/{make_subscriber().pk}/change/",
        page_of(catalogue),
        *[page_of(tool) for tool in (draft_tool, scheduled_tool, withdrawn_tool)],
    ]


def test_what_the_guide_prints_in_italics_is_a_label_of_the_admin(pages, catalogue):
    operator, reviewer = make_staff(is_superuser=True), make_staff("Reviewer")
    other = make_staff("Editor")
    SecondFactor.objects.create(user=other, secret=b"", last_step=0)
    noted = Tool.objects.get(slug="bea")
    StaffNote.objects.create(tool=noted, author=other, assigned_to=operator, text="Is this true?")
    pages += [f"/admin/accounts/user/{other.pk}/change/", f"{page_of(noted)[:-7]}notes/"]
    reaffirm(review=catalogue.reviews.current().get(), by=operator)
    Reviewer.objects.filter(slug="cleo").update(user=reviewer)
    scripts = [path.read_text() for path in (settings.BASE_DIR / "static/js").glob("admin-*.js")]

    found = phrases(Client().get("/admin/login/").content)
    found |= crawl(sign_in(operator), pages) | crawl(sign_in(reviewer), ["/admin/"])
    found |= phrases(sign_in(other).get("/admin/security/").content)
    found |= dry_run(sign_in(operator), "/admin/tools/tool/import/", "slug,tagline\nada,New\n")
    found |= dry_run(
        sign_in(operator),
        "/admin/tools/fact/import/",
        f"tool,kind,value\nbea,{FactKind.objects.get().slug},Apache-2.0\n",
    )
    found |= set(re.findall(r'button\("([^"]+)"', "".join(scripts)))

    assert {label for label in labels(GUIDE.read_text()) if not is_among(label, found)} == set()


def test_the_guide_shows_every_picture_that_is_made():
    shown = re.findall(r"\]\(screenshots/([\w-]+)\.png\)", GUIDE.read_text())

    assert {*shown, "comparison"} == {path.stem for path in GUIDE.parent.glob("screenshots/*.png")}
