"""A random history of a small catalogue, made by the actions of staff and readers."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from reviews.actions import correct_review, publish_tool, reaffirm
from reviews.models import Review
from tests.factories import (
    make_category,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.votes.ballots import make_vote
from tools.actions import change_tool, correct_ledger, recorded_changes, unpublish_tool
from tools.models import Fact, LedgerEntry, Tool
from votes.models import Reason, Vote

SLUGS = ("alpha", "beta", "gamma", "later")
VALUES = {
    "text": ["MIT", "GPL"],
    "number": ["4", "0.25", "128000"],
    "boolean": [True, False],
    "packages": ["pkg:pypi/a"],
}


class CatalogueHistory:
    """`happen` makes one random thing happen, at the present time."""

    def __init__(self, seed):
        self.random = Random(seed)
        self.number = 0
        self.categories = [
            make_category(name=name, slug=name.lower()) for name in ("Coding", "Writing")
        ]
        self.panel = [make_reviewer(name) for name in ("Builder", "Skeptic", "Futurist", "Founder")]
        self.kinds = [
            make_fact_kind(
                value_type,
                name=f"Kind {value_type}",
                slug=f"kind-{value_type}",
                group=f"Of {value_type}",
            )
            for value_type in VALUES
        ]
        self.kinds[1].better = "higher"
        self.kinds[1].save()
        self.tools = [
            make_tool(slug=slug, name=slug.title(), category=self.categories[0], published=False)
            for slug in SLUGS
        ]
        for tool in self.tools[:2]:
            publish_tool(tool=tool)
        publish_tool(tool=self.tools[2], at=timezone.now() + timedelta(days=3, hours=7))

    def happen(self):
        action = self.random.choice(ACTIONS)
        action(self, self.stored(self.random.choice(self.tools)))

    def publish_again(self):
        """Publish what is withdrawn, and what never was published."""
        for tool in map(self.stored, self.tools):
            publish_tool(tool=tool)

    def stored(self, tool):
        return Tool.objects.get(pk=tool.pk)

    def next(self):
        self.number += 1
        return self.number

    def some(self, votes):
        return [vote.pk for vote in votes if self.random.random() < 0.4]

    def change_text(self, tool):
        name = self.random.choice(["tagline", "pricing", "best_for", "skip_if"])
        text = f"{name} {self.next()}"
        setattr(tool, name, self.random.choice(["", text]) if name == "pricing" else text)
        change_tool(tool=tool, reason="We looked again.")

    def change_name(self, tool):
        tool.name = f"{tool.name.split()[0]} {self.next()}"
        change_tool(tool=tool, reason="It has a new name.")

    def change_slug(self, tool):
        tool.slug = f"{tool.slug.split('-')[0]}-{self.next()}"
        change_tool(tool=tool, reason="It has a new address.")

    def change_entry(self, tool):
        tool.entry = self.random.choice(Tool.Entry.values)
        change_tool(tool=tool, reason="It costs more.")

    def change_category(self, tool):
        tool.category = self.random.choice(self.categories)
        change_tool(tool=tool)

    def change_status(self, tool):
        tool.status = self.random.choice(Tool.Status.values)
        tool.status_date = self.random.choice([None, timezone.now().date()])
        # Only names later tools, so that no successor leads back.
        later = [other for other in self.tools if other.pk > tool.pk]
        tool.successor = self.random.choice([None, *later])
        change_tool(tool=tool, reason="Its maker said so.")

    def change_fact(self, tool):
        kind = self.random.choice(self.kinds)
        with recorded_changes(tool.pk):
            Fact.objects.filter(tool=tool, kind=kind).delete()
            if self.random.random() < 0.8:
                value = self.random.choice(VALUES[kind.value_type])
                source = f"https://source.example/{self.next()}"
                fact = Fact(
                    tool=tool, kind=kind, source_url=source, observed_on=timezone.now().date()
                )
                fact.value = value
                fact.save()

    def review(self, tool):
        reviewer, score = self.random.choice(self.panel), self.random.randrange(101)
        verdict = "ship" if score > 50 else "skip"
        text = f"Text {self.next()}."
        publish_review(tool, reviewer, score, verdict, body=text, reason="It changed.")

    def correct_review(self, tool):
        if review := self.some_review(tool):
            correct_review(review=review, body=f"Corrected text {self.next()}.")

    def confirm(self, tool):
        if review := self.some_review(tool):
            reaffirm(review=review, by=self.random.choice([None, self.staff]))

    def some_review(self, tool):
        reviews = list(Review.objects.current().filter(tool=tool).order_by("pk"))
        return self.random.choice(reviews) if reviews else None

    def correct_log(self, tool):
        kind, right = self.random.choice([("tagline", f"Right {self.next()}"), ("score", 12.5)])
        if entry := LedgerEntry.objects.public().filter(tool=tool, kind=kind).first():
            correct_ledger(entry=entry, correction=right, reason="A typing error.")

    def withdraw_or_publish(self, tool):
        if tool.is_published and self.random.random() < 0.25:
            unpublish_tool(tool=tool, reason="It was a duplicate.")
        elif tool.published_at is None:
            publish_tool(tool=tool)

    def vote(self, tool):
        for _ in range(self.random.randrange(1, 9)):
            side = self.random.choice(["ship", "skip"])
            reason = self.random.choice([None, *Reason.objects.filter(side=side)[:2]])
            rule = {"rule": "burst"} if self.random.random() < 0.2 else {}
            make_vote(tool, side, reason=reason, **rule)

    def change_votes(self, tool):
        some = Vote.objects.filter(pk__in=self.some(tool.votes.all()))
        match self.random.choice(
            ["change", "withdraw", "hold", "release", "void", "reason", "return"]
        ):
            case "change":
                some.exclude(state="withdrawn").update(
                    choice=self.random.choice(["ship", "skip"]), reason=None
                )
            case "withdraw":
                some.update(state="withdrawn", rule="", reason=None)
            case "hold":
                some.filter(state="counted").update(state="held", rule="pace")
            case "release":
                some.filter(state__in=["held", "voided"]).update(state="counted", rule="")
            case "void":
                some.filter(state__in=["counted", "held"]).update(state="voided", rule="staff")
            case "reason":
                reason = Reason.objects.filter(side="skip").earliest("pk")
                some.filter(choice="skip").exclude(state="withdrawn").update(reason=reason)
            case "return":
                some.filter(state="withdrawn").update(state="counted")


ACTIONS = [
    CatalogueHistory.change_text,
    CatalogueHistory.change_name,
    CatalogueHistory.change_slug,
    CatalogueHistory.change_entry,
    CatalogueHistory.change_category,
    CatalogueHistory.change_status,
    CatalogueHistory.change_fact,
    CatalogueHistory.change_fact,
    *[CatalogueHistory.review] * 3,
    CatalogueHistory.correct_review,
    CatalogueHistory.confirm,
    *[CatalogueHistory.correct_log] * 2,
    CatalogueHistory.withdraw_or_publish,
    *[CatalogueHistory.vote] * 3,
    *[CatalogueHistory.change_votes] * 2,
]
