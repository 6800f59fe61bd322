from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import ngettext

from tools.models.tool import Tool
from tools.slugs import WithSlug, slug_constraints, slug_field
from web.validators import validate_web_address

type FactValue = str | Decimal | bool

# {type of values: the column of a fact that holds them}
COLUMNS = {"text": "text", "number": "number", "boolean": "boolean", "packages": "text"}

# A filter with more values than a reader looks through is none; longer texts are no choice. Also in SQL:
# reviews/listing/triggers.py.
MOST_FILTER_VALUES = 30
FILTER_VALUE_LENGTH = 60

VALUE_WORDS = SearchVector("text", config="simple")


class FactKind(WithSlug):
    """A kind of facts about tools: the type of their values, and which values are better.

    Triggers: `fact_kind_touches_catalog`, `fact_kind_in_the_change_log_stays`. The app of the reviews counts tools
    by the values of filters: `fact_kind_filter_is_counted`.
    """

    class ValueType(models.TextChoices):
        TEXT = "text", "Text"
        NUMBER = "number", "Number"
        BOOLEAN = "boolean", "Yes or no"
        PACKAGES = "packages", "Package URLs"

    class Better(models.TextChoices):
        NEITHER = "", "Neither"
        HIGHER = "higher", "Higher is better"
        LOWER = "lower", "Lower is better"

    name = models.CharField(
        max_length=60, error_messages={"unique": "Another fact kind has this name."}
    )
    slug = slug_field()
    group = models.CharField(max_length=60, help_text="The heading that this fact is listed under.")
    value_type = models.CharField(max_length=8, choices=ValueType)
    unit = models.CharField(max_length=20, blank=True)
    better = models.CharField(max_length=6, choices=Better, blank=True, default=Better.NEITHER)
    is_filter = models.BooleanField(
        "use as a filter",
        default=False,
        help_text=(
            "Readers can filter the directory by this fact. Only for yes or no, and texts of a few different values "
            f"with at most {FILTER_VALUE_LENGTH} characters."
        ),
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            *slug_constraints("fact_kind"),
            models.UniqueConstraint(fields=["name"], name="one_fact_kind_per_name"),
            models.CheckConstraint(
                condition=Q(better="") | Q(value_type="number"),
                name="only_numeric_fact_kinds_have_a_direction",
                violation_error_message="Only a kind of the type Number can say which values are better.",
            ),
            models.CheckConstraint(
                condition=Q(is_filter=False) | Q(value_type__in=["text", "boolean"]),
                name="filters_are_texts_or_yes_or_no",
                violation_error_message="Only a kind of the type Text, or Yes or no, can be used as a filter.",
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
        if self.pk and self.is_filter and (problem := self.filter_problem()):
            raise ValidationError({"is_filter": problem})

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

    def filter_problem(self) -> str:
        """Return a sentence if facts of this kind have too many values for a filter, or ""."""
        texts = self.facts.exclude(text="").order_by().values("text").distinct()
        if texts[: MOST_FILTER_VALUES + 1].count() <= MOST_FILTER_VALUES:
            return ""
        return f"Facts of this kind have more than {MOST_FILTER_VALUES} different values, too many for a filter."


def value_columns(value_type: str, value: FactValue) -> dict[str, Any]:
    """Return the fields of a Fact that hold its `value`."""
    empty = {"text": "", "number": None, "boolean": None}
    return {"value_type": value_type, **empty, COLUMNS[value_type]: value}


class FactQuerySet(models.QuerySet["Fact"]):
    def due(self) -> Self:
        """The facts that were observed at least FACT_DUE_DAYS ago."""
        days = timedelta(days=settings.FACT_DUE_DAYS)
        return self.filter(observed_on__lte=timezone.localdate() - days)


class Fact(models.Model):
    """A typed value of a tool, with its source and the date observed. A missing fact is unknown, not "no".

    Triggers: `fact_insert_touches_tool`, `fact_update_touches_tool`, `fact_delete_touches_tool`,
    `fact_insert_stores_packages`, `fact_update_stores_packages`, `fact_delete_removes_packages`. The app of the
    reviews counts and lists facts: `fact_insert_is_counted`, `fact_update_is_counted`, `fact_delete_is_counted`,
    `fact_insert_reaches_listing`, `fact_update_reaches_listing`, `fact_delete_reaches_listing`.
    """

    # The key of one_fact_per_kind_and_tool serves it, and the index fact_kind_observed_on the kind.
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="facts", db_index=False)
    kind = models.ForeignKey(FactKind, models.PROTECT, related_name="facts", db_index=False)
    # That of the kind, enforced by a foreign key over both columns; it decides which value is set.
    value_type = models.CharField(max_length=8, choices=FactKind.ValueType, editable=False)
    text = models.CharField(max_length=300, blank=True)
    number = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    boolean = models.BooleanField("yes or no", null=True, blank=True)
    source_url = models.CharField(
        "source address", max_length=500, validators=[validate_web_address]
    )
    observed_on = models.DateField("date observed", default=date.today)

    objects = FactQuerySet.as_manager()

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
                | Q(
                    value_type="packages",
                    number__isnull=True,
                    boolean__isnull=True,
                    text__startswith="pkg:",
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
        indexes = [
            # The start page of the admin, and its list of facts.
            models.Index(fields=["observed_on", "id"], name="fact_observed_on"),
            # The same of one kind.
            models.Index(fields=["kind", "observed_on", "id"], name="fact_kind_observed_on"),
            # Searching that list.
            GinIndex(VALUE_WORDS, condition=~Q(text=""), name="fact_value_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"

    def save(self, **kwargs: Any) -> None:
        self.value_type = self.kind.value_type
        super().save(**kwargs)

    @property
    def value(self) -> FactValue:
        """str, Decimal or bool, by the type of the kind. Package URLs are one text, with spaces between."""
        return getattr(self, COLUMNS[self.value_type])

    @value.setter
    def value(self, value: FactValue) -> None:
        for name, column in value_columns(self.kind.value_type, value).items():
            setattr(self, name, column)

    def clean(self) -> None:
        if not self.kind_id:
            return
        filled = [
            name
            for name, empty in [("text", ""), ("number", None), ("boolean", None)]
            if getattr(self, name) != empty
        ]
        if filled != [COLUMNS[self.kind.value_type]]:
            raise ValidationError(
                f"The value of “{self.kind}” has the type “{self.kind.get_value_type_display()}”. "
                "Fill in that field and leave the others empty."
            )
        if self.observed_on and self.observed_on > timezone.localdate():
            raise ValidationError({"observed_on": "The date is in the future."})


class FactPackage(models.Model):
    """A package URL of a fact, by which the tools of a stack are found. Derived from the fact by triggers."""

    fact = models.ForeignKey(Fact, models.DO_NOTHING, db_constraint=False, related_name="packages")
    url = models.CharField(max_length=300)

    class Meta:
        constraints = [
            # The tools of a stack, by their packages.
            models.UniqueConstraint(fields=["url", "fact"], name="one_package_per_url_and_fact")
        ]

    def __str__(self) -> str:
        return self.url
