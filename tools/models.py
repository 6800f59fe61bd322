from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from tools.logo_image import LogoImage  # noqa: F401
from tools.slugs import OldSlug, WithSlug, refuse_old_slug_of_another, slug_constraint, slug_field
from web.validators import validate_web_address

type FactValue = str | Decimal | bool


class Category(WithSlug):
    """A kind of tools. A tool has exactly one.

    Triggers: `category_slug_is_no_old_one`, `category_old_slug_is_kept`, `category_touches_catalog`.
    """

    name = models.CharField(
        max_length=60, unique=True, error_messages={"unique": "Another category has this name."}
    )
    slug = slug_field()
    description = models.TextField(
        blank=True, help_text="Markdown. Which tools belong in this category."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "categories"
        constraints = [slug_constraint("category_slug_is_an_address")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("category_detail", args=[self.slug])

    def clean(self) -> None:
        refuse_old_slug_of_another(self, OldCategorySlug, owner="category")


class OldCategorySlug(OldSlug):
    category = models.ForeignKey(Category, models.CASCADE, related_name="old_slugs")


class ToolQuerySet(models.QuerySet["Tool"]):
    def published(self) -> Self:
        """Tools that readers may see: neither drafts nor scheduled tools."""
        return self.filter(published_at__lte=timezone.now())

    def drafts(self) -> Self:
        return self.exclude(published_at__lte=timezone.now())

    def withdrawn(self) -> Self:
        """Tools that were published and no longer are: their page says since when and why."""
        return self.filter(withdrawn_at__isnull=False)

    def on_record(self) -> Self:
        """Tools that are or were published, so that their history is public."""
        return self.filter(Q(published_at__lte=timezone.now()) | Q(withdrawn_at__isnull=False))

    def in_category(self, category: Category) -> Self:
        return self.filter(category=category)

    def search(self, text: str) -> Self:
        """Tools that match `text` (an untrusted web-style query) or have it in their name, best first."""
        query = SearchQuery(text, search_type="websearch", config="english")
        return (
            self.filter(Q(search=query) | Q(name__icontains=text))
            .annotate(rank=SearchRank("search", query))
            .order_by("-rank", "name", "pk")
        )


class Tool(WithSlug):
    """An AI tool, which the site compares with others.

    Triggers: `tool_slug_is_no_old_one`, `tool_old_slug_is_kept`, `tool_version_grows`. Those of the layers
    above add derived rows for every new tool: `tool_gets_a_panel_verdict`, `tool_gets_a_tally`.
    """

    class Entry(models.TextChoices):
        """What it costs to start. Chosen by staff, never derived from text."""

        FREE = "free", "Free"
        OPEN_SOURCE = "open_source", "Open source"
        FREEMIUM = "freemium", "Freemium"
        TRIAL = "trial", "Trial"
        PAID = "paid", "Paid"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        RENAMED = "renamed", "Renamed"
        ACQUIRED = "acquired", "Acquired"
        DISCONTINUED = "discontinued", "Discontinued"

    name = models.CharField(max_length=120)
    slug = slug_field()
    tagline = models.CharField(
        max_length=140, blank=True, help_text="One line, shown below the name."
    )
    description = models.TextField(blank=True, help_text="Markdown.")
    category = models.ForeignKey(Category, models.PROTECT, related_name="tools")
    website = models.CharField(max_length=500, blank=True, validators=[validate_web_address])
    entry = models.CharField(
        max_length=12, choices=Entry, blank=True, help_text="What it costs to start."
    )
    pricing = models.CharField(max_length=200, blank=True)
    best_for = models.CharField(max_length=300, blank=True)
    skip_if = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    status_date = models.DateField(
        null=True,
        blank=True,
        help_text="Since when the tool has had this status. Leave empty if it is active, or if you do not know.",
    )
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        help_text="The tool to use instead.",
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty for a draft. Readers see nothing before this time."
    )
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Set while a published tool is withdrawn."
    )
    # The digest of its images (LogoImage). Without one pages show the monogram.
    logo = models.CharField(max_length=32, blank=True, editable=False)
    is_sample = models.BooleanField(
        "sample content",
        default=False,
        help_text="Tick for demonstration content. The site's footer says so while any is published.",
    )
    # Triggers increase it with every change of the tool, its facts, reviews and change log. A page is
    # stored under the versions of the tools that it shows.
    version = models.BigIntegerField(default=1, editable=False)
    search = models.GeneratedField(
        expression=SearchVector("name", weight="A", config="english")
        + SearchVector("tagline", "best_for", weight="B", config="english")
        + SearchVector("description", weight="C", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        permissions = [("publish_tool", "Can publish and unpublish tools")]
        constraints = [
            slug_constraint("tool_slug_is_an_address_without_vs"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")),
                name="tool_is_not_its_own_successor",
                violation_error_message="A tool cannot be its own successor.",
            ),
            models.CheckConstraint(
                condition=Q(website="") | Q(website__iregex=r"^https?://"),
                name="tool_website_is_http",
                violation_error_message="The website must begin with http:// or https://.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | (~Q(entry="") & ~Q(tagline="")),
                name="published_tool_has_entry_and_tagline",
                violation_error_message="A published tool needs an entry and a tagline.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="tool_is_not_both_published_and_withdrawn",
                violation_error_message="A tool is not both published and withdrawn.",
            ),
        ]
        indexes = [
            # The directory's and the picker's search.
            GinIndex(fields=["search"], name="tool_search"),
            # Every page's validator, and the newest tools of the home page.
            models.Index(
                fields=["published_at"],
                include=["id", "version", "is_sample"],
                name="tool_published",
            ),
            # Every page's validator, which the pages of withdrawn tools share.
            models.Index(
                fields=["withdrawn_at"],
                include=["id", "version"],
                condition=Q(withdrawn_at__isnull=False),
                name="tool_withdrawn",
            ),
            # A category's page, and the tools similar to one.
            models.Index(fields=["category", "name"], name="tool_category_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("tool_detail", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.published_at <= timezone.now()

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_on_record(self) -> bool:
        return self.is_published or self.is_withdrawn

    @property
    def monogram(self) -> str:
        """One or two letters in the place of a logo."""
        words = [word for word in self.name.split() if word[0].isalnum()] or [self.name]
        letters = words[0][0] + (words[1][0] if len(words) > 1 else "")
        return letters.upper()

    def missing_for_publishing(self) -> list[str]:
        """Return the labels of the empty fields that a published tool must have."""
        required = {"tagline", "description", "website", "entry", "best_for", "skip_if"}
        return [
            str(field.verbose_name)
            for field in self._meta.fields
            if field.name in required and not getattr(self, field.name)
        ]

    def clean(self) -> None:
        refuse_old_slug_of_another(self, OldToolSlug, owner="tool")
        if self.successor_id is not None and self.successor_id == self.pk:
            raise ValidationError({"successor": "A tool cannot be its own successor."})
        if self.published_at and (missing := self.missing_for_publishing()):
            raise ValidationError(f"Required for a published tool: {', '.join(missing)}.")


class OldToolSlug(OldSlug):
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="old_slugs")


class FactKind(WithSlug):
    """A kind of facts about tools: the type of their values, and which values are better.

    Triggers: `fact_kind_touches_catalog`, `fact_kind_in_the_change_log_stays`.
    """

    class ValueType(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        BOOLEAN = "boolean", "Yes or no"

    class Better(models.TextChoices):
        NEITHER = "", "Neither"
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"

    name = models.CharField(
        max_length=60, unique=True, error_messages={"unique": "Another fact kind has this name."}
    )
    slug = slug_field()
    group = models.CharField(max_length=60, help_text="The heading that this fact is listed under.")
    value_type = models.CharField(max_length=8, choices=ValueType)
    unit = models.CharField(max_length=20, blank=True)
    better = models.CharField(max_length=6, choices=Better, blank=True, default=Better.NEITHER)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            slug_constraint("fact_kind_slug_is_an_address"),
            models.CheckConstraint(
                condition=Q(better="") | Q(value_type="number"),
                name="only_numeric_fact_kinds_have_a_direction",
                violation_error_message="Only a kind of the type Number can say which values are better.",
            ),
            # The foreign key of a fact's value type refers to these two columns.
            models.UniqueConstraint(
                fields=["id", "value_type"], name="fact_kind_and_its_value_type"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.pk and (problem := self.type_problem()):
            raise ValidationError({"value_type": problem})

    def type_problem(self) -> str:
        """Return a sentence on facts of this kind that have another type, or "" without any."""
        types = self.facts.exclude(value_type=self.value_type).values_list("value_type", flat=True)
        if not types:
            return ""
        return ngettext(
            "“%(kind)s” has %(count)d fact of the type %(type)s. "
            "Delete it first, or make another kind for the new type.",
            "“%(kind)s” has %(count)d facts of the type %(type)s. "
            "Delete them first, or make another kind for the new type.",
            len(types),
        ) % {"kind": self, "count": len(types), "type": self.ValueType(types[0]).label}


class Fact(models.Model):
    """A typed value of a tool, with its source and the date observed. A missing fact is unknown, not "no".

    Triggers: `fact_insert_touches_tool`, `fact_update_touches_tool`, `fact_delete_touches_tool`.
    """

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="facts")
    kind = models.ForeignKey(FactKind, models.PROTECT, related_name="facts")
    # That of the kind, enforced by a foreign key over both columns; it decides which value is set.
    value_type = models.CharField(max_length=8, choices=FactKind.ValueType, editable=False)
    text = models.CharField(max_length=300, blank=True)
    number = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    boolean = models.BooleanField("yes or no", null=True, blank=True)
    source_url = models.CharField(
        "source address", max_length=500, validators=[validate_web_address]
    )
    observed_on = models.DateField("date observed", default=date.today)

    class Meta:
        ordering = ["kind__position", "kind__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["tool", "kind"],
                name="one_fact_per_kind_and_tool",
                violation_error_message="This tool already has a fact of this kind.",
            ),
            models.CheckConstraint(
                condition=(
                    Q(value_type="text", number__isnull=True, boolean__isnull=True) & ~Q(text="")
                )
                | Q(value_type="number", number__isnull=False, boolean__isnull=True, text="")
                | Q(value_type="boolean", number__isnull=True, boolean__isnull=False, text=""),
                name="fact_holds_the_value_of_its_type",
                violation_error_message="A fact has exactly one value, of the type of its kind.",
            ),
            models.CheckConstraint(
                condition=Q(source_url__iregex=r"^https?://"),
                name="fact_source_is_http",
                violation_error_message="The source address must begin with http:// or https://.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"

    def save(self, **kwargs: Any) -> None:
        self.value_type = self.kind.value_type
        super().save(**kwargs)

    @property
    def value(self) -> FactValue:
        """str, Decimal or bool, by the type of the kind."""
        return getattr(self, self.value_type)

    @value.setter
    def value(self, value: FactValue) -> None:
        self.value_type = self.kind.value_type
        self.text, self.number, self.boolean = "", None, None
        setattr(self, self.value_type, value)

    def clean(self) -> None:
        if not self.kind_id:
            return
        filled = [
            name
            for name, empty in [("text", ""), ("number", None), ("boolean", None)]
            if getattr(self, name) != empty
        ]
        if filled != [self.kind.value_type]:
            raise ValidationError(
                f"The value of “{self.kind}” has the type “{self.kind.get_value_type_display()}”. "
                "Fill in that field and leave the others empty."
            )
        if self.observed_on and self.observed_on > timezone.localdate():
            raise ValidationError({"observed_on": "The date is in the future."})


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def public(self) -> Self:
        """Entries up to now, newest first, those of one event together.

        Only tools that are or were published have any: see `tools.ledger`.
        """
        return self.filter(at__lte=timezone.now()).order_by("-at", "-event", "-pk")

    def in_order(self) -> Self:
        """Oldest first, in the order in which they were written."""
        return self.order_by("at", "pk")

    def with_references(self) -> Self:
        """Select the related rows that `tools.ledger_words.describe` prints."""
        names = ["tool", "fact_kind", "old_category", "new_category", "corrects"]
        names += ["old_successor", "new_successor", "corrects__fact_kind"]
        names += ["corrects__old_category", "corrects__new_category"]
        names += ["corrects__old_successor", "corrects__new_successor"]
        long = [
            f"{tool}__{field}"
            for tool in ("tool", "old_successor", "new_successor")
            for field in ("description", "search")
        ]
        return self.select_related(*names).defer(*long)


class LedgerEntry(models.Model):
    """One entry of the public change log, as data; `tools.ledger_words` puts it into words.

    Append-only: the trigger `ledger_is_append_only` refuses to update a row, or to delete one that is not
    in the future. Only `tools.ledger` writes rows. `old` and `new` are codes whose shape depends on the
    kind (see docs/catalog.md); None means nothing before or after. One action writes all entries of one
    `event`.

    Triggers: `ledger_is_append_only`, `ledger_insert_touches_tool`.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "Added"
        WITHDRAWN = "withdrawn", "Withdrawn"
        RESTORED = "restored", "Published again"
        REVIEWED = "reviewed", "Review"
        VERDICT = "verdict", "Verdict"
        SCORE = "score", "Panel score"
        ENTRY = "entry", "Entry"
        PRICING = "pricing", "Price"
        CATEGORY = "category", "Category"
        SLUG = "slug", "Address"
        STATUS = "status", "Status"
        NAME = "name", "Name"
        TAGLINE = "tagline", "Tagline"
        BEST_FOR = "best_for", "Best for"
        SKIP_IF = "skip_if", "Skip if"
        FACT = "fact", "Fact"
        CORRECTED = "corrected", "Correction"

    tool = models.ForeignKey(Tool, models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=9, choices=Kind)
    event = models.UUIDField(default=uuid4)
    at = models.DateTimeField(default=timezone.now)
    old: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    new: "models.JSONField[Any, Any]" = models.JSONField(null=True)
    # Of a review. The foreign key is added by the app of the reviews (reviews/migrations), because a
    # lower app never names a higher one; `reviews.queries.with_reviewers` reads it.
    review_id = models.BigIntegerField(null=True)
    fact_kind = models.ForeignKey(FactKind, models.PROTECT, null=True, related_name="+")
    old_category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    new_category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    old_successor = models.ForeignKey(Tool, models.PROTECT, null=True, related_name="+")
    new_successor = models.ForeignKey(Tool, models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.TextField(blank=True)

    # Set by code that reads entries: the latest correction (`tools.ledger.corrected`), the name of the
    # author of the review (`reviews.queries`), and whether a reader has not seen it (`bookmarks.queries`).
    correction: "LedgerEntry | None"
    reviewer_name: str
    is_new: bool

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-event", "-pk"]
        verbose_name_plural = "change log"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["added", "restored"])
                | Q(old__isnull=True, new__isnull=False, new_category__isnull=False),
                name="ledger_publication_carries_the_state",
            ),
            models.CheckConstraint(
                condition=~Q(kind="withdrawn")
                | (Q(old__isnull=True, new__isnull=True) & ~Q(reason="")),
                name="ledger_withdrawal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(kind="reviewed", review_id__isnull=False, new__isnull=False)
                | (~Q(kind="reviewed") & Q(review_id__isnull=True)),
                name="ledger_review_is_referenced",
            ),
            models.CheckConstraint(
                condition=Q(kind="fact", fact_kind__isnull=False)
                | (~Q(kind="fact") & Q(fact_kind__isnull=True)),
                name="ledger_fact_has_its_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="category")
                | Q(old_category__isnull=False, new_category__isnull=False),
                name="ledger_category_has_both_sides",
            ),
            models.CheckConstraint(
                condition=~Q(kind="status") | Q(old__isnull=False, new__isnull=False),
                name="ledger_status_has_both_sides",
            ),
            models.CheckConstraint(
                condition=~Q(
                    kind__in=[
                        "verdict", "score", "entry", "pricing", "slug", "name",
                        "tagline", "best_for", "skip_if", "fact",
                    ]
                )
                | Q(old__isnull=False)
                | Q(new__isnull=False),
                name="ledger_change_has_a_side",
            ),
            models.CheckConstraint(
                condition=(Q(kind="corrected", corrects__isnull=False) & ~Q(reason=""))
                | (~Q(kind="corrected") & Q(corrects__isnull=True)),
                name="ledger_correction_names_entry_and_reason",
            ),
        ]  # fmt: skip
        indexes = [
            # The change log of the whole site by event: /changes/ and the home page.
            models.Index(fields=["-at", "-event", "-id"], name="ledger_newest"),
            # The change log of one tool: its page, /changes/?tool=, bookmarks, and its replay.
            models.Index(fields=["tool", "-at", "-event", "-id"], name="ledger_tool_newest"),
            # The change log of one kind: /changes/?kind=.
            models.Index(fields=["kind", "-at", "-event"], name="ledger_kind_newest"),
            # The entries of the events of a page.
            models.Index(fields=["event"], name="ledger_event"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of tool {self.tool_id}, {self.at:%Y-%m-%d %H:%M}"

    @property
    def corrected_entry(self) -> "LedgerEntry":
        """The entry that this correction corrects. Raises ValueError for an entry that is no correction."""
        if self.corrects is None:
            raise ValueError(f"Ledger entry {self.pk} is not a correction.")
        return self.corrects


class CatalogVersion(models.Model):
    """One row, increased by triggers when something changes that many tools share.

    Changes of categories, fact kinds, reviewers and reasons count here, those of a tool in `Tool.version`.
    """

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
