from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils import timezone

from tools.dates import EARLIEST, date_problem
from tools.models.category import Category
from tools.models.search_synonym import Folded
from tools.slugs import OldSlug, WithSlug, refuse_old_slug_of_another, slug_constraints, slug_field
from tools.text_length import length_constraint
from web.validators import validate_web_address

# For the search over the admin, which finds drafts too: `Listing` has public tools only.
NAME_WORDS = SearchVector(
    Folded(Concat("name", Value(" "), "slug", output_field=models.TextField())), config="simple"
)
TAGLINE_WORDS = SearchVector("tagline", config="english")


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


class Tool(WithSlug):
    """An AI tool, which the site compares with others.

    Triggers: `tool_slug_is_no_old_one`, `tool_old_slug_is_kept`, `tool_version_grows`, `tool_successors_end`,
    `tool_insert_touches_category`, `tool_update_touches_category`, `tool_delete_touches_category`. Those of the layers
    above keep its derived rows: `tool_gets_a_panel_verdict`, `tool_update_reaches_listing`, `tool_gets_a_tally`.
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
    description = models.TextField(max_length=10_000, blank=True, help_text="Markdown.")
    # The index tool_category_id serves it.
    category = models.ForeignKey(Category, models.PROTECT, related_name="tools", db_index=False)
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
    # The index tool_successor serves it.
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        db_index=False,
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

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        permissions = [("publish_tool", "Can publish and unpublish tools")]
        constraints = [
            *slug_constraints("tool"),
            length_constraint("description", 10_000, "tool_description_has_a_length"),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("pk")),
                name="tool_is_not_its_own_successor",
                violation_error_message="A tool cannot be its own successor.",
            ),
            models.CheckConstraint(
                condition=Q(status_date__isnull=True) | Q(status_date__gte=EARLIEST),
                name="tool_status_date_is_from_2000_on",
                violation_error_message="The date of a status is before 2000.",
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
            # The validators of lists: the newest publication that is due, of all tools and of a category.
            models.Index(fields=["published_at"], name="tool_published"),
            models.Index(fields=["category", "published_at"], name="tool_category_published"),
            # The API's list of the tools of a category.
            models.Index(fields=["category", "id"], name="tool_category_id"),
            # Every page's validator: whether sample content is published.
            models.Index(
                fields=["published_at"], condition=Q(is_sample=True), name="tool_sample_published"
            ),
            # The tools that a tool replaces. Few have a successor.
            models.Index(
                fields=["successor"],
                condition=Q(successor__isnull=False),
                name="tool_successor",
            ),
            # The admin's list of tools, and its search.
            models.Index(fields=["name", "id"], name="tool_name"),
            models.Index(fields=["status", "name", "id"], name="tool_status_name"),
            models.Index(
                fields=["name", "id"],
                condition=Q(withdrawn_at__isnull=False),
                name="tool_withdrawn_name",
            ),
            models.Index(
                fields=["name", "id"],
                condition=Q(published_at__isnull=True),
                name="tool_draft_name",
            ),
            GinIndex(NAME_WORDS, name="tool_name_words"),
            GinIndex(TAGLINE_WORDS, name="tool_tagline_words"),
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
        self.clean_state()

    def clean_state(self) -> None:
        """Check what needs no other row."""
        if self.successor_id is not None and self.successor_id == self.pk:
            raise ValidationError({"successor": "A tool cannot be its own successor."})
        if problem := date_problem(self.status_date):
            raise ValidationError({"status_date": problem})
        if self.published_at and (missing := self.missing_for_publishing()):
            raise ValidationError(f"Required for a published tool: {', '.join(missing)}.")


class OldToolSlug(OldSlug):
    tool = models.ForeignKey(Tool, models.CASCADE, related_name="old_slugs")
