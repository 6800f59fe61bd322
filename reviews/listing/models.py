"""One derived row per public tool, with everything that lists filter, sort and search by, and counts of them."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable

from tools.models import Category, FactKind, Tool
from tools.panel_word import PanelWord

FACETS = ["category", "entry", "verdict"]


def facet_indexes(name: str, *order: Combinable | str, **options: Any) -> list[models.Index]:
    """Return the indexes that read a sorted list for any choice of facets, with or without a category.

    A facet that is not chosen has few values, and their lists are merged in order (`votes.listed`).
    """
    return [
        models.Index(*map(_expression, [*FACETS, *order]), name=f"{name}_in_category", **options),
        models.Index(*map(_expression, [*FACETS[1:], *order]), name=f"{name}_anywhere", **options),
    ]


def _expression(part: Combinable | str) -> Combinable:
    return F(part) if isinstance(part, str) else part


class Listing(models.Model):
    """A published or scheduled tool as lists and searches read it; drafts and withdrawn tools have none.

    Derived from the tool and its panel verdict by triggers, as the view `reviews_listing_source` defines it.

    Triggers: `listing_insert_is_counted`, `listing_update_is_counted`, `listing_delete_is_counted`,
    `listing_insert_reaches_tally`, `listing_update_reaches_tally`, `listing_delete_reaches_tally`.
    """

    tool = models.OneToOneField(Tool, models.CASCADE, primary_key=True, related_name="listing")
    category = models.ForeignKey(
        Category, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    entry = models.CharField(max_length=12, choices=Tool.Entry)
    verdict = models.CharField(max_length=5, choices=PanelWord)
    status = models.CharField(max_length=12, choices=Tool.Status)
    name = models.CharField(max_length=120)
    # The beginning of its folded name.
    folded = models.CharField(max_length=200)
    published_at = models.DateTimeField()
    ranking_score = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    last_reviewed_on = models.DateField(null=True)
    spread = models.PositiveSmallIntegerField(null=True)
    # The folded texts of the tool, weighted, and the folded words of its name and slug as they are spelled. Both
    # also hold the facets as lexemes ("entry:free"), so that one index answers a search with any filter; `texts`
    # the facts that are true ("fact:12"), so that a category or a fact kind is found by its present name.
    texts = SearchVectorField()
    names = SearchVectorField()
    # What `reviews_spellings` makes of name and slug, for names that are nearly right.
    spellings = ArrayField(models.TextField())
    # The values of its facts that a filter may offer, of all kinds, as the lexemes they are: "value:12:MIT".
    fact_values = ArrayField(models.TextField())

    class Meta:
        indexes = [
            # The directory, categories and similar tools, in each order (votes.listed).
            *facet_indexes(
                "listing_score", F("ranking_score").desc(nulls_last=True), "name", "tool"
            ),
            *facet_indexes(
                "listing_newest", F("last_reviewed_on").desc(nulls_last=True), "name", "tool"
            ),
            *facet_indexes("listing_divisive", F("spread").desc(nulls_last=True), "name", "tool"),
            *facet_indexes("listing_name", "name", "tool"),
            # The latest verdicts of the home page.
            models.Index(
                F("last_reviewed_on").desc(nulls_last=True),
                F("tool").desc(),
                name="listing_latest_verdict",
            ),
            # Search by the beginning of a name, by words, and for names that are nearly right.
            models.Index(
                fields=["folded"], opclasses=["text_pattern_ops"], name="listing_name_begins"
            ),
            # Without a list of pending entries: each search reads it all, and its length makes the planner prefer
            # to read the table.
            GinIndex(fields=["texts"], name="listing_texts", fastupdate=False),
            GinIndex(fields=["names"], name="listing_names", fastupdate=False),
            GinIndex(fields=["spellings"], name="listing_spellings", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.name


class Delta(models.Model):
    """A summand of a stored count: what one statement added or took away, or the sum of older ones.

    Rows are only added, so that no writer waits for another one. A job sums them up. One whose `since` is
    in the future belongs to a scheduled tool, and counts from then on.
    """

    since = models.DateTimeField()

    class Meta:
        abstract = True


class ListingCount(Delta):
    """How many tools are listed by facets, each once in its category and once in all of them (category 0).

    A tool counts once without a value ("") and once for each of its `fact_values` whose kind is a filter.
    """

    value = models.TextField()
    category = models.ForeignKey(
        Category, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    entry = models.CharField(max_length=12)
    verdict = models.CharField(max_length=5)
    status = models.CharField(max_length=12)
    tools = models.IntegerField()

    class Meta:
        indexes = [
            # The counts of the directory: each value in a category or in all, and a value in each category.
            models.Index(fields=["category", "value"], name="listing_count_category"),
        ]

    def __str__(self) -> str:
        facets = [self.category_id, self.entry, self.verdict, self.status, self.value]
        return f"{self.tools:+} in {', '.join(map(str, facets))}"


class ReviewCount(Delta):
    """How many current reviews of listed tools a reviewer has, how many say ship, and their sum of scores."""

    reviewer = models.ForeignKey(
        "reviews.Reviewer",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="counts",
    )
    reviews = models.IntegerField()
    ships = models.IntegerField()
    points = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.reviews:+} of reviewer {self.reviewer_id}"


class FactCount(Delta):
    """How many listed tools of a category have a fact of a kind."""

    category = models.ForeignKey(
        Category, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.ForeignKey(
        FactKind, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="known"
    )
    tools = models.IntegerField()

    class Meta:
        indexes = [
            # The facts of a tool's page.
            models.Index(fields=["category", "kind"], name="fact_count_category_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.tools:+} of kind {self.kind_id} in {self.category_id}"
