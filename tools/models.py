from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from tools.slugs import OldSlug, WithSlug, refuse_old_slug_of_another, slug_constraint, slug_field
from web.validators import validate_web_address

type FactValue = str | Decimal | bool


class Category(WithSlug):
    """What kind of tool it is. A tool has exactly one.

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
        """What readers may see: neither drafts nor tools of a later date."""
        return self.filter(published_at__lte=timezone.now())

    def drafts(self) -> Self:
        return self.exclude(published_at__lte=timezone.now())

    def in_category(self, category: Category) -> Self:
        return self.filter(category=category)

    def search(self, text: str) -> Self:
        """Tools that match `text` (a web-style query, from a stranger) or have it in their name, best first."""
        query = SearchQuery(text, search_type="websearch", config="english")
        return (
            self.filter(Q(search=query) | Q(name__icontains=text))
            .annotate(rank=SearchRank("search", query))
            .order_by("-rank", "name", "pk")
        )


class Tool(WithSlug):
    """The thing compared.

    Triggers: `tool_slug_is_no_old_one`, `tool_old_slug_is_kept`, `tool_version_grows`. Those of the layers
    above give every new tool its derived rows: `tool_gets_a_panel_verdict`, `tool_gets_a_tally`.
    """

    class Entry(models.TextChoices):
        """What it costs to start. Chosen by staff, never guessed from text."""

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
    is_sample = models.BooleanField(
        "sample content",
        default=False,
        help_text="Tick for demonstration content. The site's footer says so while any is published.",
    )
    # Grows with every change of the tool, its facts, reviews and ledger (by triggers); what a page
    # shows of a tool is as old as the version it was made of.
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
    def monogram(self) -> str:
        """One or two letters that stand for the tool where a logo would."""
        words = [word for word in self.name.split() if word[0].isalnum()] or [self.name]
        letters = words[0][0] + (words[1][0] if len(words) > 1 else "")
        return letters.upper()

    def missing_for_publishing(self) -> list[str]:
        """The labels of the fields that a published tool must have and this one has not."""
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
    """What can be known of a tool, and how its value is typed and compared.

    Triggers: `fact_kind_touches_catalog`.
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
            # What the foreign key of a fact's value type points at.
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
        """Return a sentence on this kind's facts of another type than its own, or "" without any."""
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
    """A typed value of a tool, with where it was read and when. An absent fact is unknown, not "no".

    Triggers: `fact_insert_touches_tool`, `fact_update_touches_tool`, `fact_delete_touches_tool`.
    """

    tool = models.ForeignKey(Tool, models.CASCADE, related_name="facts")
    kind = models.ForeignKey(FactKind, models.PROTECT, related_name="facts")
    # The kind's own, held equal by a foreign key over both columns; it decides which value is set.
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
        """Entries of published tools, newest first; none of a later date."""
        now = timezone.now()
        return self.filter(at__lte=now, tool__published_at__lte=now).order_by("-at", "-pk")


class LedgerEntry(models.Model):
    """One line of the public record of what changed for a tool.

    Append-only: a trigger refuses to update or delete a row. What was wrong is corrected by a new row
    of the kind *corrected*. `old` and `new` are the words readers saw ("Split", "Ship", "82.3").

    Triggers: `ledger_is_append_only`, `ledger_insert_touches_tool`.
    """

    class Kind(models.TextChoices):
        PUBLISHED = "published", "Published"
        REVIEWED = "reviewed", "Reviewed"
        VERDICT_CHANGED = "verdict_changed", "Verdict changed"
        SCORE_MOVED = "score_moved", "Score moved"
        ENTRY_CHANGED = "entry_changed", "Entry changed"
        PRICE_CHANGED = "price_changed", "Price changed"
        RENAMED = "renamed", "Renamed"
        STATUS_CHANGED = "status_changed", "Status changed"
        CORRECTED = "corrected", "Corrected"

    tool = models.ForeignKey(Tool, models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    subject = models.CharField(
        max_length=60, blank=True, help_text="Whose or which: the reviewer's name, the field."
    )
    old = models.CharField(max_length=300, blank=True)
    new = models.CharField(max_length=300, blank=True)
    reason = models.TextField(blank=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "ledger"
        indexes = [
            # The ledger of the whole site: /changes/ and the home page.
            models.Index(fields=["-at", "-id"], name="ledger_newest"),
            # A tool's page.
            models.Index(fields=["tool", "-at", "-id"], name="ledger_tool_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.old} → {self.new}"


class CatalogVersion(models.Model):
    """One row, grown by triggers when something changes that many tools share.

    Categories, fact kinds and reviewers count here; a tool's own changes count in `Tool.version`.
    """

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
