"""Every kind of write that readers can see, on a small catalogue, for tests that no cached page is stale."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from accounts.models import Reader
from reviews.actions import correct_review, publish_tool, reaffirm
from reviews.calibration.figures import CALIBRATION
from reviews.close_calls import CLOSE_CALLS
from reviews.models import Reaffirmation, Reviewer
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tools import ledger
from tools.actions import change_tool, unpublish_tool
from tools.models import Category, Fact, FactKind, LedgerEntry, SearchSynonym, Tool
from votes.models import Reason, Vote
from votes.rankings.figures import RANKINGS

PAGES = [
    "/",
    "/tools/",
    "/tools/?q=alpha",
    "/tools/?q=coding%20mit%20zebra",
    "/tools/?q=alpha%20vs%20beta",
    "/tools/?sort=community",
    "/tools/?fact=licence:MIT&status=active",
    "/tools/?q=alpha&fact=licence:MIT",
    "/categories/coding/",
    "/rankings/",
    "/rankings/panel/",
    "/rankings/community/coding/",
    "/rankings/gap/",
    "/reviewers/",
    "/reviewers/builder/",
    "/changes/",
    "/changes/?tool=alpha",
    "/compare/",
    "/voting/",
    "/method/",
    "/tools/alpha/",
    "/tools/beta/",
    "/tools/gone/",
    "/tools/alpha/share/",
    "/tools/alpha/share.png",
    "/tools/alpha/badges/large-dark.svg",
    "/tools/alpha/card/",
    "/tools/gone/card/",
    "/compare/alpha-vs-beta/share.png",
    "/tools/alpha/alternatives/",
    "/tools/beta/alternatives/",
    "/changes/atom/",
    "/changes/verdicts/atom/",
    "/categories/coding/atom/",
    "/tools/alpha/atom/",
    "/tools/gone/atom/",
    "/compare/alpha-vs-beta/",
    "/compare/alpha-vs-beta-vs-gamma/?diff=1",
    "/tools/alpha.md",
    "/tools/gone.md",
    "/compare/alpha-vs-beta-vs-gamma.md",
    "/rankings.md",
    "/rankings/community/coding.md",
    "/changes.md?tool=alpha",
    "/llms.txt",
    "/sitemap.xml",
    "/sitemap-pages.xml",
    "/sitemap-tools-0.xml",
    "/api/",
    "/api/v1/categories/",
    "/api/v1/fact-kinds/",
    "/api/v1/tools/",
    "/api/v1/tools/?category=coding&limit=1",
    "/api/v1/tools/alpha/",
    "/api/v1/tools/gone/",
    "/api/v1/tools/alpha/reviews/",
    "/api/v1/tools/alpha/scorecard/",
    "/api/v1/tools/alpha/votes/",
    "/api/v1/reviewers/",
    "/api/v1/reviewers/builder/",
    "/api/v1/reviews/",
    "/api/v1/calibration/",
    "/api/v1/ledger/",
    "/api/v1/ledger/?tool=alpha",
    "/api/v1/rankings/panel/",
    "/api/v1/comparisons/alpha-vs-beta/",
    "/api/v1/rules/",
]
_number = count(1)


def make_catalogue():
    yesterday = timezone.now() - timedelta(days=1)
    coding, writing = make_category(slug="coding"), make_category(slug="writing")
    panel = [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder")]
    kind = make_fact_kind(name="Licence", slug="licence", is_filter=True)
    make_fact_kind("number", name="Window", slug="window", better="higher")
    tools = [
        make_tool(slug=slug, name=slug.title(), category=category, published_at=yesterday)
        for slug, category in [
            ("alpha", coding), ("beta", coding), ("gamma", writing), ("gone", coding), ("later", coding),
        ]
    ]  # fmt: skip
    for place, tool in enumerate(tools[:3]):
        for reviewer in panel:
            publish_review(tool, reviewer, 70 + place, "ship")
        make_fact(tool, kind, "MIT")
        for _ in range(11):
            cast(tool.slug, "ship")
    change("alpha", status="discontinued", successor=the("gamma"))
    change("alpha", status="active", successor=the("later"))
    reaffirm(review=a_review(), on=timezone.localdate() + timedelta(days=1))
    unpublish_tool(tool=the("gone"), reason="It was a duplicate.")
    make_tool(slug="draft", name="Draft", category=coding, published=False)
    RANKINGS.refresh()


def the(slug):
    """The tool that has the slug, or had it before another write changed it."""
    return Tool.objects.filter(slug=slug).first() or Tool.objects.get(old_slugs__slug=slug)


def change(slug, /, **fields):
    tool = the(slug)
    for name, value in fields.items():
        setattr(tool, name, value)
    change_tool(tool=tool, reason="We looked again.")


def changed(slug, /, **fields):
    """A write that gives the tool these values, of which texts are new each time."""

    def write():
        texts = {name: f"{value} {next(_number)}" for name, value in fields.items()}
        change(slug, **texts)

    return write


def cast(slug, choice, **fields):
    reader = Reader.objects.create(network=bytes(16))
    return Vote.objects.create(
        reader=reader, tool=the(slug), choice=choice, network=bytes(16), **fields
    )


def update_votes(slug, **fields):
    """All votes on the tool but one, in one statement, as the actions of staff do."""
    Vote.objects.filter(tool=the(slug), pk__gt=the(slug).votes.earliest("pk").pk).update(**fields)


def review(slug, name, score):
    reviewer = Reviewer.objects.get(slug=name)
    number = next(_number)
    publish_review(
        the(slug), reviewer, score, "skip" if number % 2 else "ship", reason="It changed.",
        body=f"Text {number}.",
    )  # fmt: skip


def overtake():
    """Let a tool of another category pass those that had the first rank."""
    for name in ("builder", "skeptic", "founder"):
        review("gamma", name, 80 + next(_number) % 20)
    RANKINGS.recount()


def a_review():
    return the("alpha").reviews.current().earliest("pk")


def correct():
    entry = LedgerEntry.objects.filter(tool=the("alpha"), kind="pricing").first()
    if entry is None:
        change("alpha", pricing=f"$ {next(_number)}")
        entry = LedgerEntry.objects.filter(tool=the("alpha"), kind="pricing").first()
    ledger.write_correction(entry=entry, new="$ 7", references={}, reason="A typing error.")


def restore():
    if the("gone").is_withdrawn:
        publish_tool(tool=the("gone"))
    else:
        unpublish_tool(tool=the("gone"), reason=f"Reason {next(_number)}.")


def move():
    tool = the("gamma")
    other = Category.objects.exclude(pk=tool.category_id).order_by("pk").first()
    change("gamma", category=other)


def schedule(clock):
    number = next(_number)
    make_tool(
        slug=f"scheduled-{number}", name=f"Alpha {number}", category=the("alpha").category,
        is_sample=True, published_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip
    clock.advance(minutes=31)


def rows(model, **fields):
    return lambda clock: model.objects.update(
        **{name: f"{value} {next(_number)}" for name, value in fields.items()}
    )


WRITES = {
    **{
        f"tool {name}": lambda clock, name=name: changed("alpha", **{name: "New"})()
        for name in ("name", "tagline", "description", "pricing", "best_for", "skip_if")
    },
    "tool website": lambda clock: change("alpha", website=f"https://{next(_number)}.example/"),
    "tool entry": lambda clock: change("alpha", entry="paid"),
    "tool logo": lambda clock: Tool.objects.filter(slug="alpha").update(logo="0" * 32),
    "tool status": lambda clock: change("beta", status="paused", status_date="2026-01-02"),
    "tool discontinued": lambda clock: change("beta", status="discontinued", successor=the("gamma")),
    "name of a successor": changed("later", name="Later"),
    "name of an earlier successor": changed("gamma", name="Gamma"),
    "slug of an earlier successor": lambda clock: change("gamma", slug=f"gamma-{next(_number)}"),
    "successor withdrawn": lambda clock: unpublish_tool(tool=the("later"), reason="A duplicate."),
    "name of a similar tool": changed("beta", name="Beta"),
    "sample content": lambda clock: change("beta", is_sample=not the("beta").is_sample),
    "move": lambda clock: move(),
    "withdrawn or published again": lambda clock: restore(),
    "withdrawn": lambda clock: unpublish_tool(tool=the("beta"), reason="It was a duplicate."),
    "published": lambda clock: publish_tool(tool=the("draft")),
    "scheduled and due": schedule,
    "next day": lambda clock: clock.advance(days=1),
    "fact": lambda clock: make_fact(the("beta"), FactKind.objects.get(slug="window"), next(_number)),
    "fact value": rows(Fact, text="BSD"),
    "fact deleted": lambda clock: Fact.objects.filter(tool=the("alpha")).delete(),
    "fact of a similar tool": lambda clock: make_fact(
        the("alpha"), FactKind.objects.get(slug="window"), 8
    ),
    "fact kind as a filter": lambda clock: FactKind.objects.filter(slug="licence").update(
        is_filter=next(_number) % 2
    ),
    "fact kind": lambda clock: FactKind.objects.filter(slug="licence").update(
        name=f"Licence {next(_number)}"
    ),
    "review": lambda clock: review("beta", "builder", 10 + next(_number) % 80),
    "reaffirmation": lambda clock: reaffirm(
        review=a_review(), on=timezone.now().date() + timedelta(days=next(_number))
    ),
    "undone reaffirmation": lambda clock: Reaffirmation.objects.all().delete(),
    "typing error": lambda clock: correct_review(
        review=a_review(), body=f"Corrected {next(_number)}."
    ),
    "correction": lambda clock: correct(),
    "reviewer": lambda clock: Reviewer.objects.filter(slug="builder").update(
        name=f"Builder {next(_number)}", motto=f"Motto {next(_number)}."
    ),
    "reviewer retired": lambda clock: Reviewer.objects.filter(slug="skeptic").update(is_active=False),
    "new reviewer": lambda clock: make_reviewer(f"New {next(_number)}"),
    "category": lambda clock: Category.objects.filter(slug="coding").update(
        name=f"Coding {next(_number)}", description="Writes code."
    ),
    "synonym": lambda clock: SearchSynonym.objects.create(
        term="alpha", stands_for=f"does it {next(_number)}"
    ),
    "new category": lambda clock: make_tool(category=make_category()),
    "vote": lambda clock: cast("alpha", "skip"),
    "held vote": lambda clock: cast("alpha", "ship", state="held", rule="burst"),
    "votes changed": lambda clock: update_votes("alpha", choice="skip", reason=None),
    "votes withdrawn": lambda clock: update_votes("alpha", state="withdrawn", rule=""),
    "votes voided": lambda clock: update_votes("alpha", state="voided", rule="staff"),
    "votes released": lambda clock: update_votes("alpha", state="counted", rule=""),
    "reasons of votes": lambda clock: update_votes(
        "alpha", choice="ship", reason=Reason.objects.filter(side="ship").earliest("pk")
    ),
    "readers deleted": lambda clock: Reader.objects.all().delete(),
    "names of reasons": lambda clock: Reason.objects.filter(side="ship").update(label="Craft"),
    "close calls": lambda clock: CLOSE_CALLS.recount(),
    "calibration": lambda clock: CALIBRATION.recount(),
    "rankings": lambda clock: overtake(),
}  # fmt: skip
for _name in ("name of a successor", "name of an earlier successor", "name of a similar tool"):
    WRITES[_name] = lambda clock, write=WRITES[_name]: write()
