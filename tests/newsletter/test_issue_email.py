"""The mail of an issue, as HTML and as text."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from newsletter.delivery.issue_email import MAX_HTML_BYTES, PARTS, IssueEmail
from newsletter.digest.digest import DigestFilter
from newsletter.digest.items import NewVerdict, OtherChange, StatusChange
from newsletter.digest.quotes import Quote
from newsletter.subscribers.links import subscriber_token
from tests.newsletter.digests import changed, digest_of, full_digest, name
from tests.newsletter.factories import issue_of

KEY = uuid.UUID(int=7)
EVIL = '<script>alert(1)</script>"><img src=x>&amp;'
VOID = {"meta", "br", "hr", "img", "link", "input"}


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://ship.example"
    settings.NEWSLETTER_POSTAL_ADDRESS = "Ship or Skip, 1 Harbour Street, Helsinki"


def issue_email_of(digest, **fields):
    return IssueEmail(issue_of(number=12, **fields), digest)


class Page(HTMLParser):
    """The tags of a page, what they hold, and whether all are closed in order."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag):
        return [attrs for found, attrs in self.tags if found == tag]

    @property
    def links(self):
        return [attrs["href"] for attrs in self.named("a")]


def words(html):
    """What is read of it, on one line."""
    shown = re.sub(r"<(style|title)[^>]*>.*?</\1>|<!--.*?-->", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def test_the_html_shows_every_part_in_order():
    issue_email = issue_email_of(full_digest(), preheader="In short.", intro="**Hello.**")

    assert words(issue_email.html) == (
        "In short. Ship or Skip 2 to 9 March 2026 What changed this week In short. Hello. "
        "Changed verdicts Tool 1 ◆ Split → ✓ Ship 3 ship / 1 skip, panel score 69.8 "
        "Why: Builder: It was fixed. “ It works every day now. ” — Builder (Ship, 88) "
        "New verdicts Tool 2 ✕ Skip 0 ship / 2 skip, panel score 31.5 Does two things. "
        "Best for: Two things at once. Skip if: One is enough. "
        "“ It does neither of them well. ” — Skeptic, AI-assisted (Skip, 12) "
        "Editor’s note: We asked the makers. "
        "Discontinued tools Tool 3 Discontinued (was Active) Use Tool 4 instead. Why: Sold. "
        "Comparison of the week Tool 6 vs Tool 5 Panel scores 80.0 and 79.0 "
        "4 reviewers scored both. 3 prefer Tool 6 . 1 prefers Tool 5 . "
        "On average Tool 6 is 1 point ahead. Compare side by side "
        "Most divisive Tool 7 ◆ Split 60 points between Builder 90 and Skeptic 30. "
        "The largest spread of 5 tools reviewed in this period. "
        "Widest panel–community gap Tool 8 ✓ Ship "
        "85 points apart: 100% of the panel and 15% of readers say ship (20 votes). "
        "The widest gap of 3 tools with 10 votes or more. "
        "Other changes Tool 9 Price: 9 a month → 12 a month "
        "Ship or Skip takes no money from the makers of tools. "
        "You get this email once a week because you subscribed to the Ship or Skip newsletter "
        "and confirmed your address. "
        "Unsubscribe · Change your preferences · Read this issue on the site "
        "Ship or Skip, 1 Harbour Street, Helsinki"
    )


def test_the_plain_text_shows_the_same_with_links_on_their_own_lines():
    issue_email = issue_email_of(
        full_digest(), preheader="In short.", intro="**Hello.** See [the method](/method/)."
    )

    assert issue_email.text == TEXT


TEXT = """\
SHIP OR SKIP
2 to 9 March 2026

What changed this week

In short.

**Hello.** See [the method](https://ship.example/method/).

Changed verdicts
----------------

* Tool 1
  SPLIT → SHIP
  3 ship / 1 skip, panel score 69.8
  Why: Builder: It was fixed.
  “It works every day now.” — Builder (Ship, 88)
  https://ship.example/tools/tool-1/

New verdicts
------------

* Tool 2
  SKIP
  0 ship / 2 skip, panel score 31.5
  Does two things.
  Best for: Two things at once.
  Skip if: One is enough.
  “It does neither of them well.” — Skeptic, AI-assisted (Skip, 12)
  Editor’s note: We asked the makers.
  https://ship.example/tools/tool-2/

Discontinued tools
------------------

* Tool 3
  Discontinued (was Active)
  Why: Sold.
  https://ship.example/tools/tool-3/
  Use Tool 4 instead:
  https://ship.example/tools/tool-4/

Comparison of the week
----------------------

* Tool 6 vs Tool 5
  Panel scores 80.0 and 79.0
  4 reviewers scored both. 3 prefer Tool 6. 1 prefers Tool 5. On average
  Tool 6 is 1 point ahead.
  https://ship.example/compare/tool-5-vs-tool-6/

Most divisive
-------------

* Tool 7
  SPLIT: 60 points between Builder 90 and Skeptic 30.
  The largest spread of 5 tools reviewed in this period.
  https://ship.example/tools/tool-7/

Widest panel–community gap
--------------------------

* Tool 8
  85 points apart: 100% of the panel and 15% of readers say ship (20
  votes).
  The widest gap of 3 tools with 10 votes or more.
  https://ship.example/tools/tool-8/

Other changes
-------------

* Tool 9
  Price: 9 a month → 12 a month
  https://ship.example/tools/tool-9/

------------------------------------------------------------------------

Ship or Skip takes no money from the makers of tools.

You get this email once a week because you subscribed to the
Ship or Skip newsletter and confirmed your address.
https://ship.example/

Unsubscribe:
https://ship.example/newsletter/unsubscribe/TOKEN-OF-THE-SUBSCRIBER/

Change your preferences:
https://ship.example/newsletter/preferences/TOKEN-OF-THE-SUBSCRIBER/

Read this issue on the site:
https://ship.example/newsletter/issues/12/

Ship or Skip, 1 Harbour Street, Helsinki
"""


def test_every_link_is_ours_and_https():
    issue_email = issue_email_of(full_digest(), intro="See [the method](/method/).")

    in_text = re.findall(r"https?://\S+?(?=[\s)])", issue_email.text)

    for link in [*Page(issue_email.html).links, *in_text]:
        assert (urlsplit(link).scheme, urlsplit(link).netloc) == ("https", "ship.example")
    assert {*in_text} == {*Page(issue_email.html).links}


def test_nothing_is_loaded_from_anywhere():
    page = Page(issue_email_of(full_digest(), preheader="In short.").html)

    assert not {"img", "script", "link", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert not any({"src", "background", "srcset"} & attrs.keys() for _, attrs in page.tags)
    assert "url(" not in issue_email_of(full_digest()).html


def test_the_html_is_well_formed():
    page = Page(issue_email_of(full_digest(), preheader="In short.", intro="- a\n- b").html)

    assert page.open == []
    assert page.named("html")[0]["lang"] == "en"
    assert all(attrs["role"] == "presentation" for attrs in page.named("table"))
    headings = [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[:3] == ["h1", "h2", "h3"]
    assert len(page.named("h1")) == len(page.named("title")) == 1
    assert len(page.named("h2")) == 7


def test_old_mail_programs_get_styles_on_the_elements_and_a_width():
    html = issue_email_of(full_digest()).html

    page = Page(html)
    assert all("style" in attrs for attrs in page.named("td") if "class" in attrs)
    assert page.named("h1")[0]["style"].startswith("margin:0;font-size:28px")
    assert '<!--[if mso]><table role="presentation" width="600"' in html
    assert any("max-width:600px" in attrs.get("style", "") for attrs in page.named("table"))


def test_dark_mode_stays_in_the_head():
    html = issue_email_of(full_digest()).html

    head, _, body = html.partition("</head>")
    assert '<meta name="color-scheme" content="light dark">' in head
    assert "@media (prefers-color-scheme: dark)" in head
    assert "@media" not in body
    # An element's own style would win over it otherwise.
    rules = re.findall(r"\{([^{}]*:[^{}]*)\}", head.partition("@media")[2])
    declarations = [line for rule in rules for line in rule.split(";") if line.strip()]
    assert all(line.strip().endswith("!important") for line in declarations)


def test_dark_mode_styles_only_classes_that_exist():
    html = issue_email_of(full_digest(), preheader="In short.").html

    classes = {name for attrs in re.findall(r'class="([^"]*)"', html) for name in attrs.split()}
    rules = html.partition("@media")[2].partition("</style>")[0]
    assert set(re.findall(r"\.([a-z-]+)", rules)) - {"none"} <= classes


def test_user_text_is_escaped_in_every_part():
    quote = Quote(EVIL, False, "ship", 88, EVIL)
    digest = digest_of(
        changed=(changed(1, EVIL, reasons=(EVIL,), note=EVIL),),
        new=(NewVerdict(name(2, EVIL), "ship", EVIL, None, EVIL, EVIL, (quote,), EVIL),),
        status=(StatusChange(name(3, EVIL), EVIL, EVIL, False, name(4, EVIL), (EVIL,)),),
        other=(OtherChange(name(5, EVIL), EVIL, EVIL, EVIL, (EVIL,)),),
    )

    html = issue_email_of(
        digest, subject=EVIL, preheader=EVIL, intro=f"{EVIL} [x](javascript:alert)"
    ).html

    page = Page(html)
    assert page.open == []
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert page.links == Page(issue_email_of(digest).html).links
    assert words(html).count(EVIL) == 3 + 3 + 7 + 5 + 5


def test_the_text_is_not_escaped():
    digest = digest_of(changed=(changed(1, "R&D <b>", reasons=("It's 1 > 0.",)),))

    text = issue_email_of(digest, subject="Ship & skip").text

    assert "Ship & skip\n" in text
    assert "* R&D <b>\n" in text
    assert "  Why: It's 1 > 0.\n" in text


def test_lines_of_the_text_are_short_and_links_whole():
    slug = "x" * 80
    tool = replace(name(1), slug=slug)
    digest = digest_of(changed=(changed(1, tool=tool, reasons=("word " * 60,)),))

    lines = issue_email_of(digest).text.splitlines()

    assert f"  https://ship.example/tools/{slug}/" in lines
    assert all(len(line) <= 72 for line in lines if "https://" not in line)


def test_a_url_in_a_name_does_not_get_its_own_line():
    digest = digest_of(changed=(changed(1, "Good https://evil.example/"),))

    assert "\n* Good https://evil.example/\n" in issue_email_of(digest).text


def test_the_preheader_is_hidden_and_first():
    html = issue_email_of(full_digest(), preheader="In short.").html

    body = html.partition("<body")[2]
    assert re.match(
        r'[^>]*>\s*<div class="preheader" style="display:none;[^"]*">In short.</div>', body
    )


def test_an_empty_introduction_leaves_no_trace():
    assert 'class="intro"' not in issue_email_of(full_digest()).html


def test_the_preheader_counts_what_this_email_holds():
    digest = full_digest().filtered(DigestFilter(tools=frozenset([2, 9])))

    assert issue_email_of(digest).preheader == "1 new verdict, 1 other change."
    assert ">1 new verdict, 1 other change.</div>" in issue_email_of(digest).html
    assert issue_email_of(digest, preheader="Typed.").preheader == "Typed."


def test_an_announcement_goes_to_those_for_whom_nothing_changed():
    nothing = DigestFilter(tools=frozenset())
    digest = replace(full_digest(), is_announcement=True).filtered(nothing)

    issue_email = issue_email_of(digest, intro="We move.")

    assert full_digest().filtered(nothing) is None
    assert (issue_email.is_empty, issue_email.preheader) == (False, "")
    assert words(issue_email.html).startswith(
        "Ship or Skip 2 to 9 March 2026 What changed this week We move. Ship or Skip takes no money"
    )
    assert "Tool" not in issue_email.text


def test_the_introduction_is_markdown_with_absolute_links():
    html = issue_email_of(
        full_digest(), intro="**Bold** and [a tool](/tools/x/), [//](//evil)"
    ).html

    assert "<strong>Bold</strong>" in html
    assert 'href="https://ship.example/tools/x/"' in html


def test_parts_are_in_the_chosen_order_without_those_left_out():
    issue_email = issue_email_of(full_digest(), parts=["other", "new", "unknown", "new"])

    assert re.findall(r"<h2[^>]*>(.*?)</h2>", issue_email.html) == [
        "Other changes",
        "New verdicts",
    ]
    assert re.findall(r"(.+)\n-+\n", issue_email.text) == ["Other changes", "New verdicts"]


def test_an_email_whose_parts_are_all_empty_is_empty():
    digest = digest_of(changed=(changed(1),))

    assert issue_email_of(digest, parts=["new", "divisive"]).is_empty
    assert not issue_email_of(digest).is_empty


def test_an_empty_part_has_no_heading():
    assert re.findall(
        r"<h2[^>]*>(.*?)</h2>", issue_email_of(digest_of(changed=(changed(1),))).html
    ) == ["Changed verdicts"]


def test_several_changes_of_a_verdict_are_all_named():
    digest = digest_of(changed=(changed(1, steps=("ship", "split", "skip", "ship")),))

    issue_email = issue_email_of(digest)

    assert "✓ Ship → Split → Skip → ✓ Ship (back to its earlier verdict)" in words(issue_email.html)
    assert "  SHIP → SPLIT → SKIP → SHIP\n  Back to its earlier verdict.\n" in issue_email.text


def test_other_changes_of_status_have_their_own_heading():
    change = StatusChange(name(1), "Active", "Acquired", False, None, ())

    assert "Changes of status" in issue_email_of(digest_of(status=(change,))).text


def test_a_monthly_issue_names_the_month():
    text = issue_email_of(full_digest(), cadence="monthly").text

    assert "Comparison of the month" in text
    assert "You get this email once a month because" in text


def test_names_are_isolated_from_the_direction_of_the_text():
    digest = digest_of(changed=(changed(1, "علّام (ALLaM)"),))

    issue_email = issue_email_of(digest)

    assert "<bdi>علّام (ALLaM)</bdi></a></h3>" in issue_email.html
    assert "* علّام (ALLaM)\n" in issue_email.text


def test_sample_content_is_declared():
    digest = digest_of(changed=(changed(1),), holds_sample=True)

    assert "Sample content." in words(issue_email_of(digest).html)
    assert "Sample content: " in issue_email_of(digest).text
    assert "Sample" not in issue_email_of(full_digest()).html


def test_a_part_shows_twelve_items_and_links_to_the_rest():
    digest = digest_of(changed=tuple(changed(n) for n in range(1, 25)))

    issue_email = issue_email_of(digest)

    rest = "https://ship.example/changes/?since=2026-03-02&until=2026-03-09&kind=verdict"
    assert len(re.findall("<h3", issue_email.html)) == 12
    assert "See 12 more" in words(issue_email.html)
    assert rest in Page(issue_email.html).links
    assert f"See 12 more:\n{rest}\n" in issue_email.text


def test_the_largest_issue_stays_below_gmails_limit():
    long = "字" * 280
    digest = digest_of(
        changed=tuple(changed(n, "ш" * 120, reasons=(long, long)) for n in range(1, 99)),
        new=tuple(NewVerdict(name(n, "ш" * 120), "ship", "ш" * 140, None) for n in range(1, 99)),
        status=tuple(
            StatusChange(name(n, "ш" * 120), "Active", "Discontinued", True, name(n + 1), (long,))
            for n in range(1, 99)
        ),
        other=tuple(
            OtherChange(name(n, "ш" * 120), "Price", long, long, (long,)) for n in range(1, 99)
        ),
    )

    issue_email = issue_email_of(digest, intro="word " * 400)

    assert len(issue_email.html.encode()) <= MAX_HTML_BYTES
    count = len(re.findall("<h3", issue_email.html))
    assert 4 <= count < 48
    # The text has the same ones.
    assert issue_email.text.count("\n* ") == count


def test_a_subscribers_copy_has_only_their_own_links():
    issue_email = issue_email_of(full_digest())

    token = subscriber_token(KEY)
    assert (
        f"https://ship.example/newsletter/unsubscribe/{token}/"
        in Page(issue_email.html_for(KEY)).links
    )
    assert f"\nhttps://ship.example/newsletter/preferences/{token}/\n" in issue_email.text_for(KEY)
    for part in (issue_email.html_for(KEY), issue_email.text_for(KEY)):
        assert part.count(token) == 2
        assert "TOKEN-OF" not in part


def test_an_issue_without_a_number_links_to_the_archive():
    issue_email = IssueEmail(issue_of(), full_digest())

    assert (
        "Read this issue on the site:\nhttps://ship.example/newsletter/issues/\n"
        in issue_email.text
    )


def test_days_over_the_end_of_a_month_or_a_year_are_named_in_full(settings):
    digest = full_digest()
    over_a_month = issue_email_of(moved(digest, days=-5))
    over_a_year = issue_email_of(moved(digest, days=-66))

    assert over_a_month.text.splitlines()[1] == "25 February to 4 March 2026"
    assert over_a_year.text.splitlines()[1] == "26 December 2025 to 2 January 2026"


def moved(digest, days):
    by = timedelta(days=days)
    return replace(digest, since=digest.since + by, until=digest.until + by)


def test_every_part_has_its_templates():
    assert set(full_digest().parts) == set(PARTS)
